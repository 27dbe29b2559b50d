import { Fault } from './fault.ts'
import type { FindingCode } from './finding-codes.ts'
import type { RestartKind } from './gateway-state.ts'
import type { SendPermit, SubmitOutcome } from './submit-outcome.ts'

/** A call that is only to ring: some devices act on it. */
export interface CallRequest {
  /** Dialable, as the configuration writes it. */
  readonly number: string
  readonly seconds: number
}

/** The lines of an AT command and how it ended. */
export interface AtReply {
  readonly lines: readonly string[]
  readonly final: { readonly kind: string; readonly text?: string }
}

/** What an examination has found, its fix, and the lines that show it. */
export interface Finding {
  readonly severity: 'error' | 'warning' | 'ok'
  /** Null where the words are those of a port or of the system. */
  readonly code: FindingCode | null
  readonly finding: string
  readonly fix: string | null
  readonly lines: readonly string[]
}

/** Everything that a gateway may be able to do besides sending. */
export interface Capabilities {
  /** Accepts another modem or SIM than before: what was held back is sent. Returns a sentence about it. */
  accept(): Promise<string>
  /** Sends a command to a modem. */
  at(text: string): Promise<AtReply>
  /**
   * Calls a number, lets it ring and hangs up; `permit` is asked once, right before the number is dialled. Rejected by
   * the other side is rung: `sent`, without a reference.
   */
  call(request: CallRequest, permit: () => Promise<SendPermit>): Promise<SubmitOutcome>
  /** Finds out what keeps it from working, and what to do about it. */
  examine(): Promise<readonly Finding[]>
  /** Reads now how it is, instead of at the next look; `state` has it then. */
  look(): Promise<void>
  /** Restarts it, as it does by itself when it fails: `how` is a rung of its recovery. */
  restart(how: RestartKind): Promise<void>
  /** What went over its line lately, masked, for a bug report. */
  trace(): string
  /** Takes this PIN for its SIM until the hub ends, and enters it once, with the next try. */
  unlock(pin: string): Promise<void>
  /** Asks the network by USSD: a code and what is chosen in its menus. Answers the last text. */
  ussd(codes: readonly string[]): Promise<string>
}

export type Capability = keyof Capabilities

/** Each with the end of the sentence "gateway m0 can't …". */
export const capabilities = {
  accept: 'accept another modem or SIM',
  at: 'take AT commands',
  call: 'make calls',
  examine: 'be examined',
  look: 'look at its modem',
  restart: 'be restarted',
  trace: 'show a trace of its line',
  unlock: 'take a PIN',
  ussd: 'send USSD codes',
} as const satisfies Readonly<Record<Capability, string>>

/** What has capabilities; those that it lacks are left out of `can`. */
export interface Capable {
  readonly id: string
  readonly can: Readonly<Partial<Capabilities>>
}

/** The message for a missing capability. */
export function lacking(id: string, capability: Capability): string {
  return `gateway ${id} can't ${capabilities[capability]}`
}

/** What a gateway is able to do. Fails with `not_supported` where it is not. */
export function capabilityOf<K extends Capability>({ id, can }: Capable, capability: K): Capabilities[K] {
  const act = can[capability]
  if (act !== undefined) return act
  throw new Fault('not_supported', lacking(id, capability), { gateway: id, capability })
}

export const capabilityNames = Object.keys(capabilities) as readonly Capability[]

/** The names of what it is able to do. */
export function capabilitiesOf({ can }: Pick<Capable, 'can'>): Capability[] {
  return capabilityNames.filter((capability) => can[capability] !== undefined)
}
