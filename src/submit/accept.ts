import { createHash } from 'node:crypto'
import * as z from 'zod'
import { Fault } from '../message/fault.ts'
import type { Publish } from '../message/publish.ts'
import type { CommandRequest, Intent, Options } from '../message/request.ts'
import { matchInbound, type TopicMatch } from '../message/topics.ts'
import { wordOf } from '../message/values.ts'

/** A request that is understood, or one that is not: then `fault` says why, and the intent is what could be read. */
export interface Asked {
  readonly request: CommandRequest
  readonly fault: Fault | null
}

/** What one publish asks for, with what tells it from a repetition. */
export interface Accepted {
  readonly asked: readonly Asked[]
  readonly ref: { readonly scope: string; readonly ref: string; readonly hash: string } | null
  readonly hash: string
}

export const largestPayload = 64 * 1024
const mostCommands = 20

/** The meta keys of section 5.3: never properties or parameters. */
const Meta = z.object({
  id: z.union([z.string().min(1).max(128), z.number().transform(String)]).optional(),
  ttl: z.coerce
    .number()
    .positive()
    .max(63 * 7 * 86_400)
    .optional(),
  priority: z.enum(['high', 'normal', 'low']).optional(),
  gateway: z.string().min(1).optional(),
  dry_run: z.boolean().optional(),
  confirm: z.string().optional(),
  force: z.boolean().optional(),
  for: z.string().min(1).optional(),
  transaction: z.unknown().optional(),
})
type Meta = z.infer<typeof Meta>
const metaKeys = Object.keys(Meta.shape)

/** Other names that senders of texts know (facts: MQTT, section 4). */
const aliases: Readonly<Record<string, readonly string[]>> = {
  to: ['to', 'number', 'phone', 'recipient', 'target'],
  text: ['text', 'message', 'body'],
}

/**
 * Reads topic and payload into requests. Null for what asks for nothing and deserves no answer: a cleared retained
 * message, an empty `set`, a topic that is none of the hub's.
 */
export function accept(publish: Publish, newId: (prefix: string) => string): Accepted | null {
  const match = matchInbound(publish.topic)
  if (match === null || publish.clearing === 'yes') return null
  if (publish.payload.length === 0 && /\/set(\/|$)/.test(publish.topic)) return null
  const hash = createHash('sha256').update(publish.topic).update('\0').update(publish.payload).digest('base64url')
  const build = (intent: Intent, meta: Meta, fault: Fault | null): Asked => ({
    fault,
    request: {
      commandId: newId('cmd'),
      origin: {
        client: publish.user ?? publish.client,
        ref: meta.id ?? publish.ref ?? null,
        response: publish.response && {
          topic: publish.response.topic,
          correlation: publish.response.correlation && Buffer.from(publish.response.correlation).toString('base64'),
        },
      },
      intent,
      options: options(meta, publish),
    },
  })
  const refuse = (fault: Fault): Accepted => ({ asked: [build(unread(match), {}, fault)], ref: null, hash })
  if (publish.retained) {
    return refuse(new Fault('retained_command', `a retained message on ${publish.topic} is not carried out`))
  }
  try {
    const { intents, meta: said } = read(match, decode(publish.payload))
    const meta = said.id === undefined && publish.id !== undefined ? { ...said, id: publish.id } : said
    const device = match.levels.device ?? 'sms'
    const ref =
      meta.id === undefined ? null : { scope: `${publish.user ?? publish.client}|${device}`, ref: meta.id, hash }
    return { asked: intents.map((intent) => build(intent, meta, null)), ref, hash }
  } catch (error) {
    return refuse(Fault.from(error))
  }
}

function options(meta: Meta, publish: Publish): Options {
  return {
    priority: meta.priority ?? 'normal',
    ttl: meta.ttl ?? publish.expirySeconds,
    gateway: meta.gateway ?? null,
    confirm: meta.confirm ?? null,
    force: meta.force ?? false,
    dryRun: meta.dry_run ?? false,
    for: meta.for ?? null,
  }
}

function decode(payload: Uint8Array): string {
  if (payload.length > largestPayload) {
    throw new Fault('invalid_payload', `${payload.length} octets; at most ${largestPayload} are taken`)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload)
  } catch {
    throw new Fault('invalid_payload', 'the payload is not UTF-8')
  }
}

/** What a refusal says of a payload that was not read. */
function unread({ pattern, levels }: TopicMatch): Intent {
  const device = levels.device
  if (device === undefined)
    return { verb: 'text', to: levels.digits === undefined ? '' : `+${levels.digits}`, text: '' }
  if (pattern.includes('/set')) return { verb: 'set', device, property: levels.property ?? null, value: null }
  if (pattern.includes('/get')) return { verb: 'get', device, property: levels.property ?? null }
  if (pattern.includes('/send')) return { verb: 'send', device, text: '' }
  return { verb: 'command', device, name: levels.name ?? '', args: {} }
}

interface ReadPayload {
  readonly intents: readonly Intent[]
  readonly meta: Meta
}

