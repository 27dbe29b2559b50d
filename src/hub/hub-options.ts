import type { Config } from '../config/schema.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { DeviceTree } from '../gateway/modem/hardware/usb.ts'
import type { Log, LogLevel, Observations } from '../message/events.ts'
import type { Decoder } from '../message/incoming.ts'
import type { Ingress } from '../mqtt/ingress.ts'
import type { DataFolder } from '../store/folder.ts'
import type { Store } from '../store/store.ts'
import type { Clock } from '../util/clock.ts'
import type { Emitter } from '../util/emitter.ts'
import type { Checkpoint } from '../util/steps.ts'
import type { Resolve } from '../webhooks/endpoint-call.ts'

export interface HubOptions {
  readonly config: Config
  readonly dataFolder: string
  readonly version: string
  readonly clock: Clock
  readonly log: Log
  /** Ids of the machine and of its boot; null where there are none. */
  readonly machine: { readonly id: string | null; readonly boot: string | null }
  readonly checkpoint?: Checkpoint
  /** Delay of every commit, for tests of who waits for it. */
  readonly commitDelay?: number
  /** Functions of the surrounding program; without them, the requests for them are refused. */
  readonly setLogLevel?: (level: LogLevel) => void
  readonly restart?: () => void
  /** Copies the files beside the store (configuration, secrets, profiles) into a folder. */
  readonly copyFiles?: (folder: string) => void
  /** Paths of the simulated modems, by gateway of type simulated. */
  readonly simulated?: ReadonlyMap<string, string>
  /** Where modems are searched for, if not on this machine. */
  readonly devices?: DeviceTree
  /** Called before anything is started, so that observers miss nothing. */
  readonly observe?: (events: Emitter<Observations>) => void
  /** Checks before the hub connects to the broker. */
  readonly beforeConnect?: () => Promise<void>
  /** Leaves nothing at an external broker: a dry run. */
  readonly transient?: boolean
  /** Replacements for the configured gateways and broker, for simulations on their own clock. */
  readonly makeStore?: (folder: DataFolder, now: () => number) => Promise<Store>
  readonly makeIngress?: () => Ingress
  readonly makeGateway?: (id: string) => Gateway
  /** Finds the addresses of hosts, in place of the system. */
  readonly resolve?: Resolve
  /** Time from the request of a permit to the first octet; a faster clock needs more. */
  readonly permitMs?: number
  readonly decoders?: Readonly<Record<string, Decoder>>
}
