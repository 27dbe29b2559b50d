import type { Clock } from '../../util/clock.ts'
import { ModemFinder } from './finder.ts'
import { Modem } from './modem.ts'
import { powerCycle } from './power.ts'
import type { PinMemory } from './sim-card.ts'

/** What the configuration says of a modem. */
export interface ModemConfig {
  readonly path: string
  readonly baud_rate: number
  readonly pin?: string | undefined
  readonly recover?: string | undefined
  /** Seconds between two messages. */
  readonly gap: number
}

/** `path: auto`: the modem is looked for. */
export const auto = 'auto'

/** ms: ports that only seem to answer take their time, one after the other. */
const looking = 600_000

/** A modem as it is configured, with everything that this machine can do about it. */
export function makeModem(id: string, row: ModemConfig, pins: PinMemory, finder: ModemFinder, clock: Clock): Modem {
  const { path, baud_rate: baudRate, pin, recover } = row
  const power = () => powerCycle(path === auto ? (finder.lastOf(id) ?? path) : path, recover, clock)
  const open = path === auto ? { open: () => finder.find(id, baudRate), openingMs: looking } : {}
  return new Modem({ id, path, baudRate, pin, pins, power, gapMs: row.gap * 1000, ...open }, clock)
}

/** Looks for the modems of all gateways; paths that the configuration names are not looked at. */
export function finderFor(
  gateways: Readonly<Record<string, { readonly path?: string } | object>>,
  clock: Clock,
  log: (level: 'info' | 'debug', message: string) => void,
): ModemFinder {
  const taken = Object.values(gateways).flatMap((row) => ('path' in row && row.path !== undefined ? [row.path] : []))
  return new ModemFinder({ clock, taken, log })
}
