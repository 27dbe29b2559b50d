import { numbersOf } from '../config/groups.ts'
import { makeDevices } from '../config/make-devices.ts'
import type { ProfileFiles } from '../config/profiles.ts'
import type { Config, GatewayConfig } from '../config/schema.ts'
import type { Device } from '../device/device.ts'
import { secretsOf } from '../device/mask.ts'
import { normaliseNumber } from '../device/parameters/numbers.ts'
import { SimulatedWorld } from '../simulator/world.ts'
import type { CliContext } from './context.ts'

export interface Simulation {
  /** The configuration, with a path to a simulated modem for each simulated gateway. */
  readonly config: Config
  /** Gateways that are simulated. */
  readonly simulated: readonly string[]
  /** A text for the log, without the secrets of its sender and recipient. */
  masked(text: string, numbers: readonly string[]): string
  /** To be closed after the hub. */
  readonly world: SimulatedWorld
}

/**
 * Puts a simulated network behind gateways of `type: simulated`, or behind `all` of them: each is a modem on a real
 * byte stream, every device of the configuration answers by its profile, and contacts have a phone that receives.
 */
export async function withSimulation(
  context: CliContext,
  config: Config,
  profiles: ProfileFiles,
  all: boolean,
): Promise<Simulation> {
  const isBare = all && Object.keys(config.gateways).length === 0
  const gateways: Config['gateways'] = isBare ? { simulated: { type: 'simulated' } } : config.gateways
  const replaced = Object.entries(gateways).filter(([, { type }]) => all || type === 'simulated')
  const devices = [...makeDevices(config, profiles).values()]
  const people = Object.keys(config.contacts)
    .flatMap((name) => numbersOf(name, config.contacts))
    .map((number) => normaliseNumber(number, config.sms.region))
  const numbers = replaced.map(([, { number }], i) => number ?? `+4917000000${i + 10}`)
  const world = new SimulatedWorld({ clock: context.clock, devices, people, ...(numbers[0] && { number: numbers[0] }) })
  const paths = new Map<string, string>()
  for (const [i, [id]] of replaced.entries())
    paths.set(id, i === 0 ? await world.listen() : await world.addModem(numbers[i] as string))
  const modems = Object.fromEntries(
    Object.entries(gateways).map(([id, gateway]) => {
      const path = paths.get(id)
      return [id, path === undefined ? gateway : modemAt(path, gateway)]
    }),
  )
  return { config: { ...config, gateways: modems }, simulated: [...paths.keys()], world, masked: masking(devices) }
}

/** Masks secrets within words too: `1234CC` contains one. */
function masking(devices: readonly Device[]): Simulation['masked'] {
  return (text, numbers) =>
    devices
      .filter((device) => device.numbers.some((number) => numbers.includes(number)))
      .flatMap(secretsOf)
      .reduce((masked, secret) => masked.replaceAll(secret, '***'), text)
}

function modemAt(path: string, { number }: GatewayConfig): GatewayConfig {
  return {
    type: 'modem',
    path,
    baud_rate: 115_200,
    weight: 1,
    gap: 0,
    roaming: false,
    limits: {},
    ussd: { allow: [], per_day: 20 },
    ...(number !== undefined && { number }),
  }
}
