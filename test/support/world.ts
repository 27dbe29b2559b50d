import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { loadConfig } from '../../src/config/load.ts'
import { makeDevices } from '../../src/config/make-devices.ts'
import { ProfileFiles } from '../../src/config/profiles.ts'
import type { NetworkBehaviour } from '../../src/simulator/network/behaviour.ts'
import type { NetworkEvent } from '../../src/simulator/network/network-log.ts'
import { SimulatedWorld } from '../../src/simulator/world.ts'
import type { Clock } from '../../src/util/clock.ts'
import { seededRandom } from '../../src/util/random.ts'
import { temporaryFolder } from './folder.ts'

const random = seededRandom(20261122)

/** Real time with repeatable chance. */
export const testClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  random,
  after(ms, callback) {
    const timer = setTimeout(callback, Math.max(0, ms))
    timer.unref()
    return { cancel: () => clearTimeout(timer) }
  },
}

/** A network that loses no time: tests wait for events, not for the air. */
export const quick: Partial<NetworkBehaviour> = {
  acceptMs: [20, 40],
  deliverMs: [20, 40],
  reportMs: [10, 20],
  retryMs: 1_000,
}

/** The hub's SIM. */
export const hubNumber = '+491700000001'
export const gateNumber = '+4915112345678'
export const vanNumber = '+4915112345679'

export const boilerNumber = '+4915112345680'

/** Devices of the flow and crash tests: an unsafe command, safe ones with values, one that never answers. */
export const devicesYaml = `
devices:
  gate: { profile: king-pigeon/rtu5024, variant: classic, number: "${gateNumber}" }
  van: { profile: coban/tk103, number: "${vanNumber}" }
  boiler: { profile: elbro/smsb-m21t, number: "+4915112345680" }
`

export interface TestWorld {
  readonly world: SimulatedWorld
  /** For a gateway's `path:`. */
  readonly path: string
}

/** The other side of the air, in the test's own process: it outlives the hub. */
export async function startWorld(
  options: {
    readonly clock?: Clock
    readonly behaviour?: Partial<NetworkBehaviour>
    readonly answerMs?: number
    readonly yaml?: string
  } = {},
): Promise<TestWorld> {
  const { file } = configFile(options.yaml ?? devicesYaml)
  const { config } = loadConfig({ config: file, env: {}, cwd: '/' })
  const world = new SimulatedWorld({
    clock: options.clock ?? testClock,
    devices: makeDevices(config, new ProfileFiles()).values(),
    number: hubNumber,
    behaviour: { ...quick, ...options.behaviour },
    answerMs: options.answerMs ?? 30,
  })
  return { world, path: await world.listen() }
}

/** Texts that the network took from the hub, whole segments. */
export function accepted(world: SimulatedWorld, to?: string): readonly NetworkEvent[] {
  return world.network.log.of('accepted').filter((event) => to === undefined || event.to === to)
}

function configFile(yaml: string): { file: string } {
  const file = join(temporaryFolder(), 'smshub.yaml')
  writeFileSync(file, yaml)
  return { file }
}

/** The configuration of a hub on this world. */
export function hubYaml(options: {
  readonly mqtt: string
  readonly path: string
  readonly devices?: string
  readonly more?: string
}): string {
  return `
mqtt: ${options.mqtt}
gateways:
  home: { type: modem, path: "${options.path}", number: "${hubNumber}" }
${options.devices ?? devicesYaml}
limits: { client_per_hour: none, device_per_day: none, gateway_per_day: none }
http: { enabled: false }
${options.more ?? ''}
`
}
