import type { Priority } from './status.ts'

/** Who made a request, and where the answer goes in addition to the result topic. */
export interface Origin {
  readonly client: string
  /** Every client has this name. */
  readonly isAnonymous: boolean
  /** The `id` that the client gave; null without one. */
  readonly ref: string | null
  readonly replyTo: ReplyTo | null
}

/** Where the end of a command is answered, apart from the topics of the hub. */
export type ReplyTo = MqttReplyTo | SmppReplyTo

/** An address of SMPP: `number` with its plus, whatever its type. */
export interface SmppAddress {
  readonly ton: number
  readonly npi: number
  readonly number: string
}

/** The client that bound to the hub, and the receipts that it wants. */
export interface SmppReplyTo {
  readonly kind: 'smpp'
  /** Its outlet. */
  readonly outlet: string
  /** As in `registered_delivery`: 1 any end, 2 failures, 3 successes. */
  readonly wants: number
  /** Ids of parts that want receipts of their own; the text itself has one with `own`. */
  readonly parts: readonly string[]
  readonly own: boolean
  readonly source: SmppAddress
  readonly destination: SmppAddress
}

/** MQTT 5: the response topic, and the correlation data in Base64. */
export interface MqttReplyTo {
  readonly kind: 'mqtt'
  readonly topic: string
  readonly correlation: string | null
}

/** What is requested, by the names of the topic: not yet looked up in a profile. */
export type Intent =
  | {
      readonly verb: 'command'
      readonly device: string
      readonly name: string
      readonly args: Readonly<Record<string, unknown>> | string
    }
  | { readonly verb: 'set'; readonly device: string; readonly property: string | null; readonly value: unknown }
  | { readonly verb: 'get'; readonly device: string; readonly property: string | null }
  | { readonly verb: 'send'; readonly device: string; readonly text: string }
  /** `isTopic`: the recipient is a level of a topic, where a number can't have its plus. */
  | {
      readonly verb: 'text'
      readonly to: string
      /** What was named, where `to` is a number of it. */
      readonly named?: readonly [kind: 'device' | 'contact', name: string] | null
      readonly text: string
      readonly isTopic?: boolean
      /** The phone shows it at once and keeps nothing (TS 23.038 clause 4, class 0). */
      readonly flash?: boolean
      /** Nobody but its recipient sees it, such as a one-time password: it is kept until it is sent, and shown nowhere. */
      readonly private?: boolean
    }

/** The meta keys of a payload, and how it was received. */
export interface Options {
  readonly priority: Priority
  /**
   * Seconds until the PDU has to be written, from `sendAt` where there is one; null takes the profile's time to live or
   * the default.
   */
  readonly ttl: number | null
  /** Not before then, in ms since 1970; null is at once. */
  readonly sendAt: number | null
  readonly gateway: string | null
  readonly confirm: string | null
  readonly force: boolean
  readonly dryRun: boolean
  /** The gateway whose number the device is to store, for commands that contain the hub's number. */
  readonly for: string | null
  /** It was queued for an unknown time while the hub was down. */
  readonly waited: boolean
  /** It may be a client clearing a retained message. */
  readonly mayBeClearing: boolean
}

/** One request of a client. A publish may contain several. */
export interface CommandRequest {
  readonly commandId: string
  readonly origin: Origin
  readonly intent: Intent
  readonly options: Options
}
