import type { IPublishPacket } from 'mqtt'
import { matches } from '../filter.ts'

type Properties = NonNullable<IPublishPacket['properties']>

/** What MQTT 5 clients want to know before they look into a payload. */
export function propertiesOf(payload: string, correlation: Uint8Array | null): Properties {
  const isJson = /^[[{]/.test(payload)
  const userProperties = isJson ? userPropertiesOf(payload) : null
  return {
    ...(payload !== '' && { payloadFormatIndicator: true, contentType: isJson ? 'application/json' : 'text/plain' }),
    ...(correlation !== null && { correlationData: Buffer.from(correlation) }),
    ...(userProperties !== null && { userProperties }),
  }
}

/** A result names its command and status outside, for those who route by it. */
function userPropertiesOf(payload: string): Record<string, string> | null {
  if (!payload.includes('"command_id"')) return null
  const { command_id: id, status } = JSON.parse(payload) as Record<string, unknown>
  return typeof id === 'string' && typeof status === 'string' ? { 'smshub-id': id, 'smshub-status': status } : null
}

/** The `id` that a client gives outside the payload. */
export function idempotencyKeyOf({ userProperties }: Properties): string | undefined {
  const given = userProperties?.['idempotency-key']
  const key = Array.isArray(given) ? given[0] : given
  return key === undefined || key === '' || key.length > 128 ? undefined : key
}

/** Octets of a topic and of correlation data that are kept with a command until its end. */
const longestTopic = 256
const longestCorrelation = 1_024

/**
 * Where the hub publishes an answer because a client says so (MQTT 5 response topic). It does so with its own rights,
 * so only below `<base>/reply`, and where the owner allows it: never where the hub's own states and commands are.
 */
export class ResponseTopics {
  readonly #baseTopic: string
  readonly #allowed: readonly string[]
  readonly #isCommand: (topic: string) => boolean

  constructor(baseTopic: string, allowed: readonly string[], isCommand: (topic: string) => boolean) {
    this.#baseTopic = baseTopic
    this.#allowed = allowed
    this.#isCommand = isCommand
  }

  /** Null when an answer may go there, else why not. */
  refuses(topic: string, correlation: Uint8Array | null, user: string | null): string | null {
    const replies = `${this.#baseTopic}/reply/${user === null ? '' : `${user}/`}`
    if (topic === '' || hasForbidden(topic)) return 'a response topic may hold no wildcards and no control characters'
    if (Buffer.byteLength(topic) > longestTopic) return `a response topic has at most ${longestTopic} octets`
    if ((correlation?.length ?? 0) > longestCorrelation)
      return `correlation data has at most ${longestCorrelation} octets`
    if (topic.startsWith(replies) && !this.#isCommand(topic)) return null
    const isOwn = topic === this.#baseTopic || topic.startsWith(`${this.#baseTopic}/`) || this.#isCommand(topic)
    if (!isOwn && !topic.startsWith('$') && this.#allowed.some((filter) => matches(filter, topic))) return null
    return `a response topic must lie below ${replies} or in mqtt.response_topics`
  }
}

function hasForbidden(topic: string): boolean {
  return /[+#\p{Cc}]/u.test(topic)
}
