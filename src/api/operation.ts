import type * as z from 'zod'
import type { Access } from '../access/index.ts'
import type { ProfileFiles } from '../config/profiles.ts'
import type { Config } from '../config/schema.ts'
import type { Device } from '../device/device.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Accepted, Asker, Surface } from '../message/accepted.ts'
import type { LogLevel, LogLine } from '../message/events.ts'
import { Fault } from '../message/fault.ts'
import type { LiveEvents } from '../message/live-events.ts'
import type { Plan } from '../message/planned.ts'
import type { GatewayLimits } from '../message/readings.ts'
import type { Action, Role } from '../message/rights.ts'
import type { SmppClientState } from '../message/smpp-clients.ts'
import type { Submitted } from '../message/submitted.ts'
import type { Store } from '../store/store.ts'
import { didYouMean } from '../util/nearest.ts'
import type { GatewayBoard } from './gateway-board.ts'
import type { WebhookDesk } from './webhook-desk.ts'

/** Dependencies of operations. */
export interface ApiDeps {
  readonly config: Config
  /** Of the program. */
  readonly version: string
  readonly fleet: Fleet
  /** Makes revisions of what contains secrets. */
  readonly revisionKey: string
  readonly profiles: ProfileFiles
  readonly store: Store
  now(): number
  readonly gateways: GatewayBoard
  readonly liveEvents: LiveEvents
  /** Keys, users and sessions. */
  readonly access: Access
  readonly webhooks: WebhookDesk
  /** Systems that may bind by SMPP; none where they can't. */
  smppClients(): readonly SmppClientState[]
  /** Segments that a gateway may send in each window. */
  gatewayLimits(gateway: string): GatewayLimits
  /** The number of a gateway's SIM; null when unknown. */
  numberOf(gateway: string): string | null
  /** The final result of a command, or the latest one after `forMs`. Fails with `unknown_command`. */
  outcome(commandId: string, forMs: number): Promise<Data>
  health(): Promise<Record<string, unknown>>
  /** Queues a request. It is durable when this resolves. */
  submit(accepted: Accepted): Promise<Submitted>
  /** What texts would be queued; nothing is. */
  plan(accepted: Accepted): Plan
  /** Whether a name or number is that of a contact or a device. */
  isRecipient(to: string): boolean
  /** Announces everything to Home Assistant again, or withdraws all of it. */
  rediscover(how: 'again' | 'clear'): Promise<void>
  /** The queue was paused or resumed: publishes how the hub is. */
  pauseChanged(): Promise<void>
  /** Sets the log level. Fails with `not_allowed` where the program has no log of its own. */
  setLogLevel(level: LogLevel): void
  /** The level of the log. */
  logLevel(): string
  /** Lines of the log with higher numbers, the oldest first; the latest ones where there are more. */
  logLines(after: number, limit: number): readonly LogLine[]
  /** Sets the level of `bridge/logging`. */
  setMqttLevel(level: LogLevel | 'none'): void
  /** Accepts the clock, though the store has later times; returns how many times were moved. */
  acceptClock(): Promise<{ readonly moved: number }>
  /** Writes a backup; returns its path relative to the data folder. */
  backup(): Promise<string>
  /** Backups and older copies of the store in the data folder, by relative path. */
  backups(): readonly string[]
  /** Ends the hub so that its service manager starts it again. Fails with `not_allowed` where there is none. */
  restart(): void
  log(level: LogLevel, message: string): void
}

export type Data = Readonly<Record<string, unknown>>

export const everywhere: readonly Surface[] = ['mqtt', 'local', 'http']
/** AT commands, secrets of devices, files: for local users. */
export const thisMachine: readonly Surface[] = ['local']
/** What has secrets, which messages over MQTT would show to all subscribers. */
export const notOverMqtt: readonly Surface[] = ['local', 'http']

/** An operation of the hub, the same on every interface. */
export interface Operation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly summary: string
  /** The least role that is allowed to, where `action` does not name the right. */
  readonly role: Role
  /** The right that a requester needs for this input, the same as on topics. The operation may check further ones. */
  readonly action?: (data: z.output<I>, deps: ApiDeps) => Action
  readonly surfaces: readonly Surface[]
  readonly input: I
  readonly output: O
  run(data: z.output<I>, deps: ApiDeps, asker: Asker): Promise<z.input<O>>
}

/** Defaults: for administrators, on every interface. */
type Usual = 'role' | 'surfaces'

export const operation = <I extends z.ZodType, O extends z.ZodType>(
  one: Omit<Operation<I, O>, Usual> & Partial<Pick<Operation, Usual>>,
): Operation => ({ role: 'admin', surfaces: everywhere, ...one }) as unknown as Operation

/** Fails with `unknown_device` and a suggestion. */
export function deviceOf(name: string, { devices }: Fleet): Device {
  const device = devices.get(name)
  if (device !== undefined) return device
  const meant = didYouMean(name, devices.keys())
  throw new Fault('unknown_device', `there is no device "${name}"${meant}`, { device: name })
}
