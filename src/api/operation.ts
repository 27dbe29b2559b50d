import type * as z from 'zod'
import type { Gateways } from '../bridge/gateways.ts'
import type { ProfileFiles } from '../config/profiles.ts'
import type { Config } from '../config/schema.ts'
import type { Device } from '../device/device.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Enqueued } from '../ledger/outbox/enqueue.ts'
import type { Accepted, Asker } from '../message/accepted.ts'
import type { LogLevel } from '../message/events.ts'
import { Fault } from '../message/fault.ts'
import type { Store } from '../store/store.ts'
import { didYouMean } from '../util/nearest.ts'

/** What requests may reach of the hub. */
export interface RequestRooms {
  readonly config: Config
  readonly fleet: Fleet
  readonly profiles: ProfileFiles
  readonly store: Store
  now(): number
  readonly gateways: Gateways
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

export interface Request<S extends z.ZodType = z.ZodType> {
  readonly summary: string
  readonly schema: S
  run(data: z.output<S>, rooms: RequestRooms, asker: Asker): Promise<Data>
}

export const request = <S extends z.ZodType>(one: Request<S>): Request => one as unknown as Request

/** Fails with `unknown_device`, naming the one that was meant. */
export function deviceOf(name: string, { devices }: Fleet): Device {
  const device = devices.get(name)
  if (device !== undefined) return device
  const meant = didYouMean(name, devices.keys())
  throw new Fault('unknown_device', `there is no device "${name}"${meant}`, { device: name })
}
