import * as z from 'zod'
import type { Device } from '../device/device.ts'
import { ownWords } from '../device/profile/dialect.ts'
import type { Heard } from '../ledger/devices/dialects.ts'
import { isoTime } from '../message/result.ts'
import { own } from '../util/own.ts'
import { time } from './payloads.ts'

/** A dialect that a device may speak, and what its texts have shown. */
export const deviceDialect = z.strictObject({
  /** `none`: the words of its profile. */
  dialect: z.string(),
  label: z.string().nullable(),
  /** Its texts that no other dialect explains as well, and those of them that are proven to be its own. */
  texts: z.number().int(),
  proven: z.number().int(),
  last_at: time.nullable(),
  /** Why it is tried first: the word of its owner, or its texts; null for the others. */
  first: z.enum(['owner', 'texts']).nullable(),
  /** Commands that differ are sent in it. */
  sends: z.boolean(),
})

/** None where the profile has no dialects; what was heard of another profile does not count. */
export function dialectsOf(
  { profile, dialect, speaks }: Device,
  heard: Heard | null,
): readonly z.input<typeof deviceDialect>[] {
  const names = Object.keys(dialect.layers)
  if (names.length === 0) return []
  const tallies = heard?.profile === profile.id ? heard.tallies : {}
  return [ownWords, ...names].map((name) => {
    const { texts, proven, last } = own(tallies, name) ?? { texts: 0, proven: 0, last: null }
    const isFirst = speaks?.layer === name
    return {
      dialect: name,
      label: own(profile.row.dialects, name)?.label ?? null,
      texts,
      proven,
      last_at: last === null ? null : isoTime(last),
      first: isFirst ? speaks.by : null,
      sends: isFirst ? speaks.isSettled : name === ownWords && speaks?.isSettled !== true,
    }
  })
}
