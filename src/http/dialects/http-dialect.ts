import type { IncomingHttpHeaders } from 'node:http'
import type * as z from 'zod'
import type { sentItem } from '../../api/send-operations.ts'
import { Fault } from '../../message/fault.ts'
import type { Problem } from '../problem-document.ts'

/** A request as its client has made it; what the client repeats is read once. */
export interface ForeignRequest {
  readonly headers: IncomingHttpHeaders
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: Readonly<Record<string, unknown>>
}

/** The input of `message/send`. */
export interface WantedText {
  readonly to: readonly string[]
  readonly text: string
  readonly priority?: 'high'
  readonly ttl?: number
  readonly send_at?: string
  readonly flash?: true
  readonly private?: true
  /** By it, a call that is repeated within this time counts as one, unless its client names it by a header. */
  readonly once?: { readonly id: string; readonly forMs: number }
}

/** What became of the text for one recipient. */
export type SentItem = z.output<typeof sentItem>

export interface ForeignAnswer {
  readonly status: number
  /** JSON where it is an object. */
  readonly body: object | string
  readonly type?: string
}

/** One call of another program's interface: an adapter onto `message/send`. */
export interface DialectRoute {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Where its clients name the recipient, for who has not. */
  readonly recipient: string
  /** Where its clients put their token: a key of the hub. */
  readonly key: (request: ForeignRequest) => string | undefined
  /** Fails with a fault where it asks for what the hub does not do. What clients add besides is ignored. */
  readonly read: (request: ForeignRequest) => WantedText
  /** Some recipients may have been refused, not all. */
  readonly sent: (items: readonly SentItem[], request: ForeignRequest) => ForeignAnswer
  readonly refused: (problem: Problem, request: ForeignRequest) => ForeignAnswer
}

export type Dialect = readonly DialectRoute[]

/** The text of a field, by the first of its names that is there; empty without one. */
export function fieldIn(table: Readonly<Record<string, unknown>>, ...names: readonly string[]): string {
  const value = names.map((name) => table[name]).find((each) => each !== undefined && each !== null && each !== '')
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** Recipients that are separated by commas, or a list of them. */
export function recipientsIn(value: unknown): string[] {
  const list = Array.isArray(value) ? value : String(value ?? '').split(',')
  return list.map((one) => String(one).trim()).filter((one) => one !== '')
}

/** How clients write that they do not want something. */
const nothing: readonly unknown[] = [undefined, null, false, 0, '', 'false', '0']

/** Whether a field asks for something. */
export const isWanted = (value: unknown): boolean => !nothing.includes(value)

/** Fails where one of these asks for something, as it would be lost without a word. */
export function assertNone(table: Readonly<Record<string, unknown>>, names: readonly string[], instead: string): void {
  const found = names.find((name) => isWanted(table[name]))
  if (found !== undefined) throw new Fault('not_supported', `"${found}" is not supported: ${instead}`)
}
