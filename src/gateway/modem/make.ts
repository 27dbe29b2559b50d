import type { Clock } from '../../util/clock.ts'
import { Modem } from './modem.ts'
import { powerCycle } from './power.ts'
import type { PinMemory } from './sim-card.ts'

/** What the configuration says of a modem. */
export interface ModemConfig {
  readonly path: string
  readonly baud_rate: number
  readonly pin?: string | undefined
  readonly recover?: string | undefined
}

/** A modem as it is configured, with everything that this machine can do about it. */
export function makeModem(id: string, row: ModemConfig, pins: PinMemory, clock: Clock): Modem {
  const { path, baud_rate: baudRate, pin, recover } = row
  return new Modem({ id, path, baudRate, pin, pins, power: () => powerCycle(path, recover, clock) }, clock)
}
