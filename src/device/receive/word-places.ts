import { fold } from '../regular/regular.ts'
import { took } from '../regular/steps-taken.ts'

/** Occurrences of a word that are looked at. */
const maxPlaces = 24

export const isLetter = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}]/u.test(char)

/** Where words begin in a text, each looked up once. */
export class WordPlaces {
  readonly #text: string
  readonly #known = new Map<string, readonly number[]>()

  constructor(text: string) {
    this.#text = fold(text)
  }

  /** The first places at which these folded letters begin a word, or at which any word begins. */
  of(head: string): readonly number[] {
    const known = this.#known.get(head)
    if (known !== undefined) return known
    took(this.#text.length)
    const places = head === '' ? this.#starts() : this.#find(head)
    this.#known.set(head, places)
    return places
  }

  #find(head: string): number[] {
    const places: number[] = []
    let from = this.#text.indexOf(head)
    for (; from >= 0 && places.length < maxPlaces; from = this.#text.indexOf(head, from + 1))
      if (!isLetter(this.#text[from - 1])) places.push(from)
    return places
  }

  #starts(): number[] {
    return [...this.#text.matchAll(/(?<![\p{L}\p{N}])[\p{L}\p{N}]/gu)].slice(0, maxPlaces).map(({ index }) => index)
  }
}
