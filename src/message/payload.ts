import { Fault } from './fault.ts'
import { isObject, keysIn, readJson } from './json.ts'
import { type Meta, splitMeta } from './meta.ts'
import type { Intent } from './request.ts'
import type { TopicMatch, TopicPattern } from './topics.ts'
import { isNoValue, wordOf } from './values.ts'

/** A payload as parsed for its topic. */
export interface ReadPayload {
  readonly intents: readonly Intent[]
  readonly meta: Meta
}

type Table = Readonly<Record<string, unknown>>

/** Commands, properties or recipients of one publish. */
export const maxIntents = 20

/** Key names of other programs: Home Assistant, sms2mqtt, gammu. */
const aliases = {
  to: ['to', 'number', 'phone', 'recipient', 'target'],
  text: ['text', 'message', 'body'],
} as const

/** Keys of a text that are true or false. */
export const textFlags = ['flash', 'private'] as const

/** Those that are true. */
export function flagsOf(keys: Table): { readonly [K in (typeof textFlags)[number]]?: true } {
  return Object.fromEntries(textFlags.filter((flag) => keys[flag] === true).map((flag) => [flag, true]))
}

/** Payloads of a button press, where no value is needed. */
const isPress = (text: string): boolean => /^(?:press)?$/i.test(text.trim())

/**
 * Parses a payload. The only parser, for the flow that carries the request out and for the rules of who may make it.
 * Fails with `invalid_payload` and what the topic takes.
 */
export function readPayload(match: TopicMatch, payload: string): ReadPayload {
  const read = readers[match.pattern]
  if (read !== undefined) return read(match.levels.device ?? '', payload, match.levels)
  const json = readJson(payload)
  if (!isObject(json)) throw refused('sms/send takes {"to": "+491511…", "text": "…"}')
  return readText(json)
}

type Reader = (device: string, payload: string, levels: TopicMatch['levels']) => ReadPayload

const readers: Readonly<Partial<Record<TopicPattern, Reader>>> = {
  '{device}/set/{property}': (device, payload, { property = '' }) => {
    const json = readJson(payload)
    if (!isObject(json)) return just({ verb: 'set', device, property, value: scalar(payload, json) })
    const { meta, rest } = splitMeta(json)
    const { value, ...others } = rest
    if (value === undefined) throw refused('an object on set/<property> needs the key "value"')
    assertNone(others, 'an object on set/<property> takes "value" and no')
    return just({ verb: 'set', device, property, value }, meta)
  },
  '{device}/set': (device, payload) => {
    const json = readJson(payload)
    if (!isObject(json)) return just({ verb: 'set', device, property: null, value: scalar(payload, json) })
    const { meta, rest } = splitMeta(json)
    if ('command' in rest) return just(namedCommand(device, rest), meta)
    const names = named(rest, 'properties')
    if (names.length === 0) throw refused('the object names no property')
    return { intents: names.map((property) => ({ verb: 'set', device, property, value: rest[property] })), meta }
  },
  '{device}/get': (device, payload) => readGet(device, payload, null),
  '{device}/get/{property}': (device, payload, { property = '' }) => readGet(device, payload, property),
  '{device}/command/{name}': (device, payload, { name = '' }) => {
    const json = readJson(payload)
    if (!isObject(json)) return just({ verb: 'command', device, name, args: payload })
    const { meta, rest } = splitMeta(json)
    return just({ verb: 'command', device, name, args: argumentsOf(rest) }, meta)
  },
  '{device}/command': (device, payload) => {
    const json = readJson(payload)
    if (Array.isArray(json)) return several(device, json)
    if (isObject(json)) return readCommand(device, json)
    const name = json === undefined ? payload.trim() : json
    if (typeof name !== 'string' || name === '')
      throw refused('command takes the name of a command, {"command": "…", "args": {…}} or a list of them')
    return just({ verb: 'command', device, name, args: {} })
  },
  '{device}/send': (device, payload) => {
    const text = literal(payload)
    if (isNoValue(text)) throw refused(`send takes the text for the device, not "${text.trim()}"`)
    return just({ verb: 'send', device, text })
  },
  'sms/send/{recipient}': (_, payload, { recipient = '' }) =>
    just({ verb: 'text', to: recipient, isTopic: true, text: literal(payload) }),
}

