/**
 * Every error with a code. `retryable`: the same request may succeed later, unchanged. `hint`: what the reader can do
 * about it, for codes whose messages do not name it.
 */
export const faults = {
  // Requests of clients. These codes are the contract of `<device>/result` and `bridge/response`.
  invalid_payload: {
    retryable: false,
    hint: 'Send UTF-8 text or JSON of at most 64 KiB in the form that the topic takes.',
  },
  unknown_device: { retryable: false, hint: 'Add the device to smshub.yaml, or correct the topic.' },
  unknown_command: { retryable: false, hint: 'The profile lists its commands: smshub devices show <profile>.' },
  unknown_property: { retryable: false, hint: 'The profile lists its properties: smshub devices show <profile>.' },
  not_found: { retryable: false },
  out_of_range: { retryable: false },
  not_allowed: { retryable: false },
  retained_command: { retryable: false, hint: 'Publish commands without the retain flag.' },
  conflict: { retryable: false, hint: 'Look at it again: its state is not what the request takes it for.' },
  duplicate: { retryable: false, hint: 'Wait for the running command, or add "force": true.' },
  rate_limited: {
    retryable: true,
    hint: 'Wait, or raise the quota in smshub.yaml.',
  },
  queue_full: { retryable: true, hint: 'Wait until queued commands have been sent.' },
  ttl_expired: { retryable: true, hint: 'Publish it again if it is still wanted.' },
  not_supported: { retryable: false, hint: 'gateway/list shows what each gateway can do.' },
  no_gateway: { retryable: true, hint: 'Connect a modem, or name one under gateways: in smshub.yaml.' },
  number_blocked: { retryable: false, hint: 'Add the number under contacts:, or set sms.destinations: any.' },
  text_too_long: { retryable: false, hint: 'Shorten the text.' },
  encoding_error: { retryable: false },
  // Sending and answers.
  modem_error: { retryable: true, hint: 'smshub modem doctor <gateway> finds the cause.' },
  carrier_error: { retryable: true, hint: 'Check the account at the carrier; details have the code of its protocol.' },
  network_rejected: { retryable: false },
  delivery_failed: { retryable: true },
  reply_timeout: { retryable: true, hint: 'Check the power, the reception and the credit of the device.' },
  reply_mismatch: { retryable: false, hint: 'Send one command at a time; the text is on sms/received.' },
  device_error: { retryable: false, hint: 'See reply.text.' },
  internal: { retryable: true, hint: 'A defect of the hub: please report it with the log.' },
  // For the operator of the hub.
  invalid_config: { retryable: false },
  invalid_profile: { retryable: false },
  data_locked: { retryable: false, hint: 'Stop the other hub, or give this one another data folder.' },
  store_damaged: { retryable: false },
  store_newer: { retryable: false, hint: 'Install the newer smshub that wrote this store.' },
  storage_full: { retryable: true, hint: 'Free space on the disk that holds the data folder.' },
  storage_failed: {
    retryable: true,
    hint: 'The disk of the data folder is not writable (read-only after an error, a quota): see the system log (dmesg).',
  },
  port_failed: { retryable: true },
  malformed_pdu: { retryable: false, hint: 'details.error, field and octet locate the error in the PDU.' },
} as const satisfies Record<string, FaultRow>

export type FaultCode = keyof typeof faults

interface FaultRow {
  readonly retryable: boolean
  readonly hint?: string
}

export function hintOf(code: FaultCode): string | undefined {
  const row: FaultRow = faults[code]
  return row.hint
}

/** The disk can't be written to: the data is valid, and any other data would fail as well. */
export const isDiskFault = (code: FaultCode): boolean => code === 'storage_full' || code === 'storage_failed'

/** The only error class. `detail` is plain data that a client, a test or a log line may show. */
export class Fault extends Error {
  readonly code: FaultCode
  readonly detail: Readonly<Record<string, unknown>>

  constructor(code: FaultCode, message: string, detail: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'Fault'
    this.code = code
    this.detail = detail
  }

  get retryable(): boolean {
    return faults[this.code].retryable
  }

  /** Any thrown value as a Fault; an unexpected one is `internal`. */
  static from(error: unknown): Fault {
    if (error instanceof Fault) return error
    return new Fault('internal', error instanceof Error ? error.message : String(error), {}, error)
  }
}

/** The error object of results and responses. */
export interface ErrorReport {
  readonly code: FaultCode
  readonly message: string
  readonly retryable: boolean
  readonly details?: Readonly<Record<string, unknown>>
}

export function errorReport(fault: Fault): ErrorReport {
  const report = { code: fault.code, message: fault.message, retryable: fault.retryable }
  return Object.keys(fault.detail).length > 0 ? { ...report, details: fault.detail } : report
}

/** The error of a published result: with the hint of its code. */
export interface PublishedError extends ErrorReport {
  readonly hint?: string
}

export function publishedError(error: ErrorReport): PublishedError {
  const hint = hintOf(error.code)
  return hint === undefined ? error : { ...error, hint }
}
