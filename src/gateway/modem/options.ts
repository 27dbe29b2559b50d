import type { BindingMemory } from './hardware/binding.ts'
import type { Port } from './line/port.ts'
import type { PinMemory } from './sim-card.ts'

export interface ModemOptions {
  readonly id: string
  /** A serial device, or tcp://host:port. */
  readonly path: string
  readonly baudRate: number
  readonly pin: string | undefined
  /** Where it is remembered what became of the PIN; left out, in this run only. */
  readonly pins?: PinMemory
  /** Where it is remembered which modem and SIM the gateway is; left out, in this run only. */
  readonly bindings?: BindingMemory | undefined
  /** ms between looks at a modem that says nothing by itself: 30 s where it is left out. */
  readonly heartbeatMs?: number
  /** It sends in other networks than its own, too. */
  readonly roaming?: boolean
  /** ms between two messages: networks block SIMs that send in bursts. */
  readonly gapMs?: number
  /** How the port is opened, where it is neither a serial device nor TCP. */
  readonly open?: (path: string, baudRate: number) => Promise<Port>
  /** ms that opening may take, where the modem is looked for. */
  readonly openingMs?: number
  /** Takes the power from the modem and gives it back, where something can. Rejected, it could not. */
  readonly power?: () => Promise<void>
}
