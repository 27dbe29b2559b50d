/** One change of what the embedded broker keeps for its clients, in the order in which it happened. */
export type SessionChange =
  | { readonly kind: 'owner'; readonly client: string; readonly user: string | null; readonly at: number }
  | { readonly kind: 'left'; readonly client: string; readonly at: number }
  | { readonly kind: 'forget'; readonly client: string }
  | { readonly kind: 'subscribe'; readonly client: string; readonly subscription: SessionSubscription }
  | { readonly kind: 'unsubscribe'; readonly client: string; readonly topic: string }
  | { readonly kind: 'enqueue'; readonly packet: QueuedPacket }
  /** The packet identifier under which a message went out: it goes out by it again. */
  | { readonly kind: 'number'; readonly seq: number; readonly messageId: number }
  /** PUBREC came: from now on only the PUBREL is owed. */
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

/** A message, kept once for all sessions that are owed it. */
export interface SessionBody {
  readonly id: number
  readonly topic: string
  readonly payload: Uint8Array
}

interface Owed {
  /** Its place; never used twice. */
  readonly seq: number
  readonly client: string
  readonly qos: number
  readonly messageId: number | null
  /** Only the PUBREL is owed. */
  readonly released: boolean
}

/** What a session is still owed. */
export interface QueuedPacket extends Owed {
  /** Null where only the PUBREL is owed. */
  readonly body: SessionBody | null
}

/** What the embedded broker may keep; what a store holds beyond it is dropped when it is loaded. */
export interface SessionBounds {
  /** Messages that all sessions are owed, and their octets. */
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
  /** The run of the broker that took it. */
  readonly broker: string
  readonly retain: boolean
}

/** Everything that the last run of the broker left, but for retained messages: those come in pages. */
export interface SavedSessions {
  readonly sessions: readonly { readonly client: string; readonly user: string | null; readonly at: number }[]
  readonly subscriptions: readonly (SessionSubscription & { readonly client: string })[]
  readonly packets: readonly (Owed & { readonly body: number | null })[]
  readonly bodies: readonly SessionBody[]
  readonly received: readonly { readonly client: string; readonly messageId: number }[]
  readonly wills: readonly StoredWill[]
  /** How much was dropped because it was beyond the bounds. */
  readonly dropped: { readonly queued: number; readonly retained: number }
}

/** Where the broker keeps it. */
export interface SessionStore {
  load(bounds: SessionBounds): Promise<SavedSessions>
  /** A page of retained messages behind a cursor; null starts. The hub's `own` and those of other clients. */
  retained(
    after: string | null,
  ): Promise<{ readonly messages: readonly RetainedMessage[]; readonly own: boolean; readonly next: string | null }>
  /** Resolves when they are durable. */
  save(changes: readonly SessionChange[]): Promise<void>
}
