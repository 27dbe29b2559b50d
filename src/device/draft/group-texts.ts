import { took } from '../regular/steps-taken.ts'
import { isFree, type ReadPattern, rulePieces } from './draft-pattern.ts'
import { type DraftPiece, patternOf } from './draft-pieces.ts'

/** Texts of one shape, and the pattern that takes all of them. */
export interface TextGroup {
  readonly pattern: string
  /** Different ones, in their order. */
  readonly texts: readonly string[]
}

/** Further texts are left for the next time: somebody who can text could send any number of kinds. */
export const maxGroups = 50
export const maxTexts = 300
/** Characters of a text that is grouped: ten segments. */
export const maxLength = 1_600
/** Words that differ between texts of one shape. */
const maxWords = 2
/** Texts that have the same number before it is taken for a part of a name. */
const fixedAfter = 3

interface Draft {
  pieces: readonly DraftPiece[]
  readonly texts: string[]
}

/**
 * Groups texts by their shape: what is the same in all of them is literal, what looks like a value or varies is a hole.
 */
export function groupTexts(given: readonly string[], read: ReadPattern): TextGroup[] {
  const drafts: Draft[] = []
  for (const text of [...new Set(given.map((text) => text.trim()))].slice(0, maxTexts)) {
    if (text === '' || text.length > maxLength) continue
    const pieces = rulePieces(text, read)
    if (drafts.some((draft) => takes(draft, text, pieces, read))) continue
    if (drafts.length < maxGroups) drafts.push({ pieces, texts: [text] })
  }
  return drafts.map(({ pieces, texts }) => ({ pattern: patternOf(withNames(pieces, texts, read)), texts }))
}

/** Extends a draft to a text of its shape. */
function takes(draft: Draft, text: string, pieces: readonly DraftPiece[], read: ReadPattern): boolean {
  const both = merged(draft.pieces, pieces)
  if (both === null) return false
  const pattern = patternOf(both)
  if (isFree(pattern)) return false
  // A pattern that has not changed reads what it did.
  const others = pattern === patternOf(draft.pieces) ? [] : draft.texts
  if ([...others, text].some((one) => read(pattern, one) === null)) return false
  draft.pieces = both
  draft.texts.push(text)
  return true
}

type Hole = Extract<DraftPiece, { is: 'hole' }>

/** Seen values that are remembered of a hole. */
const maxSeen = 5

/** The pieces of both texts; null where they differ in more than values and single words. */
function merged(one: readonly DraftPiece[], other: readonly DraftPiece[]): DraftPiece[] | null {
  if (one.length !== other.length) return null
  took(one.length)
  let words = 0
  let same = 0
  const both: DraftPiece[] = []
  for (const [i, a] of one.entries()) {
    const b = other[i] as DraftPiece
    if (a.is === 'hole' && b.is === 'hole' && a.hole === b.hole) both.push({ ...a, seen: seenIn(a, b) })
    else if (a.is === 'mark' || b.is === 'mark') {
      if (a.is !== 'mark' || b.is !== 'mark' || !isSameMark(a.text, b.text)) return null
      both.push(a)
    } else if (a.is === 'word' && b.is === 'word' && a.text.toLowerCase() === b.text.toLowerCase()) {
      if (/\p{L}/u.test(a.text)) same++
      both.push(a)
    } else {
      const either = anyWord(a, b)
      if (either === null) return null
      if (a.is === 'word') words++
      both.push(either)
    }
  }
  const before = one.filter((piece) => piece.is === 'hole' && piece.varies === true).length
  return words === 0 || (words + before <= maxWords && same > 0) ? both : null
}

const isSameMark = (a: string, b: string): boolean => a === b || (a.trim() === '' && b.trim() === '')

const seenIn = (a: Hole, b: Hole): readonly string[] => [...new Set([...a.seen, ...b.seen])].slice(0, maxSeen)

/** A hole for either: words of letters, and values of different forms. */
function anyWord(a: Exclude<DraftPiece, { is: 'mark' }>, b: Exclude<DraftPiece, { is: 'mark' }>): Hole | null {
  const seen = [a, b].flatMap((piece) => (piece.is === 'hole' ? piece.seen : [piece.text]))
  if (seen.some((text) => /\s/.test(text))) return null
  // `Z1` and `Z2` are names: each is a message of its own.
  const words = [a, b].filter((piece) => piece.is === 'word')
  if (words.some(({ text }) => !/^\p{L}+$/u.test(text))) return null
  // Values that are composed have names in them.
  if ([a, b].some((piece) => piece.is === 'hole' && !/^\{@:[^{}]*\}$/.test(piece.hole))) return null
  const hole = '{@:word}'
  const varies = words.length > 0
  return {
    is: 'hole',
    field: null,
    family: 'text',
    hole,
    plain: hole,
    varies,
    seen: [...new Set(seen)].slice(0, maxSeen),
  }
}

/** A number that is the same in all texts, behind a word without a mark, is a part of a name: `Zone 3`. */
function withNames(pieces: readonly DraftPiece[], texts: readonly string[], read: ReadPattern): readonly DraftPiece[] {
  if (texts.length < fixedAfter) return pieces
  const fixed = pieces.map((piece, i): DraftPiece => {
    const [only = '', ...more] = piece.is === 'hole' ? piece.seen : []
    const isName = piece.is === 'hole' && piece.field === null && more.length === 0 && /^[1-9]\d?$/.test(only)
    const [word, blank] = [pieces[i - 2], pieces[i - 1]]
    const isBehind = word?.is === 'word' && blank?.is === 'mark' && blank.text === ' '
    const next = pieces[i + 1]
    const hasUnit = next?.is === 'word' || (next?.is === 'mark' && /[%°]/.test(next.text))
    return isName && isBehind && !hasUnit ? { is: 'word', text: only } : piece
  })
  const pattern = patternOf(fixed)
  return !isFree(pattern) && texts.every((text) => read(pattern, text) !== null) ? fixed : pieces
}
