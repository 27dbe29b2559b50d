/** A change of the embedded broker's sessions and retained messages, in order. */
export type SessionChange =
  | { readonly kind: 'owner'; readonly client: string; readonly user: string | null; readonly at: number }
  | { readonly kind: 'left'; readonly client: string; readonly at: number }
  | { readonly kind: 'forget'; readonly client: string }
  | { readonly kind: 'subscribe'; readonly client: string; readonly subscription: SessionSubscription }
  | { readonly kind: 'unsubscribe'; readonly client: string; readonly topic: string }
  | { readonly kind: 'enqueue'; readonly packet: QueuedPacket }
  /** The packet identifier that a message was sent with: a redelivery has the same. */
  | { readonly kind: 'number'; readonly seq: number; readonly messageId: number }
  /** PUBREC was received: only the PUBREL is outstanding. */
  | { readonly kind: 'release'; readonly seq: number; readonly messageId: number }
  | { readonly kind: 'dequeue'; readonly seq: number }
  /** A QoS 2 publish of the client that waits for its PUBREL. */
  | { readonly kind: 'received'; readonly client: string; readonly messageId: number }
  | { readonly kind: 'completed'; readonly client: string; readonly messageId: number }
  | { readonly kind: 'completed_all'; readonly client: string }
  | { readonly kind: 'retain'; readonly message: RetainedMessage }
  | { readonly kind: 'will'; readonly will: StoredWill }
  | { readonly kind: 'no_will'; readonly client: string }

export interface SessionSubscription {
  readonly topic: string
  readonly qos: number
}

/** A queued message, stored once for all sessions. */
export interface SessionBody {
  readonly id: number
  readonly topic: string
  readonly payload: Uint8Array
}

interface Owed {
  /** Its position; never reused. */
  readonly seq: number
  readonly client: string
  readonly qos: number
  readonly messageId: number | null
  /** Only the PUBREL is outstanding. */
  readonly released: boolean
}

/** A packet outstanding for a session. */
export interface QueuedPacket extends Owed {
  /** Null where only the PUBREL is outstanding. */
  readonly body: SessionBody | null
}

/** Limits of what the embedded broker keeps; rows beyond them are dropped when loaded. */
export interface SessionBounds {
  /** Queued messages of all sessions, and their octets. */
  readonly queued: number
  readonly queuedOctets: number
  /** Retained messages of clients, and their octets. */
  readonly retained: number
  readonly retainedOctets: number
}

/** An empty payload clears. */
export interface RetainedMessage {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: number
}

export interface StoredWill extends RetainedMessage {
  readonly client: string
  /** The run of the broker that received it. */
  readonly broker: string
  readonly retain: boolean
}

/** Everything stored by the last run of the broker except retained messages: those are loaded in pages. */
export interface SavedSessions {
  readonly sessions: readonly { readonly client: string; readonly user: string | null; readonly at: number }[]
  readonly subscriptions: readonly (SessionSubscription & { readonly client: string })[]
  readonly packets: readonly (Owed & { readonly body: number | null })[]
  readonly bodies: readonly SessionBody[]
  readonly received: readonly { readonly client: string; readonly messageId: number }[]
  readonly wills: readonly StoredWill[]
  /** How much was dropped because of the limits. */
  readonly dropped: { readonly queued: number; readonly retained: number }
}

/** The broker's storage. */
export interface SessionStore {
  load(bounds: SessionBounds): Promise<SavedSessions>
  /** A page of retained messages after a cursor; null starts. The hub's `own` and those of other clients. */
  retained(
    after: string | null,
  ): Promise<{ readonly messages: readonly RetainedMessage[]; readonly own: boolean; readonly next: string | null }>
  /** Resolves when the changes are durable. */
  save(changes: readonly SessionChange[]): Promise<void>
}
