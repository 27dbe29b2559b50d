import { bindingOf, type Device } from '../device.ts'
import type { Bound } from '../pattern/bind.ts'
import { type Match, readMarks, together } from '../pattern/match.ts'
import type { Pattern } from '../pattern/pattern.ts'
import { piecesIn } from '../pattern/pieces.ts'
import { Programs } from '../profile/dialect.ts'
import { run } from '../regular/machine.ts'
import { commonPairs, commonWords } from './common-words.ts'
import { isCredible } from './credible.ts'
import { unlessPair } from './named-pair.ts'
import type { Taken } from './taken.ts'
import { isLetter } from './word-places.ts'

/** Words in front of a common key: the number is a setting or a limit. */
const wanted = /(?<!\p{L})(?:set|target|desired|wanted|max|min|maximum|minimum|maximal|minimal|soll)[ \t._-]*$/iu
/** What follows a value that stands alone: the end of its line, a mark, or the next key. */
const alone = /^\s*(?:$|[\r\n,;!]|[\p{L}\p{N} _]{1,20}[:=])/u
/** Letters of a value and the words between it and its key. */
const maxPieceLength = 160

/** Pairs that mean the same in the texts of every device. */
export const commonPieces = [
  ...commonPairs.flatMap(piecesIn),
  ...commonPairs.flatMap(piecesIn).flatMap(({ head, loose }) => (loose === null ? [] : [{ head, pattern: loose }])),
].map(({ head, pattern }) => ({ head, pattern, isCommon: true }))
const commonPrograms = new Programs()

interface Read {
  readonly head: string
  readonly pattern: Pattern
  readonly isCommon?: boolean
  readonly isShort?: boolean
}

/** Reads each piece where its first word is, in what is not read yet. */
export function readPieces(device: Device, text: string, pieces: readonly Read[], all: Taken): void {
  for (const piece of pieces) for (const from of all.words.of(piece.head)) readPiece(device, text, piece, from, all)
}

function readPiece(device: Device, text: string, { pattern, isCommon, isShort }: Read, from: number, all: Taken): void {
  if (all.claimed.overlaps({ from, to: from + 1 })) return
  if (isCommon && wanted.test(text.slice(Math.max(0, from - 20), from))) return
  const binding = isCommon ? { ...bindingOf(device), words: commonWords } : bindingOf(device)
  const program = (isCommon ? commonPrograms : device.dialect.programs).get(pattern, binding, 'fragment')
  if (program === null) return
  const piece = readAt(program, text, from)
  if (piece === null || all.claimed.overlaps({ from, to: piece.to })) return
  const { found, to } = piece
  if (found.spans.every((span) => span.from === span.to)) return
  if (isShort && !alone.test(text.slice(to, to + 40))) return
  const fresh = Object.entries(found.values).filter(([field]) => !Object.hasOwn(all.found.values, field))
  const values = fresh.filter(([field, value]) => isCredible(device, field, value, isCommon === true))
  if (values.length + Object.keys(found.times).length === 0) return
  all.claimed.add({ from, to })
  all.found = together(all.found, { ...found, values: Object.fromEntries(values) })
}

/** The piece that begins here: in its line, else beyond it; without a letter that belongs to the next word. */
function readAt(program: Bound, text: string, from: number): { readonly found: Match; readonly to: number } | null {
  const furthest = Math.min(text.length, from + maxPieceLength)
  const lineEnd = from + text.slice(from, furthest).search(/[\r\n]|$/)
  for (const limit of new Set([lineEnd, furthest])) {
    let result = run(program, text, { search: true, anchored: true, from, to: limit })
    if (result.fits && !isEnd(text, result.to))
      result = run(program, text, { search: true, anchored: true, from, to: result.to - 1 })
    const found = result.fits && isEnd(text, result.to) ? unlessPair(readMarks(result, text), text) : null
    if (found !== null) return { found, to: result.to }
  }
  return null
}

/** A value ends where its word or number does. */
function isEnd(text: string, at: number): boolean {
  if (isLetter(text[at]) && isLetter(text[at - 1])) return false
  return !/^[.,:]\d/.test(text.slice(at, at + 2)) || !/\d/.test(text[at - 1] ?? '')
}
