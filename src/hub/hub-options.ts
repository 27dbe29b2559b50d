import type { Config } from '../config/schema.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { Log, LogLevel } from '../message/events.ts'
import type { Decoder } from '../message/incoming.ts'
import type { Ingress } from '../mqtt/ingress.ts'
import type { DataFolder } from '../store/folder.ts'
import type { Store } from '../store/store.ts'
import type { Clock } from '../util/clock.ts'
import type { Checkpoint } from '../util/steps.ts'

export interface HubOptions {
  readonly config: Config
  readonly dataFolder: string
  readonly version: string
  readonly clock: Clock
  readonly log: Log
  /** Identifies the machine and this start of it; null where they have no name. */
  readonly machine: { readonly id: string | null; readonly boot: string | null }
  readonly checkpoint?: Checkpoint
  /** ms that every commit is held up, to see who waits for it. */
  readonly commitDelay?: number
  /** What the program around the hub can do; without them, the requests for them are refused. */
  readonly setLogLevel?: (level: LogLevel) => void
  readonly restart?: () => void
  /** Copies what stands beside the store (configuration, secrets, profiles) into a folder. */
  readonly copyFiles?: (folder: string) => void
  /** Gateways with a simulated modem: which one it is, is not remembered. */
  readonly simulated?: readonly string[]
  /** What must hold before the broker hears of this hub. */
  readonly beforeConnect?: () => Promise<void>
  /** Nothing of it stays at somebody else's broker: a dry run. */
  readonly transient?: boolean
  /** The outside of the hub, where it is not what the configuration says: for simulations on a clock of their own. */
  readonly makeStore?: (folder: DataFolder) => Promise<Store>
  readonly makeIngress?: () => Ingress
  readonly makeGateway?: (id: string) => Gateway
  /** ms from the request of a permit to the first octet; a faster clock needs more. */
  readonly permitMs?: number
  readonly decoders?: Readonly<Record<string, Decoder>>
}