function readGet(device: string, payload: string, property: string | null): ReadPayload {
  const json = readJson(payload)
  if (!isObject(json)) {
    if (!isPress(payload) && payload.trim() !== '?')
      throw refused('get takes an empty payload, ?, PRESS, or {"<property>": ""}')
    return just({ verb: 'get', device, property })
  }
  const { meta, rest } = splitMeta(json)
  if (property !== null) assertNone(rest, 'get/<property> takes no')
  const names = named(rest, 'properties')
  if (names.length === 0) return just({ verb: 'get', device, property }, meta)
  return { intents: names.map((name) => ({ verb: 'get', device, property: name })), meta }
}

/** A list of commands: each has its own result; where the device allows it, they share a text. */
function several(device: string, list: readonly unknown[]): ReadPayload {
  assertFew(list.length, 'commands')
  if (list.length === 0) throw refused('the list holds no command')
  const intents = list.map((one): Intent => {
    if (typeof one === 'string') return { verb: 'command', device, name: one, args: {} }
    if (isObject(one)) return namedCommand(device, one)
    throw refused('a list of commands holds names, or objects with "command" and "args"')
  })
  return { intents, meta: {} }
}

/** `<device>/command`: the name of a command with its parameters. */
export function readCommand(device: string, json: Table): ReadPayload {
  const { meta, rest } = splitMeta(json)
  return just(namedCommand(device, rest), meta)
}

function namedCommand(device: string, { command, ...rest }: Table): Intent {
  if (typeof command !== 'string' || command === '') throw refused('"command" must be the name of a command')
  return { verb: 'command', device, name: command, args: argumentsOf(rest) }
}

/** Parameters are in "args" or beside the command's name. "args" may be the only value that the command needs. */
function argumentsOf({ args, ...others }: Table): Table | string {
  if (args === undefined) return others
  assertNone(others, 'with "args" there may be no')
  return isObject(args) ? args : wordOf(args)
}

/**
 * Whether a payload asks to be shown to nobody, even if it can't be carried out: because of a repeated key, for
 * example, or of a quotation mark that is missing.
 */
export function asksPrivacy(payload: string): boolean {
  if (/"private"\s*:(?!\s*false)/i.test(payload)) return true
  // Only keys with escapes are left.
  if (!payload.includes('\\u')) return false
  for (const { key, rest } of keysIn(payload))
    if (key.toLowerCase() === 'private' && !rest().startsWith('false')) return true
  return false
}

/** `sms/send`: keys in any case, several names for each, one recipient or many. */
export function readText(json: Table): ReadPayload {
  const { meta, rest } = splitMeta(
    Object.fromEntries(Object.entries(json).map(([key, value]) => [key.toLowerCase(), value])),
  )
  const whom = pick(rest, 'to')
  const text = pick(rest, 'text')
  const recipients = (Array.isArray(whom) ? whom : wordOf(whom ?? '').split(/[;,]/))
    .map((one) => wordOf(one).trim())
    .filter(Boolean)
  if (recipients.length === 0) throw refused('"to" names no number and no contact')
  assertFew(recipients.length, 'recipients')
  if (typeof text !== 'string' || text.trim() === '') throw refused('"text" must be a text that is not empty')
  for (const flag of textFlags)
    if (rest[flag] !== undefined && typeof rest[flag] !== 'boolean') throw refused(`"${flag}" must be true or false`)
  return { intents: recipients.map((to) => ({ verb: 'text', to, text, ...flagsOf(rest) })), meta }
}

function pick(from: Table, name: keyof typeof aliases): unknown {
  const key = aliases[name].find((alias) => from[alias] !== undefined)
  return key === undefined ? undefined : from[key]
}

function literal(payload: string): string {
  if (payload.trim() === '') throw refused('the text is empty')
  return payload
}

/** A JSON scalar or list as such, anything else as text: `0123` and numbers that would lose digits stay text. */
function scalar(payload: string, json: unknown): unknown {
  const text = payload.trim()
  if (text === '') throw refused('set takes a value, not an empty payload')
  if (json === undefined || json === null || (typeof json === 'number' && String(json) !== text)) return text
  return json
}

function named(rest: Table, what: string): string[] {
  const names = Object.keys(rest)
  assertFew(names.length, what)
  return names
}

function assertFew(count: number, what: string): void {
  if (count > maxIntents) throw refused(`one publish takes at most ${maxIntents} ${what}, not ${count}`)
}

function assertNone(others: Table, sentence: string): void {
  const [key] = Object.keys(others)
  if (key !== undefined) throw refused(`${sentence} "${key.slice(0, 80)}"`)
}

function just(intent: Intent, meta: Meta = {}): ReadPayload {
  return { intents: [intent], meta }
}

const refused = (message: string): Fault => new Fault('invalid_payload', message)
