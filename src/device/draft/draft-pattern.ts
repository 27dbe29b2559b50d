import { type DraftPiece, draftPieces, patternOf } from './draft-pieces.ts'
import { linkPattern } from './value-forms.ts'

/** The values that a pattern reads in a text; null when it is invalid or does not fit. */
export type ReadPattern = (pattern: string, text: string) => object | null

/** A pattern for an unknown text. */
export const draftPattern = (text: string): string => patternOf(draftPieces(text))

/** Whether a pattern has no words: it would take texts of any kind. */
export const isFree = (pattern: string): boolean =>
  pattern !== linkPattern && !/[\p{L}\p{N}]/u.test(pattern.replace(/\{[^}]*\}/g, ''))

/**
 * The pieces of the rule for an unknown text. A pattern that does not match its own text, or matches any text, is
 * useless: then the text is literal.
 */
export function rulePieces(text: string, read: ReadPattern): readonly DraftPiece[] {
  const pieces = draftPieces(text)
  const pattern = patternOf(pieces)
  const isUseful = !isFree(pattern) && read(pattern, text) !== null
  return isUseful ? pieces : [{ is: 'mark', text }]
}

export const rulePattern = (text: string, read: ReadPattern): string => patternOf(rulePieces(text, read))
