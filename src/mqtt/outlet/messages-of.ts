import { removalBetween } from '../../message/discovery.ts'
import { Fault } from '../../message/fault.ts'
import { type EventKind, type RecordedEvent, rowOf } from '../../message/hub-event.ts'
import type { MqttReplyTo, ReplyTo } from '../../message/request.ts'
import { type TopicPattern, topicName } from '../../message/topics.ts'
import type { OutboundMessage } from '../ingress.ts'

/** The topic of each kind, with the subject in it: the pattern that has as many levels for it. */
const patterns: Readonly<Record<EventKind, readonly TopicPattern[] | 'the subject'>> = {
  result: ['{device}/result'],
  repeated_result: ['{device}/result'],
  unkept_result: ['{device}/result'],
  device_event: ['{device}/event'],
  state: ['{device}'],
  availability: ['{device}/availability'],
  location: ['{device}/location'],
  gateway: ['gateway/{gateway}'],
  gateway_availability: ['gateway/{gateway}/availability'],
  gateway_event: ['gateway/{gateway}/event'],
  sms_status: ['sms/status'],
  repeated_sms_status: ['sms/status'],
  unkept_sms_status: ['sms/status'],
  received: ['sms/received'],
  hub_event: ['bridge/event'],
  info: ['bridge/info'],
  health: ['bridge/health'],
  devices: ['bridge/devices', 'bridge/devices/{page}'],
  profile: ['bridge/profiles/{manufacturer}/{family}'],
  answer: ['bridge/response/{verb}', 'bridge/response/{group}/{verb}'],
  announcement: 'the subject',
  dialect: 'the subject',
  dialect_state: 'the subject',
}

type Published = Pick<RecordedEvent, 'kind' | 'subject' | 'data'>

/** The messages of an event: one on its own topic, and one on the response topic of the request that it answers. */
export function messagesOf(event: RecordedEvent, baseTopic: string): OutboundMessage[] {
  const topic = topicOf(event, baseTopic)
  const own = topic === null ? [] : payloadsOf(event).map((payload) => messageOn(topic, payload, event.kind))
  const replyTo = event.replyTo === null ? null : (JSON.parse(event.replyTo) as ReplyTo)
  if (replyTo === null && own.length === 0)
    throw new Fault('internal', `an event of the kind ${event.kind} about "${event.subject}" has no topic`)
  return replyTo?.kind === 'mqtt' ? [...own, answerTo(replyTo, payloadOf(event))] : own
}

/** The retained message of a current state. */
export function retainedOf(event: Published, baseTopic: string): OutboundMessage {
  const topic = topicOf(event, baseTopic)
  if (topic === null) throw new Fault('internal', `the state ${event.kind} of "${event.subject}" has no topic`)
  return messageOn(topic, payloadOf(event), event.kind)
}

/** Null for an event that only answers a request. */
function topicOf({ kind, subject }: Published, baseTopic: string): string | null {
  const levels = subject === '' ? [] : subject.split('/')
  const own = patterns[kind]
  if (own === 'the subject') return subject === '' ? null : subject
  for (const pattern of own ?? []) {
    const names = [...pattern.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)
    if (names.length !== levels.length) continue
    const filled = Object.fromEntries(names.map((name, i) => [name, levels[i] as string]))
    return `${baseTopic}/${topicName(pattern, filled as never)}`
  }
  return null
}

/** Home Assistant keeps a component that a new document merely omits: a document that removes it goes first. */
function payloadsOf(event: RecordedEvent): string[] {
  const { kind, data, replaced } = event
  const removal = kind === 'announcement' && replaced !== null && data !== null ? removalBetween(replaced, data) : null
  return [...(removal === null ? [] : [removal]), payloadOf(event)]
}

function payloadOf({ kind, data }: Published): string {
  if (data === null) return ''
  if (kind === 'availability' || kind === 'gateway_availability') return data === 'true' ? 'online' : 'offline'
  return data
}

function messageOn(topic: string, payload: string, kind: EventKind): OutboundMessage {
  return { topic, payload, retain: rowOf(kind).lasts, correlation: null }
}

function answerTo({ topic, correlation }: MqttReplyTo, payload: string): OutboundMessage {
  const octets = correlation === null ? null : Buffer.from(correlation, 'base64')
  return { topic, payload, retain: false, correlation: octets }
}
