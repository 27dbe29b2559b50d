import { Fault } from './fault.ts'

/**
 * Every topic of the hub below its base topic, the source of routing, subscriptions and tests. `{name}` is one level,
 * `{rest}` one or more at the end.
 */
export const topics = {
  'bridge/state': { direction: 'out', retain: true },
  'bridge/info': { direction: 'out', retain: true },
  'bridge/devices': { direction: 'out', retain: true },
  'bridge/devices/{page}': { direction: 'out', retain: true },
  'bridge/profiles/{manufacturer}/{family}': { direction: 'out', retain: true },
  'bridge/health': { direction: 'out', retain: true },
  'bridge/event': { direction: 'out', retain: false },
  'bridge/logging': { direction: 'out', retain: false },
  'bridge/response/{verb}': { direction: 'out', retain: false },
  'bridge/response/{group}/{verb}': { direction: 'out', retain: false },
  'gateway/{gateway}': { direction: 'out', retain: true },
  'gateway/{gateway}/availability': { direction: 'out', retain: true },
  'gateway/{gateway}/event': { direction: 'out', retain: false },
  'sms/status': { direction: 'out', retain: false },
  'sms/received': { direction: 'out', retain: false },
  '{device}': { direction: 'out', retain: true },
  '{device}/availability': { direction: 'out', retain: true },
  '{device}/location': { direction: 'out', retain: true },
  '{device}/event': { direction: 'out', retain: false },
  '{device}/result': { direction: 'out', retain: false },
  'bridge/request/{verb}': { direction: 'in', retain: false },
  'bridge/request/{group}/{verb}': { direction: 'in', retain: false },
  'compat/sms2mqtt/send': { direction: 'in', retain: false },
  'sms/send': { direction: 'in', retain: false },
  'sms/send/{recipient}': { direction: 'in', retain: false },
  '{device}/set': { direction: 'in', retain: false },
  '{device}/set/{property}': { direction: 'in', retain: false },
  '{device}/get': { direction: 'in', retain: false },
  '{device}/get/{property}': { direction: 'in', retain: false },
  '{device}/command': { direction: 'in', retain: false },
  '{device}/command/{name}': { direction: 'in', retain: false },
  '{device}/send': { direction: 'in', retain: false },
} as const satisfies Record<string, { readonly direction: 'in' | 'out'; readonly retain: boolean }>

export type TopicPattern = keyof typeof topics
type Names<T extends string> = T extends `${string}{${infer N}}${infer Rest}` ? N | Names<Rest> : never

/** First levels that are not devices. */
export const reservedIds = ['bridge', 'gateway', 'sms', 'reply', 'as']

/** Ids of devices, gateways and contacts: safe as a topic level, in Home Assistant, Homie and NATS. */
export const idPattern = /^[a-z0-9][a-z0-9_-]{0,62}$/

/** The name of a topic. A level that is empty or has a wildcard or slash in it is refused. */
export function topicName<T extends TopicPattern>(pattern: T, levels: Record<Names<T>, string>): string {
  return pattern.replace(/\{(\w+)\}/g, (_, name: string) => {
    const level = (levels as Record<string, string>)[name] ?? ''
    if (level === '' || /[+#/\u0000]/.test(level)) {
      throw new Fault('invalid_payload', `"${level}" can't be a topic level`, { level: name })
    }
    return level
  })
}

export interface TopicMatch {
  readonly pattern: TopicPattern
  readonly levels: Readonly<Record<string, string>>
}

const all = Object.entries(topics).map(([pattern, { direction }]) => ({
  pattern: pattern as TopicPattern,
  direction,
  levels: pattern.split('/'),
}))
const inbound = all.filter(({ direction }) => direction === 'in')

/** Which inbound topic this is, or null for any other topic. */
export function matchInbound(topic: string): TopicMatch | null {
  return firstMatch(inbound, topic)
}

/** Which topic of the hub this is, in either direction, or null for any other topic. */
export function matchTopic(topic: string): TopicMatch | null {
  return firstMatch(all, topic)
}

function firstMatch(rows: typeof all, topic: string): TopicMatch | null {
  const levels = topic.split('/')
  for (const row of rows) {
    if (row.levels.length !== levels.length) continue
    const found: Record<string, string> = {}
    const fits = row.levels.every((part, i) => {
      const level = levels[i] as string
      if (!part.startsWith('{')) return part === level
      found[part.slice(1, -1)] = level
      return level !== '' && !(part === '{device}' && reservedIds.includes(level))
    })
    if (fits) return { pattern: row.pattern, levels: found }
  }
  return null
}

/** Subscriptions that cover every inbound topic, each with `{name}` as a one-level wildcard. */
export const inboundFilters: readonly string[] = inbound.map((row) =>
  row.levels.map((part) => (part.startsWith('{') ? '+' : part)).join('/'),
)
