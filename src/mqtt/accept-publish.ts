import { type Accepted, type Asker, accept } from '../message/accepted.ts'
import { Fault } from '../message/fault.ts'
import { readUtf8 } from '../message/json.ts'
import { readPayload } from '../message/payload.ts'
import type { Publish } from '../message/publish.ts'
import type { Intent } from '../message/request.ts'
import { matchInbound, type TopicMatch } from '../message/topics.ts'

export const maxPayloadOctets = 64 * 1024

/** Names that other interfaces give; a client of a broker names itself. */
const ofOthers = /^(?:(?:key|user|ingress|mqtt|smpp):|(?:loopback|command line|hub)(?: |$))/

/** No client shares the quota, the ids or the rights of a key, a user or the hub because it has their name. */
const nameOf = (client: string): string => (ofOthers.test(client) ? `mqtt:${client}` : client)

/** The requester of a publish. */
export function askerOf(publish: Publish): Asker {
  const { client, user, messageId, connection, duplicate, response } = publish
  return {
    surface: 'mqtt',
    name: nameOf(user ?? client),
    isAnonymous: publish.isAnonymous ?? false,
    rights: null,
    replyTo: response && {
      kind: 'mqtt',
      topic: response.topic,
      correlation: response.correlation && Buffer.from(response.correlation).toString('base64'),
    },
    delivery: messageId === null ? null : { client, messageId, connection, duplicate },
    id: publish.id ?? null,
    perHour: null,
    expirySeconds: publish.expirySeconds,
    waited: publish.waited,
    mayBeClearing: publish.clearing === 'unknown',
  }
}

/**
 * Parses topic and payload as a request. Null without an answer: for a cleared retained message, an empty `set` that
 * may be one, and a topic that is not the hub's.
 */
export function acceptPublish(publish: Publish): Accepted | null {
  const { topic, payload } = publish
  const match = matchInbound(topic)
  if (match === null || publish.clearing === 'yes') return null
  // It may be clearing a retained message; otherwise, the answer is that the value is missing.
  if (payload.length === 0 && publish.clearing === 'unknown' && /\/set(\/|$)/.test(topic)) return null
  return accept(askerOf(publish), { place: topic, payload }, unread(match), () => {
    if (publish.retained) throw new Fault('retained_command', `a retained message on ${topic} is not carried out`)
    return readPayload(match, readUtf8(payload, maxPayloadOctets))
  })
}

/** The intent of a payload that could not be parsed. */
function unread({ pattern, levels }: TopicMatch): Intent {
  const device = levels.device
  if (device === undefined) return { verb: 'text', to: levels.recipient ?? '', text: '' }
  if (pattern.includes('/set')) return { verb: 'set', device, property: levels.property ?? null, value: null }
  if (pattern.includes('/get')) return { verb: 'get', device, property: levels.property ?? null }
  if (pattern.includes('/send')) return { verb: 'send', device, text: '' }
  return { verb: 'command', device, name: levels.name ?? '', args: {} }
}
