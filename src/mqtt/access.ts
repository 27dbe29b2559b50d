import { Fault } from '../message/fault.ts'
import { readUtf8 } from '../message/json.ts'
import { readPayload } from '../message/payload.ts'
import { matchInbound, type TopicMatch } from '../message/topics.ts'
import { covers, isFilter, matches } from './filter.ts'

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

/** Behind the base topic but for those with a slash in front; `{device}` and `{command}` are filled in. */
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
  '/homeassistant/#',
]
const acting = ['set', 'get', 'command'].flatMap((verb) => [`{device}/${verb}`, `{device}/${verb}/#`])

interface Filters {
  readonly read: readonly string[]
  readonly write: readonly string[]
}

const noRights: Filters & { readonly hub?: Filters } = { read: [], write: [] }

/**
 * Roles (facts: MQTT, section 5.6). None but `admin` sends raw texts or changes devices. What Home Assistant may do
 * with the hub as a whole (`hub`), and the texts of everybody, are not for a user that is narrowed to some devices.
 */
export const roles = {
  reader: { read: watching, write: [] },
  operator: { read: watching, write: acting },
  home_assistant: {
    read: [...watching, 'bridge/devices/#', 'gateway/+/event'],
    write: [...acting, '/homeassistant/#'],
    hub: {
      read: ['sms/received', 'bridge/event'],
      write: [
        'sms/send',
        ...['queue/pause', 'queue/resume', 'restart', 'log_level'].map((path) => `bridge/request/${path}`),
      ],
    },
  },
  admin: { read: ['/#'], write: ['/#'] },
} as const satisfies Record<string, Filters & { readonly hub?: Filters }>
export type Role = keyof typeof roles

/** One set of rules for publishing, subscribing and forwarding. Without users everybody on this machine may command. */
export class Access {
  readonly #baseTopic: string
  readonly #users: ReadonlyMap<string, Filters> | null
  readonly #aliases: ReadonlyMap<string, string>

  constructor(
    baseTopic: string,
    users: Readonly<Record<string, UserRights>> | null,
    aliases: Readonly<Record<string, string>> = {},
  ) {
    this.#baseTopic = baseTopic
    this.#aliases = new Map(Object.entries(aliases))
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
    const write = this.#users === null ? null : (this.#of(user)?.write ?? [])
    if (write === null || write.includes('#')) return null
    const named = inbound === null ? [] : namedIn(inbound, payload)
    const missing = [topic, ...named.map((name) => `${this.#baseTopic}/${name}`)].find(
      (needed) => !write.some((filter) => matches(filter, needed)),
    )
    return missing === undefined ? null : `${user ?? 'nobody'} may not publish to ${missing}`
  }

  maySubscribe(user: string | null, filter: string): boolean {
    if (filter.startsWith('$') || !isFilter(filter)) return false
    return this.#users === null || (this.#of(user)?.read.some((granted) => covers(granted, filter)) ?? false)
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

  #filters({ role, devices: named, commands, read = [], write = [] }: UserRights): Filters {
    const devices = named ?? ['+']
    const rights: Filters & { readonly hub?: Filters } = role === undefined ? noRights : roles[role]
    const { hub = noRights } = named === undefined && commands === undefined ? rights : noRights
    const acts = commands === undefined ? rights.write : rights.write.length > 0 ? ['{device}/command/{command}'] : []
    const fill = (pattern: string): string[] =>
      pattern.startsWith('/')
        ? [pattern.slice(1)]
        : (pattern.includes('{device}') ? devices : ['']).flatMap((device) =>
            (pattern.includes('{command}') ? (commands ?? []) : ['']).map(
              (command) => `${this.#baseTopic}/${pattern.replace('{device}', device).replace('{command}', command)}`,
            ),
          )
    return {
      read: [...[...rights.read, ...hub.read].flatMap(fill), ...read],
      write: [...[...acts, ...hub.write].flatMap(fill), ...write],
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
  try {
    const text = readUtf8(typeof payload === 'string' ? Buffer.from(payload) : payload, largest)
    return readPayload(match, text).intents.flatMap((intent) => {
      if (intent.verb === 'command') return [`${intent.device}/command/${intent.name}`]
      const isNamed = (intent.verb === 'set' || intent.verb === 'get') && intent.property !== null
      return isNamed ? [`${intent.device}/${intent.verb}/${intent.property}`] : []
    })
  } catch (error) {
    if (Fault.from(error).code === 'invalid_payload') return []
    throw error
  }
}
