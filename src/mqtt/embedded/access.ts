import { Fault } from '../../message/fault.ts'
import { readUtf8 } from '../../message/json.ts'
import { readPayload } from '../../message/payload.ts'
import type { Intent } from '../../message/request.ts'
import { type Act, acts, may, type Rights, type Role } from '../../message/rights.ts'
import { matchInbound, type TopicMatch } from '../../message/topics.ts'
import { covers, isFilter, matches } from '../filter.ts'

/** Rights of a user of the embedded broker. `read` and `write` are full topic filters in addition to the role. */
export interface UserRights extends Rights {
  readonly read?: readonly string[] | undefined
  readonly write?: readonly string[] | undefined
}

/** Names in topics, and allowed recipients of texts. */
export interface AccessNames {
  readonly baseTopic: string
  /** Full topics of other dialects that are commands too, with their equivalent below the base topic. */
  readonly aliases: Readonly<Record<string, string>>
  readonly discovery: {
    readonly prefix: string
    /** The level with the device. */
    objectOf(device: string): string
  }
  /** Paths of the operations, with the least role that is allowed. */
  readonly operations: Readonly<Record<string, Role>>
  /** Whether a name or number is that of a contact or a device. */
  isRecipient(to: string, isTopic: boolean): boolean
}

interface Topics {
  readonly read?: readonly string[]
  readonly write?: readonly string[]
}

/**
 * The topics of each action, below the base topic unless they start with a slash; `{discovery}` is the prefix of Home
 * Assistant, `{documents}` the topics of a device below it. A level that may be any is a wildcard.
 */
const topicsOf: Readonly<Record<Act, Topics>> = {
  see_hub: {
    read: [
      'bridge/state',
      'bridge/info',
      'bridge/health',
      'bridge/profiles/#',
      'gateway/+',
      'gateway/+/availability',
      '/{discovery}/status',
    ],
  },
  see: { read: ['', '/availability', '/location', '/event', '/result'].map((below) => `{device}${below}`) },
  see_documents: { read: ['/{documents}'] },
  set: { write: ['{device}/set/#'] },
  get: { write: ['{device}/get/#'] },
  command: { write: ['{device}/command/{command}'] },
  send: { write: ['{device}/send'] },
  see_inventory: { read: ['bridge/devices/#', 'gateway/+/event'] },
  see_texts: { read: ['sms/received', 'bridge/event'] },
  // The recipient is in the payload.
  text: {},
  greet: { write: ['/{discovery}/status'] },
  announce: { write: ['/{discovery}/#'] },
  request: { write: ['bridge/request/{operation}'] },
  administer: { read: ['/#'], write: ['/#'] },
}

interface Filters {
  readonly read: readonly string[]
  readonly write: readonly string[]
  /** The part of `write` that was granted explicitly. */
  readonly own: readonly string[]
  /** Filters that may be subscribed to; what is delivered is decided by `read`. */
  readonly subscribe: readonly string[]
  readonly texts: boolean
}

/** Rules for publishing, subscribing and forwarding. Without users, everybody on this machine may send commands. */
export class Access {
  readonly #names: AccessNames
  readonly #baseTopic: string
  readonly #users: ReadonlyMap<string, Filters> | null
  readonly #aliases: ReadonlyMap<string, string>

