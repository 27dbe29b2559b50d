import type { Values } from '../../message/values.ts'
import { own } from '../../util/own.ts'
import { bindingOf, type Device, mayUse, messagesOf, settingOf } from '../device.ts'
import { layersOf } from '../layers.ts'
import { specOf } from '../parameters/settings.ts'
import { loosen } from '../pattern/loosen.ts'
import type { Pattern } from '../pattern/pattern.ts'
import { wordKey } from '../regular/regular.ts'
import type { Message } from '../schema/message.ts'
import { alarmIn } from './alarm-in-text.ts'
import { anyAlarm, anyLink } from './any-tracker.ts'
import { isDangerousEvent } from './danger.ts'
import { isAnswer } from './is-answer.ts'
import { overlaps } from './lines.ts'
import { firstOf, matchMessage, plainWording, tierOf, tiers } from './match-message.ts'
import { readParts, readRest } from './partial.ts'
import { partialReading, type ReadContext, type Reading, readingOf } from './reading.ts'
import { isRefusal } from './refusal.ts'
import { isNoAlarm, type Salvaged, salvageAlarm } from './salvage.ts'
import { messageIn } from './whole-messages.ts'

/**
 * Every message of the device that the text fits, best first; normally one. A forwarded text fits none. What a message
 * leaves, and a text that fits none, is read as far as it can be proved: a `partial` reading.
 */
export function readText(device: Device, text: string, context: ReadContext): Reading[] {
  const plain = text.trim()
  if (readForward(device, plain) !== null) return []
  const { view, readings, isDistinct } = bestView(device, (view) => readWhole(view, plain, context))
  const [best, ...more] = readings
  if (best !== undefined) return [{ ...withRest(view, best, context), isDistinct }, ...more]
  if (layersOf(device).some((view) => isAnswer(view, plain))) return []
  return bestView(device, (view) => readPartly(view, plain, context)).readings
}

interface View {
  readonly view: Device
  readonly readings: Reading[]
}

/**
 * What the words of one firmware explain best: an alarm before what is none; of equals, what the device is known to
 * speak, else as the profile has them. Distinct is what no other words explain as well.
 */
function bestView(device: Device, read: (view: Device) => Reading[]): View & { readonly isDistinct: boolean } {
  const views = layersOf(device).map((view): View => ({ view, readings: read(view) }))
  const [first, ...others] = views
  const best = others.reduce(
    (best, one) => (worth(one, alarmWorth) > worth(best, alarmWorth) ? one : best),
    first as View,
  )
  const hasRival = views.some((one) => one !== best && worth(one) >= worth(best))
  return { ...best, isDistinct: best.readings[0]?.reading === 'exact' && others.length > 0 && !hasRival }
}

/** How much is explained; of equals, what more values were found in: a date that cannot be is none. */
function worth({ readings: [one] }: View, alarm = 0): number {
  if (one === undefined) return -1
  return one.weight + (one.event === null ? 0 : alarm) + Object.keys(one.values).length / 1_000
}

/** More than any text has letters. */
const alarmWorth = 1e6

/** The text as the profile's messages explain it. */
export function readWhole(device: Device, plain: string, context: ReadContext): Reading[] {
  const messages = trustedMessages(device)
  for (const tier of tiers) {
    const readings = messages
      .filter(([, message]) => tierOf(message) === tier)
      .flatMap(([name, message]) => readMessage(device, name, message, plain, context) ?? [])
      .sort((a, b) => b.weight - a.weight)
    if (readings.length > 0) {
      const all = tier === 'text' ? readings : withAlarm(device, plain, context, readings)
      return withPlace(device, all, plain, context)
    }
  }
  return []
}

const trustedMessages = (device: Device): [string, Message][] =>
  Object.entries(messagesOf(device)).filter(([, message]) => mayUse(device, message))

/**
 * A text that no message explains: a message but for its marks, else the alarm at its start, else what its lines and
 * pairs are. Nothing of it makes a state dangerous, and an answer to a command is none of these.
 */
function readPartly(device: Device, plain: string, context: ReadContext): Reading[] {
  if (isRefusal(plain)) return []
  const loose = messageIn(device, trustedMessages(device), plain, { from: 0, to: plain.length })
  if (loose === null && isAnswer(device, plain, loosen)) return []
  const part = readParts(device, plain)
  const read = part === null ? null : partialReading(device, plain, part, context)
  const own =
    part?.isMessage && !part.isVague && read?.event ? null : salvageAlarm(device, trustedMessages(device), plain)
  const isKnown = read?.event && (read.event !== 'alarm' || part?.isCry === false)
  const salvaged = own !== null && !own.isVague ? own : isKnown ? null : anyAlarm(device, own, plain)
  const isCalm = salvaged?.found.spans.some((span) => span.name === '' && overlaps(span, part?.lines ?? []))
  if (salvaged === null || isCalm) return read === null ? [] : [read]
  const alarm = salvagedReading(device, salvaged, plain, context)
  if (read === null) return [alarm]
  const secretFields = [...new Set([...read.secretFields, ...alarm.secretFields])]
  const unread = read.unread.filter((line) => alarm.unread.includes(line))
  const values = { ...read.values, ...alarm.values }
  return [{ ...(alarm.event === null ? read : alarm), values, unread, secretFields, masked: read.masked }]
}

