import { matchInbound } from '../message/topics.ts'
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

/** Roles (facts: MQTT, section 5.6). None but `admin` sees texts, sends raw ones, or changes the hub. */
export const roles = {
  reader: { read: watching, write: [] },
  operator: { read: watching, write: acting },
  home_assistant: {
    read: [...watching, 'bridge/devices/#', 'gateway/+/event'],
    write: [...acting, '/homeassistant/#'],
  },
  admin: { read: ['/#'], write: ['/#'] },
} as const satisfies Record<string, { readonly read: readonly string[]; readonly write: readonly string[] }>
export type Role = keyof typeof roles

interface Filters {
  readonly read: readonly string[]
  readonly write: readonly string[]
}

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
    if (topic.startsWith('$') || topic.includes('\u0000')) return 'topics with $ in front are the broker’s own'
    const below = this.below(topic)
    const inbound = below === null ? null : matchInbound(below)
    if (below !== null && inbound === null) return 'only the hub publishes here'
    const write = this.#users === null ? null : (this.#of(user)?.write ?? [])
    if (write === null || write.includes('#')) return null
    const named = below === null || inbound === null ? [] : namedIn(inbound.pattern, below, payload)
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
    if (topic === this.#baseTopic) return ''
    const base = `${this.#baseTopic}/`
    return topic.startsWith(base) ? topic.slice(base.length) : (this.#aliases.get(topic) ?? null)
  }

  #of(user: string | null): Filters | undefined {
    return user === null ? undefined : this.#users?.get(user)
  }

  #filters({ role, devices = ['+'], commands, read = [], write = [] }: UserRights): Filters {
    const rights: Filters = role === undefined ? { read: [], write: [] } : roles[role]
    const acts = commands === undefined ? rights.write : rights.write.length > 0 ? ['{device}/command/{command}'] : []
    const fill = (pattern: string): string[] =>
      pattern.startsWith('/')
        ? [pattern.slice(1)]
        : (pattern.includes('{device}') ? devices : ['']).flatMap((device) =>
            (pattern.includes('{command}') ? (commands ?? []) : ['']).map(
              (command) => `${this.#baseTopic}/${pattern.replace('{device}', device).replace('{command}', command)}`,
            ),
          )
    return { read: [...rights.read.flatMap(fill), ...read], write: [...acts.flatMap(fill), ...write] }
  }
}

/** Topics that say what a payload on a wider topic asks for: naming a command in it needs the right to that command. */
function namedIn(pattern: string, below: string, payload: Uint8Array | string): string[] {
  const device = below.split('/')[0] as string
  if (!['{device}/set', '{device}/get', '{device}/command'].includes(pattern)) return []
  const text = typeof payload === 'string' ? payload : Buffer.from(payload).toString('utf8')
  const json = objectIn(text)
  if (pattern === '{device}/command') {
    const name = json === null ? text.trim() : json.command
    return typeof name === 'string' ? [`${device}/command/${name}`] : []
  }
  if (json === null) return []
  if (typeof json.command === 'string') return [`${device}/command/${json.command}`]
  const verb = pattern.endsWith('get') ? 'get' : 'set'
  return Object.keys(json).map((name) => `${device}/${verb}/${name}`)
}

function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null
  } catch {
    return null
  }
}
