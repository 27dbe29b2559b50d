import { isGsm7, septetsPerCharacter } from '../../sms/gsm7.ts'
import { segmentText } from '../../sms/segment-text.ts'

/** What a text takes as an SMS, counted by the same code that sends it. */
export interface Count {
  readonly alphabet: 'gsm7' | 'ucs2'
  readonly parts: number
  /** Characters of the usual alphabet, or UTF-16 units, until another part is needed. */
  readonly left: number
  /** Characters because of which the whole text takes more than twice the room; in their order, each once. */
  readonly costly: readonly string[]
}

const capacity = { gsm7: { alone: 160, several: 153 }, ucs2: { alone: 70, several: 67 } } as const

export function countOf(text: string): Count {
  const { alphabet, segments } = segmentText(text)
  const used = segments.at(-1)?.units ?? 0
  const room = segments.length > 1 ? capacity[alphabet].several : capacity[alphabet].alone
  const costly =
    alphabet === 'gsm7' ? [] : [...new Set(text)].filter((character) => septetsPerCharacter(character) === 0)
  return { alphabet, parts: segments.length, left: room - used, costly }
}

export { isGsm7 }
