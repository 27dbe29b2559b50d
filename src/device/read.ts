import type { Value, Values } from '../message/values.ts'
import { bindingOf, type Device, messagesOf, settingOf } from './device.ts'
import { readFields } from './fields.ts'
import { isListed, isSecretSetting, maskStretches, type Stretch, secretsOf, secretTokens } from './mask.ts'
import { own } from './own.ts'
import type { Bound } from './pattern/bind.ts'
import { conclude, type Match, match, nothingFound, setValues, together } from './pattern/match.ts'
import { type Pattern, parsePattern } from './pattern/pattern.ts'
import { wordKey } from './pattern/regular.ts'
import type { TimeContext } from './readers/dates.ts'
import type { Saying } from './schema/command.ts'
import type { Message, Trust } from './schema/message.ts'
import { specOf } from './settings.ts'

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
  readonly trust: Trust | null
  readonly proof: 'printed' | 'reported' | 'unproven'
  readonly secretFields: readonly string[]
  /** The text without its secrets. */
  readonly masked: string
  /** How much of the text the message explains: the larger, the better it fits. */
  readonly weight: number
}

/** Whole-text patterns go before texts of pairs, these before fragments, and readers come last. */
const tiers = ['text', 'fields', 'find', 'reader'] as const

const readers = {
  maps_link: parsePattern('{position:maps_link}'),
  nmea: parsePattern('{position:nmea_sentence}'),
  cell_list: parsePattern('{position:cell_list}'),
} as const

/** Every message of the device that the text fits, best first; normally one. A forwarded text is none of them. */
export function readText(device: Device, text: string, context: ReadContext): Reading[] {
  const plain = text.trim()
  if (readForward(device, plain) !== null) return []
  const messages = Object.entries(messagesOf(device)).filter(([, { proof }]) => proof !== 'unproven' || device.unproven)
  for (const tier of tiers) {
    const readings = messages
      .filter(([, message]) => tierOf(message) === tier)
      .flatMap(([name, message]) => readMessage(device, name, message, plain, context) ?? [])
    if (readings.length > 0) return readings.sort((a, b) => b.weight - a.weight)
  }
  return []
}

export function tierOf(message: Message): (typeof tiers)[number] {
  if (message.text.length > 0) return 'text'
  if (message.fields !== undefined) return 'fields'
  return message.find.length > 0 ? 'find' : 'reader'
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
  const { event, rest: _, ...values } = conclude(found, timeContext(device, context))
  const secretFields = Object.keys(values).filter((field) => isListed(field, message.secret))
  return {
    message: name,
    values,
    event: typeof event === 'string' ? event : (message.event ?? null),
    level: message.level ?? null,
    repeats: message.repeats ?? null,
    ends: message.ends ?? null,
    part: message.part ?? null,
    trust: message.trust ?? device.trust,
    proof: message.proof,
    secretFields,
    masked: maskMatch(device, text, found, message.secret),
    weight: found.weight,
  }
}

function matchMessage(device: Device, message: Message, text: string): Match | null {
  const compile = (pattern: Pattern): Bound | null => device.dialect.programs.get(pattern, bindingOf(device))
  if (firstOf(message.unless.map(plainSaying), compile, text) !== null) return null
  const cut = message.cut_at !== undefined && text.length >= message.cut_at
  switch (tierOf(message)) {
    case 'text': {
      const whole = firstOf(message.text, compile, text, { cut, set: message.set })
      return whole === null ? null : findIn(device, message, text, whole)
    }
    case 'fields':
      return withSet(readFields(message.fields as NonNullable<Message['fields']>, text, compile), message)
    case 'find':
      return withSet(findIn(device, message, text, nothingFound), message)
    case 'reader': {
      const program = compile(readers[message.reader as keyof typeof readers])
      return program === null ? null : match(program, text, { set: message.set })
    }
  }
}

const plainSaying = (pattern: Pattern): Saying => ({ text: pattern, set: {} })

const withSet = (found: Match | null, { set }: Message): Match | null =>
  found === null ? null : { ...found, values: { ...found.values, ...setValues(set) } }

interface Extra {
  readonly cut?: boolean
  readonly set?: Readonly<Record<string, Value>>
}

/** The first of several patterns that fits. */
export function firstOf(
  sayings: readonly Saying[],
  compile: (pattern: Pattern) => Bound | null,
  text: string,
  extra: Extra = {},
): Match | null {
  for (const { text: pattern, set } of sayings) {
    const program = compile(pattern)
    const found = program === null ? null : match(program, text, { ...extra, set: { ...extra.set, ...set } })
    if (found !== null) return found
  }
  return null
}

/** Looks for the fragments in the `rest` of what fitted, or in the whole text. One in brackets may be missing. */
function findIn(device: Device, message: Message, text: string, whole: Match): Match | null {
  const rest = whole.spans.find((span) => span.name === 'rest')
  if (message.find.length === 0 || (message.text.length > 0 && rest === undefined)) return whole
  const within = { search: true, from: rest?.from ?? 0, to: rest?.to ?? text.length }
  let all = whole
  for (const pattern of message.find) {
    const { needed, inner } = fragmentOf(pattern)
    const program = device.dialect.programs.get(inner, bindingOf(device), 'fragment')
    const found = program === null ? null : match(program, text, within)
    if (found === null && needed) return null
    if (found !== null) all = together(all, found)
  }
  return all.weight === 0 ? null : all
}

function fragmentOf(pattern: Pattern): { needed: boolean; inner: Pattern } {
  const [only, ...more] = pattern.parts
  if (only?.part !== 'either' || !only.optional || more.length > 0) return { needed: true, inner: pattern }
  return { needed: false, inner: { source: `(${pattern.source.slice(1, -1)})`, parts: [{ ...only, optional: false }] } }
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
