import { simulatedGateway } from '../config/gateway-config.ts'
import { numbersOf } from '../config/groups.ts'
import { makeDevices } from '../config/make-devices.ts'
import type { ProfileFiles } from '../config/profiles.ts'
import type { Config } from '../config/schema.ts'
import type { Device } from '../device/device.ts'
import { secretsOf } from '../device/mask.ts'
import { normaliseNumber } from '../device/parameters/numbers.ts'
import { SimulatedWorld } from '../simulator/world.ts'
import type { CliContext } from './context.ts'

export interface Simulation {
  /** The configuration; where all gateways are simulated, with gateways of type simulated only. */
  readonly config: Config
  /** Paths of the simulated modems, by gateway. */
  readonly simulated: ReadonlyMap<string, string>
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
  const gateways = all ? allSimulated(config.gateways) : config.gateways
  const simulated = Object.entries(gateways).filter(([, { type }]) => type === 'simulated')
  const devices = [...makeDevices(config, profiles).values()]
  const people = Object.keys(config.contacts)
    .flatMap((name) => numbersOf(name, config.contacts))
    .map((number) => normaliseNumber(number, config.sms.region))
  const numbers = simulated.map(([, { number }], i) => number ?? `+4917000000${i + 10}`)
  const world = new SimulatedWorld({ clock: context.clock, devices, people, ...(numbers[0] && { number: numbers[0] }) })
  const paths = new Map<string, string>()
  for (const [i, [id]] of simulated.entries())
    paths.set(id, i === 0 ? await world.listen() : await world.addModem(numbers[i] as string))
  return { config: { ...config, gateways }, simulated: paths, world, masked: masking(devices) }
}

/** Gateways of type simulated with the same names and numbers; one, where there is none. */
function allSimulated(gateways: Config['gateways']): Config['gateways'] {
  if (Object.keys(gateways).length === 0) return { simulated: simulatedGateway }
  return Object.fromEntries(
    Object.entries(gateways).map(([id, { number }]) => [id, { ...simulatedGateway, ...(number && { number }) }]),
  )
}

/** Masks secrets within words too: `1234CC` contains one. */
function masking(devices: readonly Device[]): Simulation['masked'] {
  return (text, numbers) =>
    devices
      .filter((device) => device.numbers.some((number) => numbers.includes(number)))
      .flatMap(secretsOf)
      .reduce((masked, secret) => masked.replaceAll(secret, '***'), text)
}
