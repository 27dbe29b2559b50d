import type { Values } from './values.ts'

/**
 * What is kept of a composed command so that its answer is recognised: written by the submit flow, read by the deliver
 * flow, gone with the command's end.
 */
export interface AnswerSpec {
  readonly command: string
  /** Parameters as they were accepted. */
  readonly params: Values
  /** ms that a final answer may take behind a pending one. */
  readonly afterPendingMs: number
  /** How many texts make one answer, and the ms from the first to the last. */
  readonly texts: number
  readonly withinTextsMs: number
  /** What holds once the device accepted. */
  readonly sets: Values
  /** Settings that change once accepted. */
  readonly secrets: Readonly<Record<string, string>>
  /** The same was sent with another password before, and got nothing: any answer says that this one is right. */
  readonly anyTells?: boolean
  /** The repeating alarm that this acknowledges. */
  readonly cancels: string | null
  /** What silence may mean, in the maker's words. */
  readonly silence?: string
}
