import type { OperationName } from '../../../src/ledger/operations.ts'
import type { Ledger } from '../../support/ledger.ts'

/** What an operation promises, each in a sentence, and what shows that it holds. */
export type Promises = Readonly<Record<string, (ledger: Ledger) => void>>

/** Some operations with what they promise. */
export type Rules = Readonly<Partial<Record<OperationName, Promises>>>
