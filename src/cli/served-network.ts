import { join } from 'node:path'
import { type LoadOptions, loadConfig } from '../config/load.ts'
import { makeDevices } from '../config/make-devices.ts'
import { ProfileFiles } from '../config/profiles.ts'
import { Fault } from '../message/fault.ts'
import type { SimulatedNetwork } from '../simulator/network/network.ts'
import { SimulatedWorld } from '../simulator/world.ts'
import type { Clock } from '../util/clock.ts'
import { seededRandom } from '../util/random.ts'

export interface ServedNetwork {
  /** With chance from the seed. */
  readonly clock: Clock
  readonly network: SimulatedNetwork
  /** Devices that are in it. */
  readonly devices: number
}

/** The network behind a simulated SMSC or carrier: devices of the configuration, if there is one, answer in it. */
export function servedNetwork(clock: Clock, seed: string, load: LoadOptions): ServedNetwork {
  const { config, dataFolder } = loadConfig(load)
  const devices = makeDevices(config, new ProfileFiles(join(dataFolder, 'devices')))
  const seeded: Clock = {
    wall: () => clock.wall(),
    monotonic: () => clock.monotonic(),
    after: (ms, act) => clock.after(ms, act),
    random: seededRandom(Number(seed)),
  }
  // The SIM of the world is nobody here.
  const { network } = new SimulatedWorld({ clock: seeded, devices: devices.values(), number: '+0' })
  return { clock: seeded, network, devices: devices.size }
}

/** Host and port of `--listen`. */
export function placeOf(listen: string): { readonly host: string; readonly port: number } {
  const [, host = '127.0.0.1', port = '0'] = /^(?:(.*):)?(\d+)$/.exec(listen) ?? []
  return { host, port: Number(port) }
}

const maxFaults = 10_000

/** What a line `fault <name> [times]` wants: so many of this fault. Fails with `invalid_payload`, with the usage. */
export function readFaults<Name extends string>(
  [name = '', times = '1']: readonly string[],
  faults: Readonly<Record<Name, string>>,
  usage: string,
): Name[] {
  if (!Object.hasOwn(faults, name)) throw new Fault('invalid_payload', usage)
  return Array.from({ length: Math.min(Number(times) || 1, maxFaults) }, () => name as Name)
}

/** What a line `behave <json>` wants. Fails with `invalid_payload`. `calm` has all keys, `faults` their names. */
export function readBehaviour<Behaviour extends object>(
  json: string,
  calm: Behaviour,
  { faults, names = {} }: { readonly faults: object; readonly names?: Readonly<Record<string, object>> },
): Partial<Behaviour> {
  let wanted: unknown
  try {
    wanted = JSON.parse(json)
  } catch (error) {
    throw new Fault('invalid_payload', `behave: ${(error as Error).message}`)
  }
  const fits = (name: string, value: unknown): boolean => {
    const usual: unknown = Object.hasOwn(calm, name) ? calm[name as keyof Behaviour] : undefined
    const known = names[name]
    if (known !== undefined) return typeof value === 'string' && Object.hasOwn(known, value)
    if (Array.isArray(usual))
      return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'number')
    if (name !== 'faults') return usual !== undefined && typeof value === typeof usual
    if (typeof value !== 'object' || value === null) return false
    return Object.entries(value).every(([fault, chance]) => Object.hasOwn(faults, fault) && typeof chance === 'number')
  }
  const entries =
    typeof wanted === 'object' && wanted !== null && !Array.isArray(wanted) ? Object.entries(wanted) : null
  const wrong = entries === null ? [json.trim()] : entries.find(([name, value]) => !fits(name, value))
  if (wrong === undefined) return wanted as Partial<Behaviour>
  const like = JSON.stringify({ ...calm, faults: { silence: 0.1 } })
  throw new Fault('invalid_payload', `behave: "${wrong[0]}" is not like ${like}`)
}
