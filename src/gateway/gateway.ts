import type { GatewayState, RestartKind } from '../message/gateway-state.ts'
import type { RawMessage } from '../message/raw.ts'
import type { ReportMatching } from '../message/report.ts'
import type { Segment } from '../message/segment.ts'
import type { SendPermit, SubmitOutcome } from '../message/submit-outcome.ts'

/** A call that is only to ring: some devices act on it. */
export interface RingOrder {
  /** Dialable, as the configuration writes it. */
  readonly number: string
  readonly seconds: number
}

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
export interface Gateway {
  readonly id: string
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
  /**
   * Calls a number, lets it ring and hangs up; `permit` is asked once, right before the number is dialled. Absent where
   * the gateway makes no calls. Rejected by the other side is rung: `sent`, without a reference.
   */
  ring?(order: RingOrder, permit: () => Promise<SendPermit>): Promise<SubmitOutcome>
  /** Asks the network by USSD: a code and what is chosen in its menus. Answers the last text. */
  ussd?(codes: readonly string[]): Promise<string>
  /** Asks now how it is, instead of at the next look; `state` has it then. */
  look?(): Promise<void>
  /** Starts it anew, as it does by itself when it does not serve: `how` is a rung of its recovery. */
  restart?(how: RestartKind): Promise<void>
  /** What went over its line lately, masked, for a bug report. */
  readonly trace?: string
  /** Says a command to a modem; answers its lines and how it ended. */
  at?(
    text: string,
  ): Promise<{ readonly lines: readonly string[]; readonly final: { readonly kind: string; readonly text?: string } }>
  /** Another modem or SIM than before is right: what was held back goes out. Answers a sentence about it. */
  accept?(): Promise<string>
  /** Takes nothing new for a while: the network or the SIM will not have it. */
  pause(ms: number, reason: string): void
  /** Lets a running hand-over finish, then closes. */
  stop(): Promise<void>
}
