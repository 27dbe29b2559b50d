import type { Capable } from '../message/capabilities.ts'
import type { GatewayState } from '../message/gateway-state.ts'
import type { RawMessage } from '../message/raw.ts'
import type { ReportMatching } from '../message/report.ts'
import type { Segment } from '../message/segment.ts'
import type { SendPermit, SubmitOutcome } from '../message/submit-outcome.ts'

export interface GatewayHandlers {
  /** Files a message. Resolved, it is on the disk and the gateway may forget it; rejected, it must keep it. */
  received(raw: RawMessage): Promise<void>
  /** The modem has deleted a message that was filed: what lies in its slot from now on is another one. */
  deleted(raw: RawMessage): void
  /** The state, or whether it can send, has changed. */
  changed(): void
  /** Somebody calls its number, and was turned away; null where the caller's number is withheld. */
  called(from: string | null): void
  /** A line for the log. */
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void
}

/** A way to the network: a modem, an SMSC, a carrier. */
export interface Gateway extends Capable {
  /** ICCID of the SIM, or the carrier's account; the gateway's id where it has none. References live within it. */
  readonly account: string
  /** How delivery reports name what it has sent. */
  readonly matching: ReportMatching
  readonly state: GatewayState
  /** How many submissions it may have under way at once; of each, one segment at a time. */
  readonly window: number
  /** It takes a segment now. */
  readonly ready: boolean
  start(handlers: GatewayHandlers): void
  /** How long its network really tries where it is asked for so many seconds: TP-VP knows few lengths. */
  validitySeconds(wanted: number): number
  /** Hands one segment over; `permit` is asked once, right before the first octet of the message goes out. */
  submit(segment: Segment, permit: () => Promise<SendPermit>): Promise<SubmitOutcome>
  /** Takes nothing new for a while: the network or the SIM will not have it. */
  pause(ms: number, reason: string): void
  /** Lets a running hand-over finish, then closes. */
  stop(): Promise<void>
}
