import type { Concat } from '../message/segment.ts'
import type { Deliver } from './tpdu.ts'

/** What a segment must bring to be joined: any decoded `Deliver` that is part of a message. */
export interface Part {
  readonly concat: Concat
  readonly text?: string
  readonly data?: string
}

export interface Joined {
  /** The text, with `gap` for each run of segments that are not there. */
  readonly text?: string
  /** The octets in hex, what is not there left out. */
  readonly data?: string
  /** Sequence numbers that are not there, in order; empty for a whole message. */
  readonly missing: readonly number[]
}

/** Stands in an incomplete text where segments are missing. */
export const gap = '[…]'

/**
 * Which message a segment belongs to: its SIM (ICCID), originator with type of number, reference with its width, and
 * total. `null` for a message of its own. The same key comes back when references wrap around: the store bounds it by
 * time, and a sequence number with other content starts a new set.
 */
export function assemblyKey({ concat, address }: Pick<Deliver, 'concat' | 'address'>, account: string): string | null {
  if (!concat) return null
  // The number goes last: the name of an alphanumeric originator may hold any character.
  return [account, concat.bits, concat.ref, concat.total, address.ton, address.number].join('/')
}

/**
 * Joins segments of one key in the order of their sequence numbers, the first of two with the same number counting.
 * Texts are joined by UTF-16 units, so that a surrogate pair cut by the sender is whole again.
 */
export function join(parts: readonly Part[]): Joined {
  const total = parts[0]?.concat.total ?? 0
  const sequence = Array.from({ length: total }, (_, i) => parts.find(({ concat }) => concat.seq === i + 1))
  const missing = sequence.flatMap((part, i) => (part ? [] : [i + 1]))
  const texts = sequence.map((part, i) => {
    if (part) return part.text ?? ''
    return missing.includes(i) ? '' : gap
  })
  const hasText = parts.some(({ text }) => text !== undefined)
  const hasData = parts.some(({ data }) => data !== undefined)
  return {
    ...(hasText && { text: texts.join('') }),
    ...(hasData && { data: sequence.map((part) => part?.data ?? '').join('') }),
    missing,
  }
}
