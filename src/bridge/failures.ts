import type { LogLevel } from '../message/events.ts'
import type { HubEvent } from '../message/hub-event.ts'
import type { ResultDocument, SmsStatusDocument } from '../message/result.ts'

/** Lines per window; further ones are only counted. */
const maxLines = 20
const windowMs = 60_000
/** Final statuses that were intended, or are not failures. */
const quiet = ['replied', 'sent', 'delivered', 'cancelled']

/** Logs each failed command, as its result may have no subscriber. */
export class Failures {
  readonly #log: (level: LogLevel, message: string) => void
  #since = Number.NEGATIVE_INFINITY
  #lines = 0
  #more = 0

  constructor(log: (level: LogLevel, message: string) => void) {
    this.#log = log
  }

  /** The broker has accepted this event. */
  published(event: HubEvent, now: number): void {
    if (now - this.#since >= windowMs) this.#begin(now)
    const failure = failureIn(event)
    if (failure === null) return
    if (++this.#lines > maxLines) this.#more++
    else this.#log('warn', failure)
  }

  #begin(now: number): void {
    if (this.#more > 0) this.#log('warn', `${this.#more} more commands failed; smshub history shows them`)
    this.#since = now
    this.#lines = 0
    this.#more = 0
  }
}

/** Texts to people have no result, only a status. */
function failureIn({ kind, subject, data }: HubEvent): string | null {
  // Rejected requests are logged where they are rejected, with the name of the requester.
  if (kind === 'sms_status' || kind === 'unkept_sms_status') {
    const { status, device, error, to } = data
    return status === 'rejected' || device !== null || error === null ? null : sentenceOf(to, ['text'], data)
  }
  if ((kind !== 'result' && kind !== 'unkept_result') || subject === '' || !data.final || data.status === 'rejected')
    return null
  const { ok, status, device, command, property } = data
  return ok !== false && quiet.includes(status) ? null : sentenceOf(device, [command, property], data)
}

type Ended = Pick<ResultDocument, 'status' | 'reason' | 'error' | 'command_id'> | SmsStatusDocument

function sentenceOf(who: string | null, words: readonly (string | null | undefined)[], ended: Ended): string {
  const { status, reason, error, command_id } = ended
  const what = [who ?? 'somebody', ...words].filter((word) => word !== undefined && word !== null).join(' ')
  return `${what}: ${status}: ${error?.message ?? reason ?? 'unknown reason'} (${command_id})`
}
