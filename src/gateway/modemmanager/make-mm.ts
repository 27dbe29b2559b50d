import type { Clock } from '../../util/clock.ts'
import type { PinMemory } from '../pin.ts'
import { MmGateway } from './mm-gateway.ts'

/** The configuration of a modem that ModemManager has. */
export interface MmConfig {
  readonly modem?: string | undefined
  readonly pin?: string | undefined
  readonly bus: string
  readonly roaming: boolean
  /** Seconds between two messages. */
  readonly gap: number
}

export function makeMm(id: string, row: MmConfig, { clock, pins }: { clock: Clock; pins: PinMemory }): MmGateway {
  const { modem, pin, bus, roaming, gap } = row
  return new MmGateway({ id, modem, pin, bus, roaming, gapMs: gap * 1_000, pins }, clock)
}
