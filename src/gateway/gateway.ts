import type { Capable } from '../message/capabilities.ts'
import type { CarrierHook, HookAnswer } from '../message/carrier-hook.ts'
import type { GatewayState } from '../message/gateway-state.ts'
import type { RawMessage } from '../message/raw.ts'
import type { ReportMatching } from '../message/report.ts'
import type { Segment } from '../message/segment.ts'
import type { SendPermit, SubmitOutcome } from '../message/submit-outcome.ts'

export interface GatewayHandlers {
  /** Stores a message. Resolved, it is on the disk and the gateway may forget it; rejected, the gateway must keep it. */
  received(raw: RawMessage): Promise<void>
  /** The modem has deleted a stored message: its slot holds another one from now on. */
  deleted(raw: RawMessage): void
  /** `state` or `ready` has changed. */
  changed(): void
  /** An incoming call was rejected; null where the caller's number is withheld. */
  called(from: string | null): void
  /** A line for the log. */
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void
}

/** A way to the network: a modem, an SMSC, a carrier. */
export interface Gateway extends Capable {
  /** ICCID of the SIM, or the carrier's account; the gateway's id where it has none. References live within it. */
  readonly account: string
  /** How delivery reports identify a message. */
  readonly matching: ReportMatching
  readonly state: GatewayState
  /** It takes a text as a whole, however many SMS that is, and reports about all of it. */
  readonly takesTexts?: true
  /** Submissions that it takes at once; of each, one segment at a time. */
  readonly window: number
  /** It can send now. */
  readonly ready: boolean
  start(handlers: GatewayHandlers): void
  /** The validity that its network applies for the wanted one: TP-VP has few values. */
  validitySeconds(wanted: number): number
  /** Sends one segment; `permit` is called once, right before the first octet of the message is written. */
  submit(segment: Segment, permit: () => Promise<SendPermit>): Promise<SubmitOutcome>
  /** Takes a call of the carrier; the answer leaves after the commit. Null where `token` is not that of its address. */
  hook?(token: string, call: CarrierHook): Promise<HookAnswer | null>
  /** Sends nothing for a while: the network or the SIM rejects everything. */
  pause(ms: number, reason: string): void
  /** Lets a running submission finish, then closes. */
  stop(): Promise<void>
}
