import type { IPublishPacket } from 'mqtt'
import { matchInbound } from '../message/topics.ts'

type Properties = NonNullable<IPublishPacket['properties']>

/** What MQTT 5 clients want to know before they look into a payload (facts: MQTT, section 3.6). */
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

/** Where an answer may go: no wildcards, nothing of the broker's, and none of the hub's own commands. */
export function isAnswerable(topic: string, below: string | null): boolean {
  return (
    topic !== '' &&
    !/[+#\u0000]/.test(topic) &&
    !topic.startsWith('$') &&
    (below === null || matchInbound(below) === null)
  )
}
