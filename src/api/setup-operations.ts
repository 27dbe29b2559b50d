import type { Device } from '../device/device.ts'
import { type PlannedStep, passes, planOf } from '../device/send/setup.ts'
import type { DeviceRow, Fleet } from '../fleet/fleet.ts'
import type { Enqueued } from '../ledger/outbox/enqueue.ts'
import { type Accepted, acceptCommand, ownAsker } from '../message/accepted.ts'
import { Fault } from '../message/fault.ts'
import { isoTime } from '../message/result.ts'
import type { Store } from '../store/store.ts'
import type { Clock } from '../util/clock.ts'
import { Doorbell } from '../util/doorbell.ts'
import { didYouMean } from '../util/nearest.ts'

/** What the desk needs of the hub. */
export interface DeskRooms {
  readonly fleet: Fleet
  readonly store: Store
  readonly clock: Clock
  now(): number
  /** The number of a gateway's SIM; null when nobody knows it. */
  numberOf(gateway: string): string | null
  submit(accepted: Accepted): Promise<Enqueued>
}

type Body = Readonly<Record<string, unknown>>
type Outcome = Readonly<Record<string, unknown>>

/** A command may take its answer's time and that of a retry or two; then the result is told as far as it is. */
const patience = 15 * 60_000
const look = 30_000

/** Where the command line of this machine asks the running hub about devices, and has them changed and set up. */
export class Desk {
  readonly #rooms: DeskRooms
  readonly #bell: Doorbell
  readonly verbs: Readonly<Record<string, (body: Body) => Promise<unknown>>> = {
    'devices/list': async () => this.#list(),
    'devices/export': async () => this.#rows(),
    'devices/add': async (body) => this.#rooms.fleet.add(tableOf(body)),
    'devices/import': async (body) => this.#rooms.fleet.import(this.#overPresent(tableOf(body))),
    'devices/update': async ({ id, change }) => this.#rooms.fleet.update(textIn(id, 'id'), change as DeviceRow),
    'devices/remove': async ({ ids }) => this.#rooms.fleet.remove(ids as string[]),
    'devices/plan': async (body) => this.#plan(body),
    'devices/step': async (body) => this.#step(body),
  }

  constructor(rooms: DeskRooms) {
    this.#rooms = rooms
    this.#bell = new Doorbell(rooms.clock)
    rooms.store.on('publications', () => this.#bell.ring())
  }

  ask(verb: string, body: Body): Promise<unknown> {
    const act = Object.hasOwn(this.verbs, verb) ? this.verbs[verb] : undefined
    if (act === undefined) throw new Fault('unknown_command', `this hub knows no "${verb}"`)
    return act(body)
  }

  #list(): Outcome[] {
    const { fleet } = this.#rooms
    return [...fleet.devices.values()].map((device) => ({
      id: device.id,
      name: device.name,
      profile: device.profile.id,
      variant: device.dialect.variant,
      number: device.numbers,
      gateway: device.gateway,
      in: fleet.rowOf(device.id) === null ? 'smshub.yaml' : 'store',
    }))
  }

  #rows(): Record<string, DeviceRow> {
    const { fleet } = this.#rooms
    return Object.fromEntries(
      [...fleet.devices.keys()].flatMap((id) => {
        const row = fleet.rowOf(id)
        return row === null ? [] : [[id, row]]
      }),
    )
  }

  /** A table has no word for what it leaves alone: keys that it lacks stay as they are. */
  #overPresent(rows: ReadonlyMap<string, DeviceRow>): Map<string, DeviceRow> {
    return new Map(
      [...rows].map(([id, row]) => {
        const present = this.#rooms.fleet.rowOf(id) ?? {}
        return [id, { ...present, ...row, settings: { ...(present.settings as object), ...(row.settings as object) } }]
      }),
    )
  }

  #device(id: unknown, to: unknown): Device {
    const { fleet, numberOf } = this.#rooms
    const name = textIn(id, 'id')
    const device = fleet.devices.get(name)
    if (device === undefined)
      throw new Fault('unknown_device', `there is no device "${name}"${didYouMean(name, fleet.devices.keys())}`)
    if (typeof to !== 'string') return device
    const hubNumber = numberOf(to)
    if (hubNumber === null)
      throw new Fault('no_gateway', `the number of gateway "${to}" is not known: set gateways.${to}.number`)
    return { ...device, hubNumber }
  }

  #plan({ id, only, for: to }: Body): { steps: PlannedStep[]; profile: string } {
    const device = this.#device(id, to)
    const steps = planOf(device, typeof only === 'string' ? only : null, isoTime(this.#rooms.now()))
    return { steps, profile: device.profile.id }
  }

  /** Carries out one step and waits for its end. `passed` says whether the device did what the step is for. */
  async #step({ id, number, command, params, confirm, for: to }: Body): Promise<Outcome> {
    const device = this.#device(id, to)
    const payload = {
      command: textIn(command, 'command'),
      args: params ?? {},
      ...(confirm === true && { confirm: device.id }),
      ...(typeof to === 'string' && { for: to }),
    }
    const enqueued = await this.#rooms.submit(acceptCommand(ownAsker('command line'), device.id, payload))
    const commandId = enqueued.commands[0]?.id
    if (commandId === undefined) throw new Fault('internal', 'the command was not taken')
    const result = await this.#outcome(commandId)
    const text = (result.reply as { text?: string } | undefined)?.text ?? ''
    return { ...result, passed: result.ok !== false && passes(device, Number(number), text) }
  }

  async #outcome(commandId: string): Promise<Outcome> {
    const { store, clock, now } = this.#rooms
    const end = clock.monotonic() + patience
    for (;;) {
      const seen = this.#bell.rings
      const result = await store.run('findCommand', { id: commandId, now: now() })
      if (result === null) throw new Fault('unknown_command', `there is no command ${commandId}`)
      if (result.final === true || clock.monotonic() > end) return result
      await this.#bell.wait(seen, look)
    }
  }
}

function textIn(value: unknown, key: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new Fault('invalid_payload', `"${key}" must be a text`)
}

function tableOf({ devices }: Body): Map<string, DeviceRow> {
  if (typeof devices !== 'object' || devices === null) throw new Fault('invalid_payload', '"devices" must be a table')
  return new Map(Object.entries(devices as Record<string, DeviceRow>))
}
