import { Fault, type FaultCode } from '../message/fault.ts'

/** Values of `command_status` (SMPP 3.4 clause 5.1.3). */
export const statuses = {
  ok: 0x00,
  invalidMessageLength: 0x01,
  invalidCommandLength: 0x02,
  wrongBindState: 0x04,
  alreadyBound: 0x05,
  systemError: 0x08,
  invalidSource: 0x0a,
  invalidDestination: 0x0b,
  invalidMessageId: 0x0c,
  bindFailed: 0x0d,
  invalidPassword: 0x0e,
  cancelFailed: 0x11,
  replaceFailed: 0x13,
  queueFull: 0x14,
  invalidEsmClass: 0x43,
  submitFailed: 0x45,
  invalidReplaceFlag: 0x54,
  throttled: 0x58,
  invalidSchedule: 0x61,
  invalidExpiry: 0x62,
  invalidDefaultMessage: 0x63,
  temporaryFailure: 0x64,
} as const

/** A request that is answered with a status, for a reason that the log has. */
export class Refusal extends Error {
  readonly status: number

  constructor(status: number, reason: string) {
    super(reason)
    this.name = 'Refusal'
    this.status = status
  }
}

/**
 * What a client does about it follows from the status: it repeats 14 and 58 later, by its own schedule, and 08 a few
 * times; everything else it gives up.
 */
const ofFaults: Readonly<Partial<Record<FaultCode, number>>> = {
  rate_limited: statuses.throttled,
  queue_full: statuses.queueFull,
  storage_full: statuses.systemError,
  storage_failed: statuses.systemError,
  internal: statuses.systemError,
  invalid_payload: statuses.invalidDestination,
  number_blocked: statuses.invalidDestination,
  not_allowed: statuses.invalidDestination,
  text_too_long: statuses.invalidMessageLength,
  ttl_expired: statuses.invalidExpiry,
  malformed_pdu: statuses.invalidCommandLength,
}

export function statusOf(error: unknown): number {
  return error instanceof Refusal ? error.status : (ofFaults[Fault.from(error).code] ?? statuses.submitFailed)
}
