import { type PlainFault, plain } from './plain-fault.ts'
import { asFault } from './sqlite-fault.ts'

/** What a thread of the store answers. */
export type Answer =
  | { readonly id: number; readonly kind: 'early'; readonly value: unknown }
  | { readonly id: number; readonly kind: 'committed'; readonly value: unknown }
  | { readonly id: number; readonly kind: 'failed'; readonly fault: PlainFault }

/** The value or failure of work on the file. */
export function answerOf(id: number, path: string, work: () => unknown): Answer {
  try {
    return { id, kind: 'committed', value: work() }
  } catch (error) {
    return { id, kind: 'failed', fault: plain(asFault(error, path)) }
  }
}
