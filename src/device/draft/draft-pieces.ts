import { took } from '../regular/steps-taken.ts'
import { fieldOf } from '../vocabulary/vocabulary.ts'
import { type ValueForm, valueAt } from './value-forms.ts'

/** A piece of an unknown text: a value, a word, or what stands between them. */
export type DraftPiece =
  | (Omit<ValueForm, 'length'> & {
      readonly is: 'hole'
      /** The texts that it took. */
      readonly seen: readonly string[]
      /** Another text has another word there. */
      readonly varies?: boolean
    })
  | { readonly is: 'word'; readonly text: string }
  | { readonly is: 'mark'; readonly text: string }

const word = /[\p{L}\p{N}_]/u

/** What looks like a value becomes a hole, everything else is literal. */
export function draftPieces(text: string): DraftPiece[] {
  took(text.length)
  const pieces: DraftPiece[] = []
  for (let at = 0; at < text.length; ) {
    const found = valueAt(text, at)
    if (found !== null) {
      const { length, ...value } = found
      pieces.push({ is: 'hole', ...value, seen: [text.slice(at, at + length)] })
      at += length
      continue
    }
    const char = String.fromCodePoint(text.codePointAt(at) as number)
    const last = pieces.at(-1)
    if (word.test(char)) {
      if (last?.is === 'word') pieces[pieces.length - 1] = { is: 'word', text: last.text + char }
      else pieces.push({ is: 'word', text: char })
    } else if (last?.is === 'mark' && /\s/.test(char) && /\s$/.test(last.text))
      pieces[pieces.length - 1] = { is: 'mark', text: last.text + char }
    else pieces.push({ is: 'mark', text: char })
    at += char.length
  }
  return pieces
}

/** Fields already in the pattern; values without a name are numbered. */
class Names {
  readonly #used = new Set<string>()
  #count = 0

  /** The field at its first use, then one of its family, else a numbered one. */
  take(field: string | null, family: string): string {
    if (field !== null && !this.#used.has(field)) return this.#note(field)
    for (let n = 2; field !== null && fieldOf(`${field}_${n}`) !== null && n < 100; n++)
      if (!this.#used.has(`${field}_${n}`)) return this.#note(`${field}_${n}`)
    return `${family}_${++this.#count}`
  }

  #note(name: string): string {
    this.#used.add(name)
    return name
  }
}

const special = /[~[\](){}|\\]/g

export const literally = (text: string): string => text.replace(special, '\\$&')

/** The pieces as a pattern. */
export function patternOf(pieces: readonly DraftPiece[]): string {
  const names = new Names()
  return pieces
    .map((piece) => {
      if (piece.is !== 'hole') return literally(piece.text)
      if (!piece.hole.includes('@')) return piece.hole
      const name = names.take(piece.field, piece.family)
      const isNamed = piece.field !== null && name.startsWith(piece.field)
      return (isNamed ? piece.hole : piece.plain).replaceAll('@', name)
    })
    .join('')
}
