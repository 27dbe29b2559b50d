import type { Publish } from '../message/publish.ts'

/** What the hub is told of the clients' side. The acknowledgement of a publish waits for `publish` to resolve. */
export interface IngressHandlers {
  /** Resolves when what was asked for is durable. A rejection is never acknowledged: the client sends it again. */
  publish(publish: Publish): Promise<void>
  /** A connection ended; `clean` with a DISCONNECT. `silentMs` is how long ago its client last sent anything. */
  ended(connection: { readonly client: string; readonly clean: boolean; readonly silentMs: number }): void
  /** The way to the broker is open. `remembers` says whether retained messages and the session are still there. */
  connected(state: { readonly remembers: boolean }): void
  disconnected(reason: string): void
  /** A client did what it may not; `repeated` when the same was told of it a moment ago. */
  refused(refusal: {
    readonly client: string
    readonly topic: string
    readonly reason: string
    readonly repeated: boolean
  }): void
}

/** A message of the hub's own, its topic whole. */
export interface OutboundMessage {
  readonly topic: string
  readonly payload: string
  readonly retain: boolean
  /** MQTT 5 correlation data. */
  readonly correlation: Uint8Array | null
}

/** How the broker took a message: for good, or refused with a reason that a repetition does not change. */
export type Acknowledgement = { readonly taken: true } | { readonly taken: false; readonly reason: string }

export interface WatchedMessage {
  readonly topic: string
  readonly payload: string
  /** It was there before. */
  readonly retained: boolean
}

/** One door to MQTT with the same promises on both brokers: `broker.ts` carries its own, `client.ts` goes to another. */
export interface Ingress {
  /** Where clients find it, for people: `mqtt://127.0.0.1:1883`. */
  readonly address: string
  readonly connected: boolean
  /** What keeps it from staying connected and what to do about it, in a sentence; null while all is well. */
  readonly trouble: string | null
  start(handlers: IngressHandlers): Promise<void>
  /** Resolves with the broker's acknowledgement, at QoS 1. Waits through an outage. */
  publish(message: OutboundMessage): Promise<Acknowledgement>
  /** Listens to somebody else's topics, from now on and after every reconnect; what is returned ends it. */
  watch(filter: string, seen: (message: WatchedMessage) => void): () => void
  /** Says goodbye on `bridge/state` and closes. */
  stop(): Promise<void>
}

/** `bridge/state`: plain text, retained, the hub's will. */
export const stateTopic = 'bridge/state'
