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
import { firstOf, matchMessage, plainWording, tierOf, tiers } from './match-message.ts'
import { type Salvaged, salvageAlarm } from './salvage.ts'

export interface ReadContext {
  /** When the hub received it, ISO 8601 with offset; null for a text without a date. */
  readonly receivedAt: string | null
  /** When the network accepted the text (TP-SCTS); null when unknown. */
  readonly scts: string | null
}

/** A text as read by one message of the profile. */
export interface Reading {
  readonly message: string
  readonly values: Values
  readonly event: string | null
  readonly level: 'low' | 'normal' | 'high' | null
  /** Seconds within which an equal alarm is a repetition. */
  readonly repeats: number | null
  /** The alarm that this one ends. */
  readonly ends: string | null
  /** Its position in an answer of several texts. */
  readonly part: number | null
  /** The trust that this message requires. */
  readonly trust: Trust | null
  /** The text contains a code of the device. */
  readonly proven: boolean
  readonly proof: 'printed' | 'reported' | 'unproven'
  readonly secretFields: readonly string[]
  /** The text without its secrets. */
  readonly masked: string
  /** How much of the text the message explains; larger is better. */
  readonly weight: number
}

/** Every message of the device that the text fits, best first; normally one. A forwarded text fits none. */
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

/** Adds the position of a link to readings without one. */
function withPlace(device: Device, readings: Reading[], text: string, context: ReadContext): Reading[] {
  const [best, ...more] = readings
  const place = readings.some(({ values }) => values.latitude !== undefined) ? null : anyLink(device, text)
  if (best === undefined || place === null) return readings
  const { values } = salvagedReading(device, place, text, context)
  return [{ ...best, values: { ...best.values, ...values } }, ...more]
}

/** An unproven message does not count; what a reader finds in a text proves itself. */
export const isTrusted = (device: Device, { proof, reader }: Message): boolean =>
  proof !== 'unproven' || device.unproven || reader !== undefined

/** Adds the alarm at the start of the text to readings without one. */
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

/** The text as read by this message; null when it does not fit. */
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
 * A first line that no alarm of the profile has is the text of an unknown alarm, unless the profile knows these words
 * elsewhere: then they have that meaning. A mark for the last known position is not an alarm.
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

/** Whether these words answer some command of the device. */
function isAnswer(device: Device, text: string): boolean {
  const compile = (pattern: Pattern): Bound | null => device.dialect.programs.get(pattern, bindingOf(device))
  const replies = Object.values(device.dialect.commands).flatMap(({ reply }) => [
    ...reply.accepted,
    ...reply.refused,
    ...reply.pending,
  ])
  return firstOf([...device.dialect.refused.map(plainWording), ...replies], compile, text) !== null
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

/** The text without secret fields, secret settings and secret tokens. */
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

/** A text that the device forwards for somebody else; null for its own. */
export function readForward(device: Device, text: string): { from: string | null; inner: string } | null {
  const { forwards, programs } = device.dialect
  const program = forwards === null ? null : programs.get(forwards, bindingOf(device))
  const found = program === null ? null : match(program, text.trim())
  if (found === null) return null
  const { from, inner } = found.values
  return { from: from === undefined ? null : String(from), inner: String(inner ?? '') }
}

/** Settings learned from a text: the alarm texts and output names that the owner has stored in the device. */
export function learnedFrom(device: Device, values: Values): Record<string, string> {
  const learned = Object.entries(values).filter(([name]) => specOf(device.dialect.settings, name)?.learned === true)
  return Object.fromEntries(learned.map(([name, value]) => [name, String(value)]))
}

/**
 * Whether a text with these values can be from the device. Devices that share a number differ by a field that the
 * profile names, whose value is in the setting of the same name.
 */
export function isOwn(device: Device, values: Values): boolean {
  const { identity } = device.dialect
  const value = identity === null ? undefined : own(values, identity)
  const expected = identity === null ? null : settingOf(device, identity)
  return value === undefined || expected === null || wordKey(String(value)) === wordKey(expected)
}
