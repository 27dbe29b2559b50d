import type { Device } from '../device/device.ts'
import { publicValues } from '../device/mask.ts'
import {
  claimed,
  claimsDanger,
  contradicts,
  levelOf,
  questionFor,
  requiredFor,
  settles,
} from '../device/receive/evidence.ts'
import type { Reading } from '../device/receive/reading.ts'
import type { TrustRecord } from '../ledger/devices/sources.ts'
import { reaches, type TrustLevel, weakest } from '../message/trust.ts'
import type { Values } from '../message/values.ts'
import type { Correlation } from './correlate.ts'

/** Trust in a text. */
export interface Judgement {
  readonly level: TrustLevel
  /** It may change the state; otherwise it is published as an unverified event. */
  readonly holds: boolean
  /** It may confirm a command. */
  readonly settles: boolean
  /** The route of an answer, to be recognised later. */
  readonly route: string | null
  /** The query of the device about it; null without one. */
  readonly question: { readonly property: string; readonly claimed: Values } | null
  /** It contradicts the text that the device was queried about. */
  readonly contradicts: boolean
}

const byNobody = { holds: true, settles: true, route: null, question: null, contradicts: false } as const

/** A text of no device, or without relevant values. */
export const unjudged = (level: TrustLevel): Judgement => ({ level, ...byNobody })

/** Anybody can have written it: it changes and confirms nothing. */
export const byAnybody: Judgement = { ...unjudged('stranger'), holds: false, settles: false }

export interface Heard {
  /** Properties of its route; null where the modem does not show them. */
  readonly route: string | null
  /** What the way of a mail proves; null for an SMS, which its number and route prove. */
  readonly proof: TrustLevel | null
  readonly readings: readonly Reading[]
  readonly correlation: Correlation
}

/** What brought a text that its device has not sent here itself. */
export interface Way {
  /** How well it is proven that the text is from the device that forwards it. */
  readonly level: TrustLevel
  /** Whether what is dangerous may come this way. */
  readonly danger: boolean
}

export function wayThrough(
  carrier: Device,
  { route, proof }: Pick<Heard, 'route' | 'proof'>,
  record: TrustRecord | null,
): Way {
  const seen = record === null ? 'unknown' : routeOf(route, record, carrier.trust?.learn ?? learnedAfterCount)
  const level = levelOf(carrier, { proven: false, route: seen, asked: false, mail: proof })
  return { level, danger: carrier.forwards?.danger ?? false }
}

/** The values of a text, and those that an answer confirms. */
export const valuesOf = ([reading]: readonly Reading[], { answers, sets }: Correlation): Values =>
  Object.assign({}, ...[...(reading === undefined ? [] : [reading]), ...answers].map(publicValues), sets) as Values

/** The proof that a text is from its device, and whether it is sufficient for its values. */
export function judge(
  device: Device,
  { route: used, proof, readings, correlation }: Heard,
  record: TrustRecord,
  now: number,
  way: Way | null = null,
): Judgement {
  // That of a forwarded text is another device's.
  const route = way === null ? used : null
  const values = valuesOf(readings, correlation)
  const sources = [...readings.slice(0, 1), ...correlation.answers]
  const own = levelOf(device, {
    proven: sources.some(({ proven }) => proven),
    route: routeOf(route, record, device.trust?.learn ?? learnedAfterCount),
    asked: correlation.answered === 'question',
    mail: way === null ? proof : null,
  })
  const level = way === null ? own : weakest(own, way.level)
  const events = sources.flatMap(({ event, ends }) => [event ?? [], ends === null ? [] : `${ends}_end`].flat())
  const required = readings.slice(0, 1).flatMap(({ trust }) => trust ?? [])
  const needed = requiredFor(device, { values, events, required })
  const mayPass = way === null || way.danger || !(correlation.danger || claimsDanger(device, { values, events }))
  const holds = reaches(level, needed) && mayPass
  const claim = claimed(device, values)
  const { every, day } = device.trust?.ask ?? { every: 600, day: 5 }
  const [last = Number.NEGATIVE_INFINITY] = record.askedAt
  const isOpen = now - last < every * 1000
  const mayAsk = !holds && correlation.answered !== 'question' && !isOpen && record.askedAt.length < day
  const property = mayAsk && sources.length > 0 ? questionFor(device, Object.keys(claim)) : null
  return {
    level,
    holds,
    settles: settles(device, level) && mayPass,
    route: correlation.answered === null ? null : route,
    question: property === null ? null : { property, claimed: claim },
    contradicts: isOpen && record.claimed !== null && contradicts(record.claimed, values),
  }
}

/** Answers after which a route is known, by default. */
const learnedAfterCount = 5

function routeOf(route: string | null, { routes }: TrustRecord, learn: number): 'known' | 'foreign' | 'unknown' {
  const known = Object.keys(routes).filter((print) => (routes[print] ?? 0) >= learn)
  if (route === null || known.length === 0) return 'unknown'
  return known.includes(route) ? 'known' : 'foreign'
}
