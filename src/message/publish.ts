/** One PUBLISH of a client, as the embedded and the external ingress both hand it over. */
export interface Publish {
  /** Client identifier; one name for everybody behind an external broker, which does not tell who published. */
  readonly client: string
  /** Who it is by its password: quotas and `id`s go by it; null where nobody has to say. */
  readonly user?: string | null
  /** Everybody behind the broker has this name: the quota of a client is not shared by all of them then. */
  readonly isAnonymous?: boolean
  /** Changes with each CONNECT of the client: the same packet on another connection is a redelivery. */
  readonly connection: string
  /** Packet identifier; null at QoS 0, which cannot be redelivered. */
  readonly messageId: number | null
  /** The sender marked it as a redelivery (DUP). */
  readonly duplicate: boolean
  /** Topic behind the base topic, for example `gate/command/open`. */
  readonly topic: string
  readonly payload: Uint8Array
  /** Replayed from the broker's retained store. A live publish with the retain flag is not a replay. */
  readonly retained: boolean
  /**
   * An empty payload with the retain flag is how people clear a retained message; `unknown` where the payload is empty
   * and the broker does not show the flag (MQTT 3.1.1).
   */
  readonly clearing: 'no' | 'yes' | 'unknown'
  /** It lay in the broker's session while the hub was away. */
  readonly waited: boolean
  /** MQTT 5 message expiry interval in seconds, less what the message waited; null without one. */
  readonly expirySeconds: number | null
  /** The `id` of an MQTT 5 user property, for payloads that hold none. */
  readonly id?: string
  /** MQTT 5: where the client also wants the answer, and what to send back with it. */
  readonly response: { readonly topic: string; readonly correlation: Uint8Array | null } | null
}

/** What an ingress promises to call, and the acknowledgement waits for: resolved means durable. */
export type PublishHandler = (publish: Publish) => Promise<void>
