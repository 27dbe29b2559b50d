import type { Trust } from '../../message/trust.ts'
import type { Values } from '../../message/values.ts'
import { own } from '../../util/own.ts'
import { bindingOf, type Device, messagesOf, settingOf } from '../device.ts'
import { isListed, isSecretSetting, maskStretches, type Stretch, secretsOf, secretTokens } from '../mask.ts'
import { specOf } from '../parameters/settings.ts'
import type { Bound } from '../pattern/bind.ts'
import { conclude, type Match, match } from '../pattern/match.ts'
import type { Pattern } from '../pattern/pattern.ts'
import type { TimeContext } from '../readers/dates.ts'
import { isPlaceTalk } from '../readers/place.ts'
import { wordKey } from '../regular/regular.ts'
import type { Message } from '../schema/message.ts'
import { anyAlarm, anyLink, anyPlace } from './any-tracker.ts'
import { holdsSecret } from './evidence.ts'
import { firstOf, matchMessage, plainSaying, tierOf, tiers } from './match-message.ts'
import { type Salvaged, salvageAlarm } from './salvage.ts'

export interface ReadContext {
  /** When the hub got it, ISO 8601 with offset; null for a text without a date. */
  readonly receivedAt: string | null
  /** When the network took the text (TP-SCTS); null when unknown. */
  readonly scts: string | null
}

/** What a text says, by one message of the profile. */
export interface Reading {
  readonly message: string
  readonly values: Values
  readonly event: string | null
  readonly level: 'low' | 'normal' | 'high' | null
  /** Seconds in which an equal alarm is the same alarm. */
  readonly repeats: number | null
  /** The alarm that this one ends. */
  readonly ends: string | null
  /** Its place in an answer of several texts. */
  readonly part: number | null
  /** What this message asks for itself. */
  readonly trust: Trust | null
  /** The text holds a code of the device. */
  readonly proven: boolean
  readonly proof: 'printed' | 'reported' | 'unproven'
  readonly secretFields: readonly string[]
  /** The text without its secrets. */
  readonly masked: string
  /** How much of the text the message explains: the larger, the better it fits. */
  readonly weight: number
}

/** Every message of the device that the text fits, best first; normally one. A forwarded text is none of them. */
export function readText(device: Device, text: string, context: ReadContext): Reading[] {
  const plain = text.trim()
  if (readForward(device, plain) !== null) return []
  const messages = Object.entries(messagesOf(device)).filter(([, message]) => isTrusted(device, message))
  for (const tier of tiers) {
    const readings = messages
      .filter(([, message]) => tierOf(message) === tier)
      .flatMap(([name, message]) => readMessage(device, name, message, plain, context) ?? [])
      .sort((a, b) => b.weight - a.weight)
    if (readings.length > 0) {
      const all = tier === 'text' ? readings : withAlarm(device, messages, plain, context, readings)
      return withPlace(device, all, plain, context)
    }
  }
  const alarms = withAlarm(device, messages, plain, context, [])
  const place = alarms.length > 0 ? null : anyPlace(device, plain)
  return place === null ? alarms : [salvagedReading(device, place, plain, context)]
}

/** Readings that say no place, with that of a link which none of them took. */
function withPlace(device: Device, readings: Reading[], text: string, context: ReadContext): Reading[] {
  const [best, ...more] = readings
  const place = readings.some(({ values }) => values.latitude !== undefined) ? null : anyLink(device, text)
  if (best === undefined || place === null) return readings
  const { values } = salvagedReading(device, place, text, context)
  return [{ ...best, values: { ...best.values, ...values } }, ...more]
}

/** A message that nobody has seen is not believed; what a reader finds in a text is its own proof. */
export const isTrusted = (device: Device, { proof, reader }: Message): boolean =>
  proof !== 'unproven' || device.unproven || reader !== undefined

/** Readings that name no alarm, with the one that the text begins with. */
function withAlarm(
  device: Device,
  messages: readonly (readonly [string, Message])[],
  text: string,
  context: ReadContext,
  readings: Reading[],
): Reading[] {
  if (readings.some(({ event }) => event !== null)) return readings
  const own = salvageAlarm(device, messages, text)
  const salvaged = own === null || own.isVague ? anyAlarm(device, own, text) : own
  if (salvaged === null) return readings
  const alarm = salvagedReading(device, salvaged, text, context)
  const values = Object.assign({}, ...readings.map((reading) => reading.values), alarm.values) as Values
  return [{ ...alarm, values }, ...readings]
}

