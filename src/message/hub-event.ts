import type { GatewayStatus } from './gateway-state.ts'
import type { ReceivedDocument } from './received.ts'
import type { ReplyTo } from './request.ts'
import type { ResultDocument, SmsStatusDocument } from './result.ts'
import type { Values } from './values.ts'

/** A document that only its readers know. */
export type Document = Readonly<Record<string, unknown>>

/** What happens to the hub itself, for those who want to be woken. */
export interface Happening {
  readonly type: string
  readonly data: Document
}

/** What each kind of event tells, and of what. */
export interface EventData {
  /** A device: every step of a command; the last one is final. */
  readonly result: ResultDocument
  readonly device_event: Document
  /** A device, as it is now, every field of its profile. */
  readonly state: Values
  /** Whether a device can be relied on. */
  readonly availability: boolean
  readonly location: Values
  readonly gateway: GatewayStatus
  readonly gateway_availability: boolean
  readonly gateway_event: Document
  /** The hub: what becomes of outbound messages, what comes in, what happens to it and what it is. */
  readonly sms_status: SmsStatusDocument
  readonly received: ReceivedDocument
  readonly hub_event: Happening
  readonly info: Document
  readonly health: Document
  /** A page of the list of devices: the first has no subject. */
  readonly devices: Document
  /** A profile: `<manufacturer>/<family>`. */
  readonly profile: Document
  /** The path of a request that is answered. */
  readonly answer: Document
  /** A name outside the hub's own, with the text of its document: one that introduces something to others. */
  readonly announcement: string
  /** The same for what another program would have written, once or for as long as it holds. */
  readonly dialect: string
  readonly dialect_state: string
}

export type EventKind = keyof EventData

interface KindRow {
  /** It tells how something is: the latest one of each subject stands until another one, or until it is withdrawn. */
  readonly lasts: boolean
  /** Its data is a text, kept as it is. */
  readonly isText?: true
  /** Its readers have to be told what it replaces. */
  readonly replaces?: true
}

/** Where everything that lasts is told again, it is in the order of these names: announcements first. */
export const eventKinds = {
  result: { lasts: false },
  device_event: { lasts: false },
  state: { lasts: true },
  availability: { lasts: true },
  location: { lasts: true },
  gateway: { lasts: true },
  gateway_availability: { lasts: true },
  gateway_event: { lasts: false },
  sms_status: { lasts: false },
  received: { lasts: false },
  hub_event: { lasts: false },
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
 * What the hub has to tell: committed with the change that it tells of, and read by outlets in this order. A state
 * without data is withdrawn.
 */
export type HubEvent<K extends EventKind = EventKind> = {
  [One in K]: {
    readonly kind: One
    /** Whom it is about; empty for the hub itself. */
    readonly subject: string
    readonly data: EventData[One] | (One extends LastingKind ? null : never)
    /** Who asked for it is answered with it, too. */
    readonly replyTo?: ReplyTo | null
  }
}[K]

export type LastingEvent = HubEvent<LastingKind>

/** An event as it is kept: what it tells is a text. */
export interface RecordedEvent {
  readonly kind: EventKind
  readonly subject: string
  readonly data: string | null
  /** What it replaces, where its readers have to be told. */
  readonly replaced: string | null
  readonly replyTo: string | null
}

/** The data of an event as it is kept. */
export function textOf({ data }: Pick<HubEvent, 'data'>): string | null {
  return data === null || typeof data === 'string' ? data : JSON.stringify(data)
}

/** The event that was recorded. */
export function eventOf({ kind, subject, data, replyTo }: RecordedEvent): HubEvent {
  return {
    kind,
    subject,
    data: data === null || rowOf(kind).isText === true ? data : JSON.parse(data),
    replyTo: replyTo === null ? null : JSON.parse(replyTo),
  } as HubEvent
}

/** An event of the hub itself. */
export function happening(type: string, data: Document): HubEvent<'hub_event'> {
  return { kind: 'hub_event', subject: '', data: { type, data } }
}
