import { happenings } from './happenings.ts'
import type { Document, EventKind, HubEvent } from './hub-event.ts'
import { type Message, receivedMessage } from './message-document.ts'
import { type PublicEventType, publicEventTypes } from './public-event-types.ts'
import { isoTime, type ResultDocument, type SmsStatusDocument } from './result.ts'
import { may, type Rights } from './rights.ts'

/** An event for programs, the same on every way to them. */
export interface PublicEvent {
  readonly type: PublicEventType
  /** When it happened, ISO 8601. */
  readonly timestamp: string
  /** Complete in itself: its device or gateway is in it. */
  readonly data: Document
  /** The device concerned, for filters and rights. */
  readonly device: string | null
}

interface Draft {
  readonly type: PublicEventType
  readonly data: Document
  readonly device?: string | null
}

/**
 * What each kind is for programs; null for one that is not public: answers are for those who asked, announcements,
 * dialects and descriptions for other programs of the broker; a repetition changes nothing; rejections of which nothing is
 * kept must not push out of the log what happened; a position is part of its device's state, and whether a gateway is
 * available is part of `gateway.up` and `gateway.down`. A withdrawn state is no event: `device.removed` is.
 */
const drafts: { readonly [K in EventKind]: null | ((event: HubEvent<K>) => Draft | null) } = {
  // Without a subject it only answers a request.
  result: ({ subject, data }) =>
    subject === '' ? null : { type: typeOfResult(data), device: subject, data: { ...data } },
  device_event: ({ subject, data }) => ({
    type: 'device.event',
    device: subject,
    data: { device: subject, ...data },
  }),
  state: ({ subject, data }) =>
    data === null ? null : { type: 'device.state', device: subject, data: { device: subject, state: data } },
  availability: ({ subject, data }) =>
    data === null
      ? null
      : { type: data ? 'device.online' : 'device.offline', device: subject, data: { device: subject } },
  gateway: ({ subject, data }) => data && { type: 'gateway.state', data: { gateway: subject, ...data } },
  gateway_event: ({ subject, data }) => ({ type: 'call.received', data: { gateway: subject, ...data } }),
  sms_status: ({ data }) => ({
    type: `message.${data.status}`,
    device: data.device,
    data: sentData(data),
  }),
  received: ({ data }) => ({
    type: 'message.received',
    device: data.device,
    data: { ...receivedMessage({ ...data, receivedAt: Date.parse(data.received_at) }) },
  }),
  hub_event: ({ data: { type, data } }) => {
    // Stored by another version, it may be one that is not known here.
    if (!Object.hasOwn(happenings, type)) return null
    return { type: happenings[type], device: typeof data.device === 'string' ? data.device : null, data }
  },
  repeated_result: null,
  repeated_sms_status: null,
  unkept_result: null,
  unkept_sms_status: null,
  location: null,
  gateway_availability: null,
  info: null,
  health: null,
  devices: null,
  profile: null,
  answer: null,
  announcement: null,
  dialect: null,
  dialect_state: null,
}

/** A step of a text, with the keys of a message that change; its text is in the list of messages. */
function sentData(
  step: SmsStatusDocument,
): Omit<Message, 'text' | 'private' | 'command' | 'at' | 'sent_at' | 'delivered_at'> {
  const {
    id,
    command_id,
    client_id,
    to,
    device,
    gateway,
    status,
    reason = null,
    alphabet = null,
    parts,
    parts_delivered,
    batch = null,
    send_at = null,
    error,
  } = step
  return {
    id: id ?? command_id,
    direction: 'out',
    status,
    in_doubt: step.in_doubt === true || status === 'in_doubt',
    from: null,
    to,
    device,
    gateway,
    alphabet,
    parts,
    parts_delivered,
    batch,
    command_id,
    client_id,
    trust: null,
    reason,
    error,
    send_at,
  }
}

/** Final statuses of what was done as far as can be known, unless the device has refused it. */
const done: readonly string[] = ['replied', 'sent', 'delivered']

function typeOfResult({ final, status, ok }: ResultDocument): PublicEventType {
  if (!final) return 'command.updated'
  return done.includes(status) && ok !== false ? 'command.completed' : 'command.failed'
}

/** Kinds that programs see. */
export const publicKinds = Object.entries(drafts).flatMap(([kind, draft]) =>
  draft === null ? [] : [kind as EventKind],
)

/** An event of the hub as programs see it, with the time at which it was recorded; null where it is not public. */
export function publicEventOf(event: HubEvent, at: number): PublicEvent | null {
  const draft = drafts[event.kind] as null | ((event: HubEvent) => Draft | null)
  const made = draft?.(event) ?? null
  if (made === null) return null
  const { type, data, device = null } = made
  return { type, timestamp: isoTime(at), data, device }
}

/**
 * Whether somebody with these rights may see it; null: everything. What is of a device, its texts included, is seen by
 * whoever sees the device; for the rest, the type decides.
 */
export function maySee(rights: Rights | null, { type, device }: Pick<PublicEvent, 'type' | 'device'>): boolean {
  if (rights === null) return true
  return device === null ? may(rights, { act: publicEventTypes[type].act }) : may(rights, { act: 'see', device })
}