/** The reading with what can be proved of the lines that its message does not explain, and with a word of alarm. */
function withRest(device: Device, best: Reading, context: ReadContext): Reading {
  const rest = best.unread.join('\n')
  const part = rest === '' ? null : readRest(device, rest)
  const more = part === null ? null : partialReading(device, rest, part, context)
  const hasPlace = best.values.latitude !== undefined || best.values.fix !== undefined
  const { latitude: _, longitude: __, fix: ___, ...others } = more?.values ?? {}
  const added = hasPlace ? others : (more?.values ?? {})
  const isNew = Object.keys(added).some((field) => !Object.hasOwn(best.values, field))
  const cry = best.event === null ? alarmInRest(device, best.unexplained) : null
  if (!isNew && cry === null) return best
  return {
    ...best,
    values: { ...added, ...best.values },
    ...(cry !== null && {
      event: cry.event,
      level: cry.message?.level ?? ('high' as const),
      repeats: cry.message?.repeats ?? 180,
    }),
    secretFields: [...new Set([...best.secretFields, ...(more?.secretFields ?? [])])],
    reading: 'partial',
    unread: more?.unread ?? best.unread,
  }
}

/** An alarm in what a message does not explain. */
function alarmInRest(
  device: Device,
  rest: string,
): { readonly event: string; readonly message: Message | null } | null {
  const part = rest.trim() === '' ? null : readParts(device, rest)
  if (part !== null && part.event !== null) return { event: part.event, message: part.message }
  const own = rest.trim() === '' ? null : salvageAlarm(device, trustedMessages(device), rest)
  const event = own === null || own.isVague ? undefined : (own.found.values.event ?? own.message.event)
  return own === null || typeof event !== 'string' || isDangerousEvent(event) ? null : { event, message: own.message }
}

/** Adds the position of a link to readings without one. */
function withPlace(device: Device, readings: Reading[], text: string, context: ReadContext): Reading[] {
  const [best, ...more] = readings
  const place = readings.some(({ values }) => values.latitude !== undefined) ? null : anyLink(device, text)
  if (best === undefined || place === null) return readings
  const { values } = salvagedReading(device, place, text, context)
  return [{ ...best, values: { ...best.values, ...values } }, ...more]
}

/** Adds the alarm at the start of the text to readings without one. */
function withAlarm(device: Device, text: string, context: ReadContext, readings: Reading[]): Reading[] {
  if (readings.some(({ event }) => event !== null)) return readings
  const own = salvageAlarm(device, trustedMessages(device), text)
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
  const reading = readingOf(device, name, message, found, text, context)
  return withKnownHead(device, { ...reading, ends: null, reading: 'partial' }, text, context)
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
 * elsewhere, or an alarm in what follows: then they have that meaning. An answer, a pair, and a mark for the last known
 * position are not an alarm.
 */
function withKnownHead(device: Device, reading: Reading, text: string, context: ReadContext): Reading {
  const { alarm_text: head } = reading.values
  if (reading.event !== 'alarm' || typeof head !== 'string' || head === text || !text.startsWith(head)) return reading
  const [known = null] = knownHead(device, head, context)
  const behind = known === null ? alarmIn(device, text) : null
  if (behind !== null && behind.event !== 'alarm') {
    const { alarm_text: _, ...others } = reading.values
    return { ...reading, values: others, event: behind.event, repeats: behind.message?.repeats ?? reading.repeats }
  }
  const isCalm = head.split(/[\r\n]+/).every((line) => isNoAlarm(line, line.includes('!')) || isAnswer(device, line))
  if (known === null && (behind !== null || !isCalm)) return reading
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

/** These words as the profile knows them, alone or as the start of a text. */
function knownHead(device: Device, head: string, context: ReadContext): Reading[] {
  const whole = readWhole(device, head, context)
  return whole.length > 0 ? whole : withAlarm(device, head, context, [])
}

/** A text that the device forwards for somebody else; null for its own. */
export function readForward(device: Device, text: string): { from: string | null; inner: string } | null {
  const { forwards, programs } = device.dialect
  const compile = (pattern: Pattern) => programs.get(pattern, bindingOf(device))
  const found = firstOf(forwards.map(plainWording), compile, text.trim())
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