  constructor(users: Readonly<Record<string, UserRights>> | null, names: AccessNames) {
    this.#names = names
    this.#baseTopic = names.baseTopic
    this.#aliases = new Map(Object.entries(names.aliases))
    this.#users =
      users === null ? null : new Map(Object.entries(users).map(([name, rights]) => [name, this.#filters(rights)]))
  }

  /** Null when the publish is allowed, else why not. */
  refusesPublish(user: string | null, topic: string, payload: Uint8Array | string): string | null {
    if (topic.includes('\u0000')) return 'a topic may not hold U+0000 (MQTT-1.5.3-2)'
    if (topic.startsWith('$')) return 'topics with $ in front are the broker’s own'
    const below = this.below(topic)
    const inbound = below === null ? null : matchInbound(below)
    if (below !== null && inbound === null) return 'only the hub publishes here'
    if (this.#users === null) return null
    const rights = this.#of(user)
    const isText = inbound?.pattern.startsWith('sms/send') === true
    if (isText && rights?.texts === true && this.#isForRecipients(inbound, payload)) return null
    // A role's filter for any device does not apply to other names.
    const write = (isText ? rights?.own : rights?.write) ?? []
    if (rights?.write.includes('#')) return null
    const named = inbound === null ? [] : namedIn(inbound, payload)
    const missing = [topic, ...named.map((name) => `${this.#baseTopic}/${name}`)].find(
      (needed) => !write.some((filter) => matches(filter, needed)),
    )
    return missing === undefined ? null : `${user ?? 'nobody'} may not publish to ${missing}`
  }

  maySubscribe(user: string | null, filter: string): boolean {
    if (filter.startsWith('$') || !isFilter(filter)) return false
    return this.#users === null || (this.#of(user)?.subscribe.some((granted) => covers(granted, filter)) ?? false)
  }

  mayRead(user: string | null, topic: string): boolean {
    return this.#users === null || (this.#of(user)?.read.some((granted) => matches(granted, topic)) ?? false)
  }

  /** A topic relative to the base topic; null for any other, '' for the base topic itself. */
  below(topic: string): string | null {
    // First, as an alias may be below the base topic.
    const alias = this.#aliases.get(topic)
    if (alias !== undefined) return alias
    if (topic === this.#baseTopic) return ''
    const base = `${this.#baseTopic}/`
    return topic.startsWith(base) ? topic.slice(base.length) : null
  }

  #of(user: string | null): Filters | undefined {
    return user === null ? undefined : this.#users?.get(user)
  }

  /** Whether all recipients of a text are contacts or devices. */
  #isForRecipients(match: TopicMatch, payload: Uint8Array | string): boolean {
    const intents = intentsOf(match, payload)
    const isKnown = (intent: Intent) =>
      intent.verb === 'text' && this.#names.isRecipient(intent.to, intent.isTopic ?? false)
    return intents.length > 0 && intents.every(isKnown)
  }

  #filters(user: UserRights): Filters {
    const { read: ownRead = [], write: own = [] } = user
    const read = [...this.#topics(user, 'read'), ...ownRead]
    const write = [...this.#topics(user, 'write'), ...own]
    // Home Assistant subscribes to its whole prefix, whatever it may read there.
    const seesDocuments = user.role !== undefined
    const subscribe = seesDocuments ? [...read, `${this.#names.discovery.prefix}/#`] : read
    return { read, write, own, subscribe, texts: may(user, { act: 'text' }) }
  }

  #topics(user: Rights, way: keyof Topics): string[] {
    return acts.flatMap((act) => (topicsOf[act][way] ?? []).flatMap((pattern) => this.#granted(user, act, pattern)))
  }

  /** The topics of a pattern for which the user has the right. */
  #granted(user: Rights, act: Act, pattern: string): string[] {
    const any = [undefined]
    const devices = /\{(device|documents)\}/.test(pattern) ? (user.devices ?? any) : any
    const commands = pattern.includes('{command}') ? (user.commands ?? any) : any
    const operations: readonly (readonly [string, Role | undefined])[] = pattern.includes('{operation}')
      ? Object.entries(this.#names.operations)
      : [['', undefined]]
    return devices.flatMap((device) =>
      commands.flatMap((command) =>
        operations
          .filter(([, least]) => may(user, { act, device, command, least }))
          .map(([operation]) => this.#topic(pattern, { device, command, operation })),
      ),
    )
  }

  #topic(pattern: string, { device, command, operation }: Named): string {
    const { prefix, objectOf } = this.#names.discovery
    const topic = pattern
      .replace('{documents}', device === undefined ? `${prefix}/#` : `${prefix}/+/${objectOf(device)}/#`)
      .replace('{discovery}', prefix)
      .replace('{device}', device ?? '+')
      .replace('{command}', command ?? '#')
      .replace('{operation}', operation)
    return topic.startsWith('/') ? topic.slice(1) : `${this.#baseTopic}/${topic}`
  }
}

interface Named {
  readonly device: string | undefined
  readonly command: string | undefined
  readonly operation: string
}

/** Topics whose payload may name something that has a topic of its own. */
const wide: readonly string[] = ['{device}/set', '{device}/get', '{device}/command']
/** Larger payloads are refused later. */
const maxPayloadOctets = 64 * 1024

/**
 * Topics equivalent to a payload on a wider topic: naming a command in it needs the right to that command. It is parsed
 * the same way as when it is carried out; an invalid payload is never carried out.
 */
function namedIn(match: TopicMatch, payload: Uint8Array | string): string[] {
  if (!wide.includes(match.pattern)) return []
  return intentsOf(match, payload).flatMap((intent) => {
    if (intent.verb === 'command') return [`${intent.device}/command/${intent.name}`]
    const isNamed = (intent.verb === 'set' || intent.verb === 'get') && intent.property !== null
    return isNamed ? [`${intent.device}/${intent.verb}/${intent.property}`] : []
  })
}

function intentsOf(match: TopicMatch, payload: Uint8Array | string): readonly Intent[] {
  try {
    const text = readUtf8(typeof payload === 'string' ? Buffer.from(payload) : payload, maxPayloadOctets)
    return readPayload(match, text).intents
  } catch (error) {
    if (Fault.from(error).code === 'invalid_payload') return []
    throw error
  }
}
