/** One change of what the embedded broker keeps for its clients, in the order in which it happened. */
export type SessionChange =
  | { readonly kind: 'owner'; readonly client: string; readonly user: string | null; readonly at: number }
  | { readonly kind: 'left'; readonly client: string; readonly at: number }
  | { readonly kind: 'forget'; readonly client: string }
  | { readonly kind: 'subscribe'; readonly client: string; readonly subscription: SessionSubscription }
  | { readonly kind: 'unsubscribe'; readonly client: string; readonly topic: string }
  | { readonly kind: 'enqueue'; readonly packet: QueuedPacket }
  /** The packet identifier of a QoS 2 message: its second half is told by it. */
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

/** A message that a session is still owed. */
export interface QueuedPacket {
  /** Its place; never used twice. */
  readonly seq: number
  readonly client: string
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: number
  readonly messageId: number | null
  /** Only the PUBREL is owed. */
  readonly released: boolean
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
  readonly packets: readonly QueuedPacket[]
  readonly received: readonly { readonly client: string; readonly messageId: number }[]
  readonly wills: readonly StoredWill[]
}

/** Where the broker keeps it. */
export interface SessionStore {
  load(): Promise<SavedSessions>
  /** A page of retained messages behind a cursor; null starts. The hub's own and those of other clients. */
  retained(
    after: string | null,
  ): Promise<{ readonly messages: readonly RetainedMessage[]; readonly next: string | null }>
  /** Resolves when they are durable. */
  save(changes: readonly SessionChange[]): Promise<void>
}
