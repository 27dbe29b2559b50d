import type { Acknowledgement } from '../message/acknowledgement.ts'
import type { Publish } from '../message/publish.ts'

/** Events of the clients' side. The acknowledgement of a publish waits for `publish` to resolve. */
export interface IngressHandlers {
  /** Resolves when the request is durable. A rejected one is not acknowledged: the client sends it again. */
  publish(publish: Publish): Promise<void>
  /** A connection ended; `clean` with a DISCONNECT. `silentMs` is how long ago its client last sent anything. */
  ended(connection: { readonly client: string; readonly clean: boolean; readonly silentMs: number }): void
  /** The broker is connected. `remembers`: it still has the retained messages and the session. */
  connected(state: { readonly remembers: boolean }): void
  disconnected(reason: string): void
  /** A client was denied something; `repeated` when the same was reported a moment ago. */
  refused(refusal: {
    readonly client: string
    readonly topic: string
    readonly reason: string
    readonly repeated: boolean
  }): void
}

/** A message of the hub, with its full topic. */
export interface OutboundMessage {
  readonly topic: string
  readonly payload: string
  readonly retain: boolean
  /** MQTT 5 correlation data. */
  readonly correlation: Uint8Array | null
}

export interface WatchedMessage {
  readonly topic: string
  readonly payload: string
  /** It was published before. */
  readonly retained: boolean
}

/**
 * Access to MQTT with the same guarantees for both: `broker.ts`, the embedded broker, and `client.ts` for an external
 * one.
 */
export interface Ingress {
  /** Its address for display: `mqtt://127.0.0.1:1883`. */
  readonly address: string
  readonly connected: boolean
  /** Why it does not stay connected, and the remedy, as a sentence; null without a problem. */
  readonly trouble: string | null
  start(handlers: IngressHandlers): Promise<void>
  /** Resolves with the broker's acknowledgement, at QoS 1. Waits during an outage. */
  publish(message: OutboundMessage): Promise<Acknowledgement>
  /** Watches topics of others, from now on and after every reconnect, until the returned function is called. */
  watch(filter: string, seen: (message: WatchedMessage) => void): () => void
  /** Publishes offline on `bridge/state` and closes. */
  stop(): Promise<void>
}

/** `bridge/state`: plain text, retained, the hub's will. */
export const stateTopic = 'bridge/state'
