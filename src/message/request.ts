import type { Priority } from './status.ts'

/** Who asked, and where the answer goes beside the result topic. */
export interface Origin {
  readonly client: string
  /** Everybody has this name. */
  readonly isAnonymous: boolean
  /** The `id` that the client gave; null without one. */
  readonly ref: string | null
  readonly replyTo: ReplyTo | null
}

/** MQTT 5: the response topic, and the correlation data in Base64. */
export interface ReplyTo {
  readonly kind: 'mqtt'
  readonly topic: string
  readonly correlation: string | null
}

/** What shall happen, in the words of the topic: not yet looked up in a profile. */
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
  | { readonly verb: 'text'; readonly to: string; readonly text: string; readonly isTopic?: boolean }

/** The meta keys of a payload, and what the door knows of how it came. */
export interface Options {
  readonly priority: Priority
  /** Seconds the request stays good until the PDU is written; null takes the profile's or the default. */
  readonly ttl: number | null
  readonly gateway: string | null
  readonly confirm: string | null
  readonly force: boolean
  readonly dryRun: boolean
  /** The gateway whose number the device shall store, where the command holds the hub's. */
  readonly for: string | null
  /** It waited while the hub was away, nobody knows for how long. */
  readonly waited: boolean
  /** It may be somebody who clears a retained message. */
  readonly mayBeClearing: boolean
}

/** One thing a client asked for. A publish may ask for several. */
export interface CommandRequest {
  readonly commandId: string
  readonly origin: Origin
  readonly intent: Intent
  readonly options: Options
}
