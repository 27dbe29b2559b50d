import type { PinMemory } from '../pin.ts'
import type { BindingMemory } from './hardware/binding.ts'
import type { Port } from './line/port.ts'

export interface ModemOptions {
  readonly id: string
  /** A serial device, or tcp://host:port. */
  readonly path: string
  readonly baudRate: number
  readonly pin: string | undefined
  /** Keeps the result of the PIN; absent: in this run only. */
  readonly pins?: PinMemory
  /** Keeps which modem and SIM the gateway uses; absent: in this run only. */
  readonly bindings?: BindingMemory | undefined
  /** Polling interval; absent: 30 s. */
  readonly heartbeatMs?: number
  /** Also send while roaming. */
  readonly roaming?: boolean
  /** Between two messages: networks block SIMs that send in bursts. */
  readonly gapMs?: number
  /** Opens the port, where it is neither a serial device nor TCP. */
  readonly open?: (path: string, baudRate: number) => Promise<Port>
  /** How long opening may take, where the modem is searched for. */
  readonly openingMs?: number
  /** Power-cycles the modem, where that is possible; rejects where it fails. */
  readonly power?: () => Promise<void>
}
