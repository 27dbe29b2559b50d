import type { Concat } from '../message/segment.ts'
import type { Deliver } from './tpdu.ts'

/** A segment to be joined: any decoded `Deliver` with a part of a message. */
export interface Part {
  readonly concat: Concat
  readonly text?: string
  readonly data?: string
}

export interface Joined {
  /** The text, with `gap` for each run of missing segments. */
  readonly text?: string
  /** The octets in hex, without those that are missing. */
  readonly data?: string
  /** Missing sequence numbers, in order; empty for a whole message. */
  readonly missing: readonly number[]
}

/** Replaces missing segments in an incomplete text. */
export const gap = '[…]'

/**
 * The message that a segment belongs to: SIM (ICCID), originator with type of number, reference with its width, and
 * total. `null` for a message of one segment. A key recurs when references wrap around: the store bounds it by time,
 * and a sequence number with other content starts a new set.
 */
export function assemblyKey({ concat, address }: Pick<Deliver, 'concat' | 'address'>, account: string): string | null {
  if (!concat) return null
  // The number is last: the name of an alphanumeric originator may hold any character.
  return [account, concat.bits, concat.ref, concat.total, address.ton, address.number].join('/')
}

/**
 * Joins segments of a key in the order of their sequence numbers; of two with the same number the first one counts.
 * Texts are joined by UTF-16 units: a surrogate pair that the sender has split is restored.
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
