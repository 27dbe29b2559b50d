import type { Clock } from '../../util/clock.ts'
import type { PinMemory } from '../pin.ts'
import type { BindingMemory } from './hardware/binding.ts'
import { ModemFinder } from './hardware/finder.ts'
import { powerCycle } from './hardware/power.ts'
import { SpeedFinder, speeds } from './hardware/speed.ts'
import type { DeviceTree } from './hardware/usb.ts'
import { Modem } from './modem.ts'

/** The configuration of a modem. */
export interface ModemConfig {
  readonly path: string
  /** Absent: it is detected. */
  readonly baud_rate?: number | undefined
  readonly pin?: string | undefined
  readonly recover?: string | undefined
  /** Seconds between two messages. */
  readonly gap: number
  readonly roaming: boolean
}

/** `path: auto`: the modem is searched for. */
export const auto = 'auto'

/** Ports that only seem to answer take their time, one after the other. */
const searchTimeoutMs = 600_000
/** Every speed is tried. */
const speedTimeoutMs = 60_000

/** What is kept of modems over restarts. */
export interface ModemMemory {
  readonly pins: PinMemory
  /** Absent: in this run only. */
  readonly bindings?: BindingMemory
}

export interface ModemDeps extends ModemMemory {
  readonly finder: ModemFinder
  readonly clock: Clock
  log(level: 'info' | 'debug', message: string): void
}

/** A modem as it is configured, with everything that this machine can do to it. */
export function makeModem(id: string, row: ModemConfig, { finder, clock, log, ...memory }: ModemDeps): Modem {
  const { path, baud_rate: configured, pin, recover, roaming } = row
  const [usual = 0] = speeds
  const baudRate = configured ?? usual
  const power = () => powerCycle(path === auto ? (finder.lastOf(id) ?? path) : path, recover, clock)
  const speed = new SpeedFinder(configured, { clock, log: (message) => log('info', message) })
  const open =
    path === auto
      ? { open: () => finder.find(id, baudRate), openingMs: searchTimeoutMs }
      : { open: () => speed.open(path), openingMs: speedTimeoutMs }
  return new Modem({ id, path, baudRate, pin, ...memory, power, roaming, gapMs: row.gap * 1000, ...open }, clock)
}

/** Searches the modems of all gateways; paths that the configuration names are skipped. */
export function finderFor(
  gateways: Readonly<Record<string, { readonly path?: string } | object>>,
  bindings: BindingMemory,
  clock: Clock,
  log: (level: 'info' | 'debug', message: string) => void,
  tree?: DeviceTree,
): ModemFinder {
  const taken = Object.values(gateways).flatMap((row) => ('path' in row && row.path !== undefined ? [row.path] : []))
  return new ModemFinder({ clock, taken, gateways: Object.keys(gateways), bindings, log, ...(tree && { tree }) })
}
