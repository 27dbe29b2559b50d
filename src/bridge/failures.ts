import type { LogLevel } from '../message/events.ts'

/** Lines in a minute; the rest are counted. */
const mostLines = 20
const windowMs = 60_000
/** Ends that are as somebody wanted them, or not bad. */
const quiet = ['replied', 'sent', 'delivered', 'cancelled']

interface Ended {
  readonly device?: string | null
  readonly to?: string | null
  readonly command?: string | null
  readonly property?: string
  readonly status: string
  readonly final?: boolean
  readonly ok?: boolean | null
  readonly reason?: string
  readonly error?: { readonly message: string } | null
  readonly command_id: string
}

/** A line of the log for each command that failed, for whoever did not listen to its result. */
export class Failures {
  readonly #log: (level: LogLevel, message: string) => void
  #since = Number.NEGATIVE_INFINITY
  #lines = 0
  #more = 0

  constructor(log: (level: LogLevel, message: string) => void) {
    this.#log = log
  }

  /** The broker has taken this message. */
  published(topic: string, payload: string, now: number): void {
    if (now - this.#since >= windowMs) this.#begin(now)
    if (!topic.endsWith('/result') && topic !== 'sms/status') return
    const ended = JSON.parse(payload) as Ended
    if (!isFailure(ended, topic === 'sms/status')) return
    if (++this.#lines > mostLines) this.#more++
    else this.#log('warn', sentenceOf(ended))
  }

  #begin(now: number): void {
    if (this.#more > 0) this.#log('warn', `${this.#more} more commands failed; smshub history shows them`)
    this.#since = now
    this.#lines = 0
    this.#more = 0
  }
}

/** Texts to people have no result: their status says how they ended. */
function isFailure({ final, ok, status, device, error }: Ended, isStatus: boolean): boolean {
  // What was never taken in is logged where it is rejected, with the name of who asked.
  if (status === 'rejected') return false
  if (isStatus) return (device ?? null) === null && (error ?? null) !== null
  return final === true && (ok === false || !quiet.includes(status))
}

function sentenceOf({ device, to, command, property, status, reason, error, command_id }: Ended): string {
  const what = [device ?? to ?? 'somebody', command ?? 'text', property].filter((word) => word !== undefined).join(' ')
  return `${what}: ${status}: ${error?.message ?? reason ?? 'no reason is known'} (${command_id})`
}
