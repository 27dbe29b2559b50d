import { Fault } from '../../message/fault.ts'
import { readUtf8 } from '../../message/json.ts'
import { readPayload } from '../../message/payload.ts'
import type { Intent } from '../../message/request.ts'
import { matchInbound, type TopicMatch } from '../../message/topics.ts'
import { covers, isFilter, matches } from '../filter.ts'

/** What a user of the embedded broker may do. `read` and `write` are whole topic filters. */
export interface UserRights {
  readonly role?: Role | undefined
  /** The devices that the role is for; all without it. */
  readonly devices?: readonly string[] | undefined
  /** The only commands that the user may send. */
  readonly commands?: readonly string[] | undefined
  readonly read?: readonly string[] | undefined
  readonly write?: readonly string[] | undefined
}

/** What topics are made of, and whom texts may go to. */
export interface AccessNames {
  readonly baseTopic: string
  /** Whole topics of other dialects that are commands too, with their place behind the base topic. */
  readonly aliases: Readonly<Record<string, string>>
  readonly discovery: {
    readonly prefix: string
    /** The level that names a device. */
    objectOf(device: string): string
  }
  /** Paths of the operations that a `home_assistant` may ask for. */
  readonly operations: readonly string[]
  /** Whether a name or number is a contact's or a device's. */
  isRecipient(to: string, isTopic: boolean): boolean
}

/**
 * Behind the base topic but for those with a slash in front; `{device}` and `{command}` are filled in, `{discovery}` is
 * the prefix of Home Assistant, `{request}` every operation that is for its role.
 */
const watching = [
  '{device}',
  '{device}/availability',
  '{device}/location',
  '{device}/event',
  '{device}/result',
  'bridge/state',
  'bridge/info',
  'bridge/health',
  'bridge/profiles/#',
  'gateway/+',
  'gateway/+/availability',
  '{discovery}/#',
]
const acting = ['set', 'get', 'command'].flatMap((verb) => [`{device}/${verb}`, `{device}/${verb}/#`])

interface Rights {
  readonly read: readonly string[]
  readonly write: readonly string[]
  /** What only a user that is not narrowed has: rights to the hub as a whole. */
  readonly hub?: { readonly read: readonly string[]; readonly write: readonly string[]; readonly texts: boolean }
}

const noRights: Rights = { read: [], write: [] }
const nothingOfTheHub = { read: [], write: [], texts: false } satisfies Rights['hub']

/**
 * None but `admin` changes devices. `home_assistant` may publish whatever discovery announces. What it may do with the
 * hub as a whole (`hub`), and the texts of everybody, are not for a user that is narrowed to some devices; `texts` opens
 * `sms/send` to contacts and devices, and to nobody else.
 */
export const roles = {
  reader: { read: watching, write: [] },
  operator: { read: watching, write: acting },
  home_assistant: {
    read: [...watching, 'bridge/devices/#', 'gateway/+/event'],
    write: [...acting, '{device}/send', '{discovery}/#'],
    hub: {
      read: ['sms/received', 'bridge/event'],
      write: ['{request}'],
      texts: true,
    },
  },
  admin: { read: ['/#'], write: ['/#'] },
} as const satisfies Record<string, Rights>
export type Role = keyof typeof roles

interface Filters {
  readonly read: readonly string[]
  readonly write: readonly string[]
  /** Of `write`, what the user was given by name. */
  readonly own: readonly string[]
  /** What may be subscribed to; what comes of it is for `read` to say. */
  readonly subscribe: readonly string[]
  readonly texts: boolean
}

/** One set of rules for publishing, subscribing and forwarding. Without users everybody on this machine may command. */
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

  /** Null when the publish may pass, else why not. */
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
    // A filter of a role for any device is none for what is no device.
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

  /** A topic behind the base topic; null for any other, '' for the base topic itself. */
  below(topic: string): string | null {
    // First: an alias may lie below the base topic.
    const alias = this.#aliases.get(topic)
    if (alias !== undefined) return alias
    if (topic === this.#baseTopic) return ''
    const base = `${this.#baseTopic}/`
    return topic.startsWith(base) ? topic.slice(base.length) : null
  }

  #of(user: string | null): Filters | undefined {
    return user === null ? undefined : this.#users?.get(user)
  }

  /** Whether a text goes to contacts and devices only. */
  #isForRecipients(match: TopicMatch, payload: Uint8Array | string): boolean {
    const intents = intentsOf(match, payload)
    const isKnown = (intent: Intent) =>
      intent.verb === 'text' && this.#names.isRecipient(intent.to, intent.isTopic ?? false)
    return intents.length > 0 && intents.every(isKnown)
  }

  #filters({ role, devices, commands, read = [], write = [] }: UserRights): Filters {
    const { prefix, objectOf } = this.#names.discovery
    const rights: Rights = role === undefined ? noRights : roles[role]
    const { hub = nothingOfTheHub } = devices === undefined && commands === undefined ? rights : noRights
    const discovery = rights.write.filter((pattern) => pattern === '{discovery}/#')
    const acts =
      commands === undefined || rights.write.length === 0 ? rights.write : ['{device}/command/{command}', ...discovery]
    const fill = (pattern: string): string[] =>
      pattern.startsWith('/')
        ? [pattern.slice(1)]
        : (pattern.includes('{device}') ? (devices ?? ['+']) : ['']).flatMap((device) =>
            (pattern.includes('{command}') ? (commands ?? []) : ['']).map(
              (command) => `${this.#baseTopic}/${pattern.replace('{device}', device).replace('{command}', command)}`,
            ),
          )
    /** Who is narrowed to some devices sees the documents of these, by whichever filter, and announces nothing. */
    const fillFor = (documents: (device: string) => string[]) => (pattern: string) =>
      pattern !== '{discovery}/#'
        ? fill(pattern)
        : devices === undefined
          ? [`${prefix}/#`]
          : [`${prefix}/status`, ...devices.flatMap(documents)]
    const requests = (pattern: string) =>
      pattern === '{request}' ? this.#names.operations.map((path) => `bridge/request/${path}`) : [pattern]
    const mayRead = [
      ...[...rights.read, ...hub.read].flatMap(fillFor((device) => [`${prefix}/+/${objectOf(device)}/#`])),
      ...read,
    ]
    return {
      read: mayRead,
      subscribe: rights.read.includes('{discovery}/#') ? [...mayRead, `${prefix}/#`] : mayRead,
      write: [...[...acts, ...hub.write.flatMap(requests)].flatMap(fillFor(() => [])), ...write],
      own: write,
      texts: hub.texts,
    }
  }
}

/** What a payload of these topics names has a topic of its own. */
const wide: readonly string[] = ['{device}/set', '{device}/get', '{device}/command']
/** More is refused by whoever carries it out. */
const largest = 64 * 1024

/**
 * Topics that say what a payload on a wider topic asks for: naming a command in it needs the right to that command. It
 * is read as it will be when it is carried out; what can't be read is carried out by nobody.
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
    const text = readUtf8(typeof payload === 'string' ? Buffer.from(payload) : payload, largest)
    return readPayload(match, text).intents
  } catch (error) {
    if (Fault.from(error).code === 'invalid_payload') return []
    throw error
  }
}
