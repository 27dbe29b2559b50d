import { Fault } from '../message/fault.ts'
import { encodeSeptets, isGsm7, septetsPerCharacter } from './gsm7.ts'

export interface Segmentation {
  readonly alphabet: 'gsm7' | 'ucs2'
  readonly segments: readonly TextSegment[]
}

export interface TextSegment {
  readonly text: string
  /** Septets with escapes, or UTF-16 units. */
  readonly units: number
}

export interface SegmentOptions {
  /** `auto` (the default) takes UCS2 only if the text has characters outside the GSM 7-bit alphabet. */
  readonly alphabet?: 'auto' | 'gsm7' | 'ucs2'
  /**
   * Width of the concatenation reference: 8 (the default) leaves room for one more unit and is known to older devices.
   */
  readonly referenceBits?: 8 | 16
}

/** Units per PDU: alone, and after a header with an 8-bit or 16-bit concatenation reference. */
export const capacity = {
  gsm7: { alone: 160, 8: 153, 16: 152 },
  ucs2: { alone: 70, 8: 67, 16: 66 },
} as const

/** The total in the concatenation element is one octet (TS 23.040 clause 9.2.3.24.1). */
const maxSegments = 255

const unitsPerCharacter = {
  gsm7: septetsPerCharacter,
  ucs2: (character: string) => character.length,
} as const

/**
 * Splits a text into as few segments as possible, never between an escape and its character or within a surrogate pair.
 * An empty text is one empty segment.
 *
 * Fails with `encoding_error` if `gsm7` is required and can't encode the text, and with `text_too_long` above 255.
 */
export function segmentText(text: string, { alphabet = 'auto', referenceBits = 8 }: SegmentOptions = {}): Segmentation {
  const chosen = alphabet === 'auto' ? (isGsm7(text) ? 'gsm7' : 'ucs2') : alphabet
  const units = chosen === 'gsm7' ? encodeSeptets(text).length : text.length
  const { alone, [referenceBits]: behindHeader } = capacity[chosen]
  if (units <= alone) return { alphabet: chosen, segments: [{ text, units }] }
  const segments = cut(text, behindHeader, unitsPerCharacter[chosen])
  if (segments.length <= maxSegments) return { alphabet: chosen, segments }
  const message = `the text takes ${segments.length} segments where ${maxSegments} are possible`
  throw new Fault('text_too_long', message, { segments: segments.length, most: maxSegments })
}

function cut(text: string, most: number, unitsOf: (character: string) => number): TextSegment[] {
  const segments: TextSegment[] = []
  let start = 0
  let end = 0
  let units = 0
  const close = () => segments.push({ text: text.slice(start, end), units })
  for (const character of text) {
    const more = unitsOf(character)
    if (units + more > most) {
      close()
      start = end
      units = 0
    }
    units += more
    end += character.length
  }
  close()
  return segments
}
