import { isGsm7, septetsPerCharacter } from './gsm7.ts'
import { capacity, segmentText } from './segment-text.ts'
import { asGsm7, transliterate } from './transliterate.ts'

/** What a text becomes when it is sent. */
export interface Preview {
  readonly alphabet: 'gsm7' | 'ucs2'
  readonly parts: number
  /** Characters that still fit the last SMS. */
  readonly characters_left: number
  readonly segments: readonly { readonly text: string; readonly units: number }[]
  /** The first character that takes the alphabet of 70 characters; null where there is none. */
  readonly first_non_gsm7: string | null
  /** The same text with plain quotes, dashes and spaces, where that takes fewer parts. */
  readonly plain: { readonly text: string; readonly parts: number } | null
}

/** Fails with `text_too_long`. */
export function preview(text: string): Preview {
  const sent = asGsm7(text)
  const { alphabet, segments } = segmentText(sent)
  const { alone, 8: behindHeader } = capacity[alphabet]
  const size = segments.length === 1 ? alone : behindHeader
  const plain = transliterate(text)
  const plainParts = plain === text ? segments.length : segmentText(asGsm7(plain)).segments.length
  return {
    alphabet,
    parts: segments.length,
    characters_left: size - (segments.at(-1)?.units ?? 0),
    segments: segments.map(({ text, units }) => ({ text, units })),
    first_non_gsm7: isGsm7(sent) ? null : ([...sent].find((one) => septetsPerCharacter(one) === 0) ?? null),
    plain: plainParts < segments.length ? { text: plain, parts: plainParts } : null,
  }
}
