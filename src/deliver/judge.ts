import type { Device } from '../device/device.ts'
import { publicValues } from '../device/mask.ts'
import { claimed, contradicts, levelOf, questionFor, requiredFor, settles } from '../device/receive/evidence.ts'
import type { Reading } from '../device/receive/read.ts'
import type { TrustRecord } from '../ledger/devices/sources.ts'
import { reaches, type TrustLevel } from '../message/trust.ts'
import type { Values } from '../message/values.ts'
import type { Correlation } from './correlate.ts'
import type { WholeText } from './reassemble.ts'

/** How far a text is believed. */
export interface Judgement {
  readonly level: TrustLevel
  /** It may change the state; else it is told as an event that is unverified. */
  readonly holds: boolean
  /** It may say that a command has worked. */
  readonly settles: boolean
  /** The way that an answer came by, to be known again. */
  readonly route: string | null
  /** What the device is asked about and how; null when it is not asked. */
  readonly question: { readonly property: string; readonly claimed: Values } | null
  /** It contradicts the text that the device was asked about. */
  readonly contradicts: boolean
}

const byNobody = { holds: true, settles: true, route: null, question: null, contradicts: false } as const

/** A text of no device, or of nothing that matters here. */
export const unjudged = (level: TrustLevel): Judgement => ({ level, ...byNobody })

export interface Heard {
  readonly whole: WholeText
  readonly readings: readonly Reading[]
  readonly correlation: Correlation
}

/** What a text says, and what an answer brings about. */
export const valuesOf = ([reading]: readonly Reading[], { answers, sets }: Correlation): Values =>
  Object.assign({}, ...[...(reading === undefined ? [] : [reading]), ...answers].map(publicValues), sets) as Values

/** What proves that a text is its device's own, and whether that is enough for what it says. */
export function judge(device: Device, heard: Heard, record: TrustRecord, now: number): Judgement {
  const { whole, readings, correlation } = heard
  const values = valuesOf(readings, correlation)
  const said = [...readings.slice(0, 1), ...correlation.answers]
  const level = levelOf(device, {
    proven: said.some(({ proven }) => proven),
    route: routeOf(whole.route, record, device.trust?.learn ?? learnedAfter),
    asked: correlation.answered === 'question',
  })
  const events = said.flatMap(({ event, ends }) => [event ?? [], ends === null ? [] : `${ends}_end`].flat())
  const required = readings.slice(0, 1).flatMap(({ trust }) => trust ?? [])
  const needed = requiredFor(device, { values, events, required })
  const holds = reaches(level, needed)
  const claim = claimed(device, values)
  const { every, day } = device.trust?.ask ?? { every: 600, day: 5 }
  const [last = Number.NEGATIVE_INFINITY] = record.askedAt
  const isOpen = now - last < every * 1000
  const mayAsk = !holds && correlation.answered !== 'question' && !isOpen && record.askedAt.length < day
  const property = mayAsk && said.length > 0 ? questionFor(device, Object.keys(claim)) : null
  return {
    level,
    holds,
    settles: settles(device, level),
    route: correlation.answered === null ? null : whole.route,
    question: property === null ? null : { property, claimed: claim },
    contradicts: isOpen && record.claimed !== null && contradicts(record.claimed, values),
  }
}

/** Answers that make a way a known one, where the owner says nothing else. */
const learnedAfter = 5

function routeOf(route: string | null, { routes }: TrustRecord, learn: number): 'known' | 'foreign' | 'unknown' {
  const known = Object.keys(routes).filter((print) => (routes[print] ?? 0) >= learn)
  if (route === null || known.length === 0) return 'unknown'
  return known.includes(route) ? 'known' : 'foreign'
}
