/** A PUBLISH of a client, in the same form from the embedded and from the external ingress. */
export interface Publish {
  /** Client identifier; one name for all clients of an external broker, which does not identify publishers. */
  readonly client: string
  /** Authenticated user, the key of quotas and `id`s; null without authentication. */
  readonly user?: string | null
  /** Every client of the broker has this name: no client quota applies. */
  readonly isAnonymous?: boolean
  /** Changes with each CONNECT of the client: the same packet on another connection is a redelivery. */
  readonly connection: string
  /** Packet identifier; null at QoS 0, which cannot be redelivered. */
  readonly messageId: number | null
  /** The sender marked it as a redelivery (DUP). */
  readonly duplicate: boolean
  /** Topic below the base topic, for example `gate/command/open`. */
  readonly topic: string
  readonly payload: Uint8Array
  /** Replayed from the broker's retained store. A live publish with the retain flag is not a replay. */
  readonly retained: boolean
  /**
   * An empty payload with the retain flag is how people clear a retained message; `unknown` where the payload is empty
   * and the broker does not show the flag (MQTT 3.1.1).
   */
  readonly clearing: 'no' | 'yes' | 'unknown'
  /** It was queued in the broker's session while the hub was disconnected. */
  readonly waited: boolean
  /** Remaining MQTT 5 message expiry interval; null without one. */
  readonly expirySeconds: number | null
  /** The `id` from an MQTT 5 user property, for payloads without one. */
  readonly id?: string
  /** MQTT 5: response topic and correlation data. */
  readonly response: { readonly topic: string; readonly correlation: Uint8Array | null } | null
}

/** Called by an ingress, which acknowledges when it resolves: the request is durable then. */
export type PublishHandler = (publish: Publish) => Promise<void>
