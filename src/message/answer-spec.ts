import type { Values } from './values.ts'

/**
 * What is stored of a composed command to recognise its answer: written by the submit flow, read by the deliver flow,
 * deleted with the command's end.
 */
export interface AnswerSpec {
  readonly command: string
  /** Parameters as they were accepted. */
  readonly params: Values
  /** How long a final answer may take after a pending one. */
  readonly afterPendingMs: number
  /** How many texts make up an answer, and the time from the first to the last. */
  readonly texts: number
  readonly withinTextsMs: number
  /** Values of the state once the device has accepted. */
  readonly sets: Values
  /** Settings that change once the device has accepted. */
  readonly secrets: Readonly<Record<string, string>>
  /** The same was sent before with another password, without an answer: any answer proves this password right. */
  readonly anyTells?: boolean
  /** The repeating alarm that this acknowledges. */
  readonly cancels: string | null
  /** What a missing answer may mean, from the manufacturer's manual. */
  readonly silence?: string
}
