import { stateKeysOf } from '../device/describe/state-fields.ts'
import type { Device } from '../device/device.ts'
import { ownWords } from '../device/profile/dialect.ts'
import { learnedFrom } from '../device/receive/read.ts'
import type { Reading } from '../device/receive/reading.ts'
import { fieldOf } from '../device/vocabulary/vocabulary.ts'
import type { HeardWords } from '../ledger/devices/dialects.ts'
import type { DeviceEffects } from '../ledger/inbox/settle-device.ts'
import { reaches, type TrustLevel } from '../message/trust.ts'
import type { Values } from '../message/values.ts'
import type { Correlation } from './correlate.ts'
import type { Forwarded } from './forwarded.ts'
import { type Judgement, valuesOf } from './judge.ts'

/** What a text or a call means for its device. */
export interface Meaning {
  /** The device that it is of. */
  readonly device: Device | null
  readonly readings: readonly Reading[]
  readonly correlation: Correlation
  readonly judgement: Judgement
  /** Of a forwarded text: it has no values of the device that forwards it. */
  readonly forwarded: Forwarded | null
}

export interface MeantAt {
  /** The latest time at which the network can have accepted it. */
  readonly at: number
  /** The device's own time of it. */
  readonly ownAt: number | null
  readonly now: number
}

type NewId = (prefix: string) => string

/** What becomes of the device and of its commands. */
export function deviceEffects(meaning: Meaning, { at, ownAt, now }: MeantAt, newId: NewId): DeviceEffects {
  const { device, readings, correlation, judgement } = meaning
  const { level, holds, route, question, contradicts } = judgement
  const sources = sourcesOf(meaning)
  return {
    state:
      device === null || !holds
        ? null
        : {
            device: device.id,
            values: valuesOf(readings, correlation),
            at,
            ownAt,
            seenAt: now,
            fields: stateKeysOf(device),
            words: wordsIn(device, sources, level),
          },
    settlements: settlementsOf(meaning),
    learned: device === null || !holds ? {} : learned(device, sources),
    cancels: holds ? correlation.cancels : [],
    window: device === null || !holds ? null : windowOf(device, readings, now),
    events: eventsOf(meaning, newId),
    delayed: false,
    route,
    question: question === null ? null : { at: now, claimed: question.claimed },
    contradicts,
  }
}

/** The first reading of the text, and its answers to commands. */
const sourcesOf = ({ readings, correlation }: Meaning) => [...readings.slice(0, 1), ...correlation.answers]

/** The device that brought the text of another one. */
export const carrierOf = ({ forwarded }: Meaning): Device | null => (forwarded?.of ? forwarded.by : null)

/** The dialect that a text shows; null where the device has one only, or other words are the same text. */
function wordsIn(
  { profile, dialect: { layers } }: Device,
  sources: readonly Pick<Reading, 'dialect' | 'isDistinct'>[],
  level: TrustLevel,
): HeardWords | null {
  const [heard, ...others] = new Set(sources.flatMap(({ dialect, isDistinct }) => (isDistinct ? [dialect] : [])))
  if (heard === undefined || others.length > 0) return null
  const among = [ownWords, ...Object.keys(layers)]
  return { profile: profile.id, dialect: heard ?? ownWords, among, isProven: reaches(level, 'route') }
}

/** The event of the text, an unverified one, or the contradiction of an unverified one. */
function eventsOf(meaning: Meaning, newId: NewId): DeviceEffects['events'] {
  const { device, readings, correlation, judgement } = meaning
  const { level: trust, holds, contradicts } = judgement
  const [reading] = readings
  const values = valuesOf(readings, correlation)
  const reported = isAskedFor(meaning) ? null : (sourcesOf(meaning).find((one) => one.event !== null)?.event ?? null)
  const event = reported ?? (holds || Object.keys(values).length === 0 ? null : 'unverified')
  if (device === null) return []
  const forwardedBy = carrierOf(meaning)?.id
  const common = { values, trust, unverified: !holds, isPartial: reading?.reading === 'partial', forwardedBy }
  const alarm = event !== null && {
    ...common,
    type: event,
    id: newId('evt'),
    level: reading?.level ?? null,
    // It must neither end an alarm nor suppress a true one.
    same: holds ? sameness(event, values) : `unverified:${sameness(event, values)}`,
    repeatsMs: (reading?.repeats ?? 0) * 1000,
    ends: holds ? (reading?.ends ?? null) : null,
  }
  const against = contradicts && {
    ...common,
    type: 'contradiction',
    id: newId('evt'),
    level: 'high',
    same: '',
    repeatsMs: 0,
    ends: null,
  }
  return [alarm || [], against || []].flat()
}

/** An answer that may not be from the device ends the wait without a success or failure. */
function settlementsOf(meaning: Meaning): DeviceEffects['settlements'] {
  const { correlation, judgement } = meaning
  const carrier = carrierOf(meaning)
  return correlation.settlements.map((one) => {
    const reply = { ...one.reply, trust: judgement.level, ...(carrier !== null && { forwarded_by: carrier.id }) }
    if (judgement.settles) return { ...one, reply }
    const ends = one.verdict === 'accepted' || one.verdict === 'refused' || one.verdict === 'partial'
    return { ...one, reply, ok: null, learned: {}, ...(ends && { verdict: 'unverified' as const }) }
  })
}

/** The requested position, as the last known one: that there is no fix now is the answer, not an alarm. */
function isAskedFor({ readings: [reading], correlation: { answers } }: Meaning): boolean {
  if (reading === undefined || reading.event === null || reading.event === 'sos') return false
  return reading.values.fix === false && answers.some(({ message }) => message === reading.message)
}

/** Settings learned from the text: texts and names that the owner has stored in the device. */
function learned(device: Device, sources: readonly { readonly values: Values }[]): DeviceEffects['learned'] {
  const taught = Object.assign({}, ...sources.map(({ values }) => learnedFrom(device, values))) as Record<
    string,
    string
  >
  return Object.fromEntries(Object.entries(taught).map(([name, value]) => [name, { value, over: null }]))
}

/** The end of the device's window, if the text opens it. */
function windowOf({ id, timing, dialect }: Device, readings: readonly Reading[], now: number): DeviceEffects['window'] {
  const { window } = timing
  if (window === undefined) return null
  const hasTrigger = Object.entries(dialect.messages).some(([name, row]) => [name, row.event].includes(window.after))
  const opens = !hasTrigger || readings.some(({ message, event }) => [message, event].includes(window.after))
  return opens ? { lane: `d:${id}`, until: now + window.for * 1000 } : null
}

/**
 * Identity of an alarm: its kind and subject. Position and time change while an alarm continues.
 */
function sameness(event: string, values: Values): string {
  const about = Object.entries(values).filter(([name]) =>
    ['bool', 'switch', 'text'].includes(fieldOf(name)?.type ?? ''),
  )
  return `${event} ${JSON.stringify(Object.fromEntries(about))}`
}
