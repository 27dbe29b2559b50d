import type * as z from 'zod'
import type { ProfileFiles } from '../config/profiles.ts'
import type { Config } from '../config/schema.ts'
import type { Device } from '../device/device.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Enqueued } from '../ledger/outbox/enqueue.ts'
import type { Accepted, Asker, Door } from '../message/accepted.ts'
import type { LogLevel } from '../message/events.ts'
import { Fault } from '../message/fault.ts'
import type { Role } from '../message/rights.ts'
import type { Store } from '../store/store.ts'
import { didYouMean } from '../util/nearest.ts'
import type { GatewayBoard } from './gateway-board.ts'

/** What operations may reach of the hub. */
export interface ApiDeps {
  readonly config: Config
  readonly fleet: Fleet
  readonly profiles: ProfileFiles
  readonly store: Store
  now(): number
  readonly gateways: GatewayBoard
  /** The number of a gateway's SIM; null when nobody knows it. */
  numberOf(gateway: string): string | null
  /** The result of a command once it is final, or as it is after `forMs`. Fails with `unknown_command`. */
  outcome(commandId: string, forMs: number): Promise<Data>
  health(): Promise<Record<string, unknown>>
  /** Queues what is asked for. Resolved, it is on the disk. */
  submit(accepted: Accepted): Promise<Enqueued>
  /** Announces everything to Home Assistant again, or takes all of it back. */
  rediscover(how: 'again' | 'clear'): Promise<void>
  /** The queue was paused or goes on: whoever watches the hub shall see it. */
  pauseChanged(type: 'queue_paused' | 'queue_resumed', scope: object): Promise<void>
  /** What is logged from now on. Fails with `not_allowed` where the program has no log of its own. */
  setLogLevel(level: LogLevel): void
  /** What goes to `bridge/logging` from now on. */
  setMqttLevel(level: LogLevel | 'none'): void
  /** Takes the clock for right, though the store knows a later time; answers how many times were moved. */
  acceptClock(): Promise<{ readonly moved: number }>
  /** Writes a backup; answers where it is, seen from the data folder. */
  backup(): Promise<string>
  /** Backups and older copies of the store in the data folder, seen from there. */
  backups(): readonly string[]
  /** Ends the hub so that whatever started it starts it again. Fails with `not_allowed` where nothing does. */
  restart(): void
  log(level: LogLevel, message: string): void
}

export type Data = Readonly<Record<string, unknown>>

/** Where an operation can be asked for. */
export type Surface = Exclude<Door, 'hub'>

export const everywhere: readonly Surface[] = ['mqtt', 'local', 'http']
/** AT commands, secrets of devices, files: for whoever has the machine. */
export const thisMachine: readonly Surface[] = ['local']

/** One thing that may be asked of the hub, through whichever door. */
export interface Operation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly summary: string
  /** The least role that may ask. */
  readonly role: Role
  readonly surfaces: readonly Surface[]
  readonly input: I
  readonly output: O
  run(data: z.output<I>, deps: ApiDeps, asker: Asker): Promise<z.input<O>>
}

/** What is not said: an administrator may ask, through every door. */
type Usual = 'role' | 'surfaces'

export const operation = <I extends z.ZodType, O extends z.ZodType>(
  one: Omit<Operation<I, O>, Usual> & Partial<Pick<Operation, Usual>>,
): Operation => ({ role: 'admin', surfaces: everywhere, ...one }) as unknown as Operation

/** Fails with `unknown_device`, naming the one that was meant. */
export function deviceOf(name: string, { devices }: Fleet): Device {
  const device = devices.get(name)
  if (device !== undefined) return device
  const meant = didYouMean(name, devices.keys())
  throw new Fault('unknown_device', `there is no device "${name}"${meant}`, { device: name })
}
