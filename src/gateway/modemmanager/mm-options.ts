import type { PinMemory } from '../pin.ts'

export interface MmOptions {
  readonly id: string
  /** The address of the message bus. */
  readonly bus: string
  /** IMEI, equipment or device id, primary port or device path; absent: the only modem. */
  readonly modem: string | undefined
  readonly pin: string | undefined
  readonly pins: PinMemory
  /** Also send while roaming. */
  readonly roaming: boolean
  readonly gapMs: number
}
