import type { Act } from './rights.ts'
import type { SmsStatus } from './status.ts'

interface TypeRow {
  readonly summary: string
  /** What somebody who sees the event must be allowed to, where it is of no device. */
  readonly act: Act
}

const ofMessages = {
  'message.queued': { summary: 'a text was accepted', act: 'see_texts' },
  'message.sending': { summary: 'a text is handed to a gateway', act: 'see_texts' },
  'message.sent': { summary: 'the network has accepted a text', act: 'see_texts' },
  'message.delivered': { summary: 'a text has arrived at its recipient', act: 'see_texts' },
  'message.undelivered': { summary: 'the network could not deliver a text', act: 'see_texts' },
  'message.failed': { summary: 'a text could not be sent', act: 'see_texts' },
  'message.expired': { summary: 'a text was not sent within its time to live', act: 'see_texts' },
  'message.cancelled': { summary: 'a text was cancelled before it was sent', act: 'see_texts' },
  'message.rejected': { summary: 'a text was not accepted', act: 'see_texts' },
  'message.in_doubt': { summary: 'a text may have been sent, and is not sent again', act: 'see_texts' },
} as const satisfies Readonly<Record<`message.${SmsStatus}`, TypeRow>>

/**
 * Every type of event for programs: live on HTTP, as pages, and as calls of webhooks. Names are `<subject>.<what has
 * happened>`; a filter may end in `.*`.
 */
export const publicEventTypes = {
  ...ofMessages,
  'message.received': { summary: 'a text was received', act: 'see_texts' },
  'conversation.read': { summary: 'somebody has read received texts of a conversation', act: 'see_texts' },
  'call.received': { summary: 'somebody has called a gateway; the call was rejected', act: 'see_inventory' },
  'command.updated': { summary: 'a step of a command of a device before its last', act: 'see' },
  'command.completed': { summary: 'a command of a device has succeeded', act: 'see' },
  'command.failed': { summary: 'a command of a device has ended otherwise, or nothing is known of it', act: 'see' },
  'device.event': { summary: 'an alarm or another event of a device', act: 'see' },
  'device.state': { summary: 'the state of a device, with every property', act: 'see' },
  'device.online': { summary: 'a device is available', act: 'see' },
  'device.offline': { summary: 'a device has not sent anything for longer than expected', act: 'see' },
  'device.added': { summary: 'a device was added', act: 'see' },
  'device.removed': { summary: 'a device was removed', act: 'see' },
  'gateway.state': { summary: 'the state of a gateway', act: 'see_hub' },
  'gateway.up': { summary: 'a gateway works again', act: 'see_hub' },
  'gateway.down': { summary: 'a gateway has stopped working', act: 'see_hub' },
  'queue.paused': { summary: 'the queue was paused, or a part of it', act: 'see_texts' },
  'queue.resumed': { summary: 'the queue was resumed, or a part of it', act: 'see_texts' },
  'webhook.failing': { summary: 'a webhook fails and will be disabled', act: 'administer' },
  'hub.ping': { summary: 'a test', act: 'administer' },
  'hub.clock_behind': { summary: 'the clock is before the latest known time', act: 'see_texts' },
  'hub.clock_right': { summary: 'the clock is right again', act: 'see_texts' },
  'hub.refused': { summary: 'a client of the broker was denied something', act: 'see_texts' },
  'hub.text_flood': { summary: 'more texts of strangers than are published', act: 'see_texts' },
  'hub.undecodable': { summary: 'a message could not be decoded and is kept', act: 'see_texts' },
  'hub.unknown_text': { summary: 'no profile has recognised a text of a device', act: 'see_texts' },
  'hub.unmatched_report': { summary: 'a delivery report without its text', act: 'see_texts' },
} as const satisfies Readonly<Record<string, TypeRow>>

export type PublicEventType = keyof typeof publicEventTypes
type SubjectOf<Type> = Type extends `${infer Subject}.${string}` ? Subject : never
/** A type, or the beginning of several followed by `.*`. */
export type TypeFilter = PublicEventType | `${SubjectOf<PublicEventType>}.*`
export const publicTypeNames = Object.keys(publicEventTypes) as PublicEventType[]

/** Filters of types: each one is a type, or the beginning of several followed by `.*`. */
export function selects(filters: readonly string[], type: string): boolean {
  return filters.some((filter) => (filter.endsWith('.*') ? type.startsWith(filter.slice(0, -1)) : filter === type))
}

/** Every filter that selects something. */
export const typeFilters: readonly string[] = [
  ...new Set(publicTypeNames.map((name) => `${name.split('.')[0]}.*`)),
  ...publicTypeNames,
]
