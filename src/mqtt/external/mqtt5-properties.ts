import type { IPublishPacket } from 'mqtt'
import { matches } from '../filter.ts'

type Properties = NonNullable<IPublishPacket['properties']>

/** MQTT 5 properties of an outbound message. */
export function propertiesOf(payload: string, correlation: Uint8Array | null): Properties {
  const isJson = /^[[{]/.test(payload)
  const userProperties = isJson ? userPropertiesOf(payload) : null
  return {
    ...(payload !== '' && { payloadFormatIndicator: true, contentType: isJson ? 'application/json' : 'text/plain' }),
    ...(correlation !== null && { correlationData: Buffer.from(correlation) }),
    ...(userProperties !== null && { userProperties }),
  }
}

/** Command and status of a result as user properties, for routing. */
function userPropertiesOf(payload: string): Record<string, string> | null {
  if (!payload.includes('"command_id"')) return null
  const { command_id: id, status } = JSON.parse(payload) as Record<string, unknown>
  return typeof id === 'string' && typeof status === 'string' ? { 'smshub-id': id, 'smshub-status': status } : null
}

/** The `id` from a user property of the client. */
export function idempotencyKeyOf({ userProperties }: Properties): string | undefined {
  const given = userProperties?.['idempotency-key']
  const key = Array.isArray(given) ? given[0] : given
  return key === undefined || key === '' || key.length > 128 ? undefined : key
}

/** Limits, as topic and correlation data are stored with a command until its end. */
const maxTopicOctets = 256
const maxCorrelationOctets = 1_024

/**
 * Response topics of MQTT 5. The hub publishes there with its own rights, so they are limited to `<base>/reply` and to
 * topics that the owner allows: never those of the hub's own states and commands.
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

  /** Why a response topic is refused, or null. */
  refuses(topic: string, correlation: Uint8Array | null, user: string | null): string | null {
    const replies = `${this.#baseTopic}/reply/${user === null ? '' : `${user}/`}`
    if (topic === '' || hasForbidden(topic)) return 'a response topic may not contain wildcards or control characters'
    if (Buffer.byteLength(topic) > maxTopicOctets) return `a response topic has at most ${maxTopicOctets} octets`
    if ((correlation?.length ?? 0) > maxCorrelationOctets)
      return `correlation data has at most ${maxCorrelationOctets} octets`
    if (topic.startsWith(replies) && !this.#isCommand(topic)) return null
    const isOwn = topic === this.#baseTopic || topic.startsWith(`${this.#baseTopic}/`) || this.#isCommand(topic)
    if (!isOwn && !topic.startsWith('$') && this.#allowed.some((filter) => matches(filter, topic))) return null
    return `a response topic must be below ${replies} or in mqtt.response_topics`
  }
}

function hasForbidden(topic: string): boolean {
  return /[+#\p{Cc}]/u.test(topic)
}