function salvagedReading(
  device: Device,
  { name, message, found }: Salvaged,
  text: string,
  context: ReadContext,
): Reading {
  return withKnownHead(device, readingOf(device, name, message, found, text, context), text, context)
}

/** What the text says by this message; null when it does not fit. */
export function readMessage(
  device: Device,
  name: string,
  message: Message,
  text: string,
  context: ReadContext,
): Reading | null {
  const found = matchMessage(device, message, text)
  if (found === null) return null
  return withKnownHead(device, readingOf(device, name, message, found, text, context), text, context)
}

/**
 * A first line that no alarm of the profile has is an alarm of its own words, unless the profile knows these words
 * elsewhere: then the text means what they mean. That a place is the last known one is no alarm at all.
 */
function withKnownHead(device: Device, reading: Reading, text: string, context: ReadContext): Reading {
  const { alarm_text: head } = reading.values
  if (reading.event !== 'alarm' || typeof head !== 'string' || head === text || !text.startsWith(head)) return reading
  const [known = null] = readText(device, head, context)
  if (known === null && !isPlaceTalk(head) && !isAnswer(device, head)) return reading
  const { alarm_text: _, ...values } = reading.values
  return {
    ...reading,
    values: { ...values, ...known?.values },
    event: known?.event ?? null,
    level: known?.level ?? null,
    repeats: known?.repeats ?? null,
    ends: known?.ends ?? null,
  }
}

/** Does some command of the device get these words as its answer? */
function isAnswer(device: Device, text: string): boolean {
  const compile = (pattern: Pattern): Bound | null => device.dialect.programs.get(pattern, bindingOf(device))
  const replies = Object.values(device.dialect.commands).flatMap(({ reply }) => [
    ...reply.accepted,
    ...reply.refused,
    ...reply.pending,
  ])
  return firstOf([...device.dialect.refused.map(plainSaying), ...replies], compile, text) !== null
}

function readingOf(
  device: Device,
  name: string,
  message: Message,
  found: Match,
  text: string,
  context: ReadContext,
): Reading {
  const { event, rest: _, ...values } = conclude(found, timeContext(device, context), text)
  const secretFields = Object.keys(values).filter((field) => isListed(field, message.secret))
  return {
    message: name,
    values,
    event: typeof event === 'string' ? event : (message.event ?? null),
    level: message.level ?? null,
    repeats: message.repeats ?? null,
    ends: message.ends ?? null,
    part: message.part ?? null,
    trust: message.trust ?? null,
    proven: holdsSecret(device, text, found.spans),
    proof: message.proof,
    secretFields,
    masked: maskMatch(device, text, found, message.secret),
    weight: found.weight,
  }
}

export function timeContext(device: Device, { scts, receivedAt }: ReadContext): TimeContext {
  return { zone: device.timeZone, scts: scts ?? receivedAt }
}

/** The text without secret fields, secret settings and tokens that are one. */
export function maskMatch(
  device: Device,
  text: string,
  found: Match,
  secret: readonly string[],
  isSecret = (_name: string) => false,
): string {
  const places: Stretch[] = found.spans.filter(({ by, name }) =>
    by === 'hole' ? isListed(name, secret) : isSecretSetting(device, name) || isSecret(name),
  )
  return maskStretches(text, [...places, ...secretTokens(text, secretsOf(device))])
}

/** Somebody else's text that the device passes on; null for its own. */
export function readForward(device: Device, text: string): { from: string | null; inner: string } | null {
  const { forwards, programs } = device.dialect
  const program = forwards === null ? null : programs.get(forwards, bindingOf(device))
  const found = program === null ? null : match(program, text.trim())
  if (found === null) return null
  const { from, inner } = found.values
  return { from: from === undefined ? null : String(from), inner: String(inner ?? '') }
}

/** Settings that a text teaches: the alarm texts and output names that the owner gave the device. */
export function learnedFrom(device: Device, values: Values): Record<string, string> {
  const learned = Object.entries(values).filter(([name]) => specOf(device.dialect.settings, name)?.learned === true)
  return Object.fromEntries(learned.map(([name, value]) => [name, String(value)]))
}

/**
 * May a text that says this be the device's own? Devices that share a number differ by a field that the profile names
 * and the owner repeats in the setting of the same name.
 */
export function isOwn(device: Device, values: Values): boolean {
  const { identity } = device.dialect
  const said = identity === null ? undefined : own(values, identity)
  const expected = identity === null ? null : settingOf(device, identity)
  return said === undefined || expected === null || wordKey(String(said)) === wordKey(expected)
}