/** One reader a topic: what the payload means there. */
function read({ pattern, levels }: TopicMatch, payload: string): ReadPayload {
  const device = levels.device ?? ''
  switch (pattern) {
    case '{device}/set/{property}': {
      const json = parseJson(payload)
      if (!isObject(json))
        return just({ verb: 'set', device, property: levels.property ?? null, value: scalar(payload, json) })
      const { meta, rest } = splitMeta(json)
      if (!('value' in rest)) throw new Fault('invalid_payload', 'an object on set/<property> needs the key "value"')
      return just({ verb: 'set', device, property: levels.property ?? null, value: rest.value }, meta)
    }
    case '{device}/set': {
      const json = parseJson(payload)
      if (!isObject(json)) return just({ verb: 'set', device, property: null, value: scalar(payload, json) })
      const { meta, rest } = splitMeta(json)
      if ('command' in rest) return just(namedCommand(device, rest), meta)
      const properties = Object.entries(rest)
      if (properties.length === 0) throw new Fault('invalid_payload', 'the object names no property')
      return { intents: properties.map(([property, value]) => ({ verb: 'set', device, property, value })), meta }
    }
    case '{device}/get':
    case '{device}/get/{property}': {
      const json = parseJson(payload)
      const { meta, rest } = splitMeta(isObject(json) ? json : {})
      const named = Object.keys(rest)
      if (levels.property !== undefined || named.length === 0) {
        return just({ verb: 'get', device, property: levels.property ?? null }, meta)
      }
      return { intents: named.map((property) => ({ verb: 'get', device, property })), meta }
    }
    case '{device}/command/{name}': {
      const json = parseJson(payload)
      const name = levels.name ?? ''
      if (!isObject(json)) return just({ verb: 'command', device, name, args: payload })
      const { meta, rest } = splitMeta(json)
      return just({ verb: 'command', device, name, args: isObject(rest.args) ? rest.args : rest }, meta)
    }
    case '{device}/command': {
      const json = parseJson(payload)
      if (Array.isArray(json)) return several(device, json)
      if (!isObject(json)) return just({ verb: 'command', device, name: payload.trim(), args: {} })
      const { meta, rest } = splitMeta(json)
      return just(namedCommand(device, rest), meta)
    }
    case '{device}/send':
      if (payload === '') throw new Fault('invalid_payload', 'the text is empty')
      return just({ verb: 'send', device, text: payload })
    case 'sms/send/{digits}':
      if (payload === '') throw new Fault('invalid_payload', 'the text is empty')
      return just({ verb: 'text', to: `+${(levels.digits ?? '').replace(/^(\+|00)/, '')}`, text: payload })
    default:
      return readText(payload)
  }
}

/** A list of commands: each gets its own result; where the device allows it, they share a text. */
function several(device: string, list: readonly unknown[]): ReadPayload {
  if (list.length === 0 || list.length > mostCommands) {
    throw new Fault('invalid_payload', `a list holds 1 to ${mostCommands} commands, not ${list.length}`)
  }
  const intents = list.map((one) => {
    if (typeof one === 'string') return { verb: 'command', device, name: one, args: {} } as const
    if (isObject(one)) return namedCommand(device, one)
    throw new Fault('invalid_payload', 'a list of commands holds names, or objects with "command" and "args"')
  })
  return { intents, meta: {} }
}

function just(intent: Intent, meta: Meta = {}): ReadPayload {
  return { intents: [intent], meta }
}

function namedCommand(device: string, rest: Readonly<Record<string, unknown>>): Intent {
  if (typeof rest.command !== 'string') throw new Fault('invalid_payload', '"command" must be the name of a command')
  const { command, args, ...others } = rest
  return {
    verb: 'command',
    device,
    name: command as string,
    args: isObject(args) ? args : args === undefined ? others : wordOf(args),
  }
}

/** `sms/send`: keys in any case, several names for each, one number or many. */
function readText(payload: string): ReadPayload {
  const json = parseJson(payload)
  if (!isObject(json)) throw new Fault('invalid_payload', 'sms/send takes {"to": "+491511…", "text": "…"}')
  const { meta, rest } = splitMeta(
    Object.fromEntries(Object.entries(json).map(([key, value]) => [key.toLowerCase(), value])),
  )
  const to = pick(rest, 'to')
  const text = pick(rest, 'text')
  const numbers = (Array.isArray(to) ? to : wordOf(to ?? '').split(/[;,]/))
    .map((one) => wordOf(one).trim())
    .filter(Boolean)
  if (numbers.length === 0) throw new Fault('invalid_payload', '"to" names no number')
  if (typeof text !== 'string' || text === '')
    throw new Fault('invalid_payload', '"text" must be a text that is not empty')
  return { intents: numbers.map((number) => ({ verb: 'text', to: number, text })), meta }
}

function pick(from: Readonly<Record<string, unknown>>, name: string): unknown {
  const key = aliases[name]?.find((alias) => from[alias] !== undefined)
  return key === undefined ? undefined : from[key]
}

function splitMeta(json: Readonly<Record<string, unknown>>): { meta: Meta; rest: Readonly<Record<string, unknown>> } {
  const parsed = Meta.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new Fault('invalid_payload', `${issue?.path.join('.')}: ${issue?.message}`)
  }
  return {
    meta: parsed.data,
    rest: Object.fromEntries(Object.entries(json).filter(([key]) => !metaKeys.includes(key))),
  }
}

/** Lists and objects in each other: nothing that is meant is deeper. */
const deepest = 16

function parseJson(payload: string): unknown {
  let json: unknown
  try {
    json = JSON.parse(payload)
  } catch {
    return undefined
  }
  if (!isShallow(json, deepest)) throw new Fault('invalid_payload', `the JSON is nested deeper than ${deepest} levels`)
  return json
}

function isShallow(json: unknown, levels: number): boolean {
  if (typeof json !== 'object' || json === null) return true
  return levels > 0 && Object.values(json).every((value) => isShallow(value, levels - 1))
}

/** A JSON scalar or array as such, anything else as the text it is: `0123` and a number too long for one stay text. */
function scalar(payload: string, json: unknown): unknown {
  const text = payload.trim()
  if (json === undefined || json === null || (typeof json === 'number' && String(json) !== text)) return text
  return json
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
