import type { Stretch } from '../mask.ts'
import { type Match, nothingFound } from '../pattern/match.ts'
import { WordPlaces } from './word-places.ts'

/** What has been read of a text so far. */
export interface Taken {
  found: Match
  readonly words: WordPlaces
  readonly claimed: Claims
  /** Whole messages and answers. */
  readonly lines: Stretch[]
}

export const nothingTaken = (text: string): Taken => ({
  found: nothingFound,
  words: new WordPlaces(text),
  claimed: new Claims(text),
  lines: [],
})

/** The letters of a text that are read: to claim a stretch and to look at one costs its own letters. */
export class Claims {
  readonly #letters: Uint8Array

  constructor(text: string) {
    this.#letters = new Uint8Array(text.length)
  }

  add({ from, to }: Stretch): void {
    this.#letters.fill(1, from, to)
  }

  overlaps({ from, to }: Stretch): boolean {
    return this.#letters.subarray(from, to).includes(1)
  }
}
