import { sms2mqttInbound } from '../bridge/sms2mqtt.ts'
import type { Config } from '../config/schema.ts'
import type { Store } from '../store/store.ts'
import type { Clock } from '../util/clock.ts'

export interface IngressDeps {
  readonly config: Config
  readonly store: Store
  readonly clock: Clock
  /** Distinguishes the connections of this run of the hub from those of other runs. */
  readonly run: string
  /** Distinguishes hubs at the same broker. */
  readonly instance: string
  /** Leaves nothing at an external broker. */
  readonly transient: boolean
  now(): number
  /** Whether a name or number is that of a contact or a device. */
  isRecipient(to: string, isTopic: boolean): boolean
}

/** The topics of dialects that are commands too, with their equivalent below the base topic. */
export function aliasesOf({ compat: { sms2mqtt } }: Config): Readonly<Record<string, string>> {
  return sms2mqtt === undefined ? {} : { [`${sms2mqtt.prefix}/send`]: sms2mqttInbound }
}
