import type { GatewayDocument } from './gateway-state.ts'
import type { HappeningType } from './happenings.ts'
import type { ReceivedDocument } from './received.ts'
import type { ReplyTo } from './request.ts'
import type { ResultDocument, SmsStatusDocument } from './result.ts'
import type { Values } from './values.ts'

/** A document whose form only its readers know. */
export type Document = Readonly<Record<string, unknown>>

/** An event of the hub itself, for alerting. */
export interface Happening {
  readonly type: HappeningType
  readonly data: Document
}

/** The data of each kind of event, by subject. */
export interface EventData {
  /** A device: every step of a command; the last one is final. */
  readonly result: ResultDocument
  /** The same again, unchanged, for whoever repeats a request: its acknowledgement may have been lost. */
  readonly repeated_result: ResultDocument
  /** The end of a command of which nothing is kept: too many were rejected. */
  readonly unkept_result: ResultDocument
  readonly device_event: Document
  /** A device: its current state, with every field of its profile. */
  readonly state: Values
  /** A device: whether it is available. */
  readonly availability: boolean
  readonly location: Values
  readonly gateway: GatewayDocument
  readonly gateway_availability: boolean
  readonly gateway_event: Document
  /** The hub: outbound messages, received texts, its own events, description and health. */
  readonly sms_status: SmsStatusDocument
  /** As `repeated_result`. */
  readonly repeated_sms_status: SmsStatusDocument
  /** As `unkept_result`. */
  readonly unkept_sms_status: SmsStatusDocument
  readonly received: ReceivedDocument
  readonly hub_event: Happening
  readonly info: Document
  readonly health: Document
  /** A page of the list of devices: the first has no subject. */
  readonly devices: Document
  /** A profile: `<manufacturer>/<family>`. */
  readonly profile: Document
  /** The path of the request that is answered. */
  readonly answer: Document
  /** A name outside the hub's own: the text of a document that announces something to other programs. */
  readonly announcement: string
  /** The same for what the emulated program would have published, as an event or as a state. */
  readonly dialect: string
  readonly dialect_state: string
}

export type EventKind = keyof EventData

interface KindRow {
  /** A state: the latest one of each subject holds until the next, or until it is withdrawn. */
  readonly lasts: boolean
  /** Its data is a string and stored as it is. */
  readonly isText?: true
  /** Its readers need the data that it replaces. */
  readonly replaces?: true
  /** Where it names the device that it concerns. */
  readonly device?: 'subject' | 'data' | 'happening'
}

/** When all states are published again, kinds follow in the order of their names: announcements first. */
export const eventKinds = {
  result: { lasts: false, device: 'subject' },
  repeated_result: { lasts: false, device: 'subject' },
  unkept_result: { lasts: false, device: 'subject' },
  device_event: { lasts: false, device: 'subject' },
  state: { lasts: true, device: 'subject' },
  availability: { lasts: true, device: 'subject' },
  location: { lasts: true, device: 'subject' },
  gateway: { lasts: true },
  gateway_availability: { lasts: true },
  gateway_event: { lasts: false, device: 'data' },
  sms_status: { lasts: false, device: 'data' },
  repeated_sms_status: { lasts: false, device: 'data' },
  unkept_sms_status: { lasts: false, device: 'data' },
  received: { lasts: false, device: 'data' },
  hub_event: { lasts: false, device: 'happening' },
  info: { lasts: true },
  health: { lasts: true },
  devices: { lasts: true },
  profile: { lasts: true },
  answer: { lasts: false },
  announcement: { lasts: true, isText: true, replaces: true },
  dialect: { lasts: false, isText: true },
  dialect_state: { lasts: true, isText: true },
} as const satisfies Readonly<Record<EventKind, KindRow>>

export const rowOf = (kind: EventKind): KindRow => eventKinds[kind]

/** Kinds that last. */
export type LastingKind = { [K in EventKind]: (typeof eventKinds)[K]['lasts'] extends true ? K : never }[EventKind]

/**
 * An event for the outside: committed with the change that it reports, and read by outlets in order. A state without
 * data is withdrawn.
 */
export type HubEvent<K extends EventKind = EventKind> = {
  [One in K]: {
    readonly kind: One
    /** The device, gateway or name concerned; empty for the hub itself. */
    readonly subject: string
    readonly data: EventData[One] | (One extends LastingKind ? null : never)
    /** The requester receives it as the answer, too. */
    readonly replyTo?: ReplyTo | null
  }
}[K]

export type LastingEvent = HubEvent<LastingKind>

/** An event as stored, its data as text. */
export interface RecordedEvent {
  readonly kind: EventKind
  readonly subject: string
  readonly data: string | null
  /** The data that it replaces, for kinds whose readers need it. */
  readonly replaced: string | null
  readonly replyTo: string | null
}

/** The data of an event as stored. */
export function textOf({ data }: Pick<HubEvent, 'data'>): string | null {
  return data === null || typeof data === 'string' ? data : JSON.stringify(data)
}

export function eventOf({ kind, subject, data, replyTo }: RecordedEvent): HubEvent {
  return {
    kind,
    subject,
    data: data === null || rowOf(kind).isText === true ? data : JSON.parse(data),
    replyTo: replyTo === null ? null : JSON.parse(replyTo),
  } as HubEvent
}

const deviceIn: Readonly<Record<NonNullable<KindRow['device']>, (event: HubEvent) => unknown>> = {
  subject: ({ subject }) => subject,
  data: ({ data }) => (data as Document | null)?.device,
  happening: ({ data }) => (data as Happening).data.device,
}

/** The device that an event concerns: by it the events of a device are found, and erased. */
export function deviceOf(event: HubEvent): string | null {
  const { device: where } = rowOf(event.kind)
  const device = where === undefined ? null : deviceIn[where](event)
  return typeof device === 'string' && device !== '' ? device : null
}

/** An event of the hub itself. */
export function happening(type: HappeningType, data: Document): HubEvent<'hub_event'> {
  return { kind: 'hub_event', subject: '', data: { type, data } }
}
