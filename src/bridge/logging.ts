import type { LogLevel } from '../message/events.ts'
import { isoTime } from '../message/result.ts'
import type { Ingress } from '../mqtt/ingress.ts'
import { inBackground } from '../util/background.ts'

const levels: readonly string[] = ['error', 'warn', 'info', 'debug']

/**
 * `bridge/logging`: log lines for users without access to the log. They are not stored, a repetition of the last line
 * is left out, and numbers are masked.
 */
export class Logging {
  /** The least level that is published. */
  level: LogLevel | 'none'
  readonly #topic: string
  readonly #ingress: Pick<Ingress, 'connected' | 'publish'>
  readonly #now: () => number
  #last = ''
  /** Lines that the broker has not accepted. */
  lost = 0

  constructor(
    level: LogLevel | 'none',
    topic: string,
    ingress: Pick<Ingress, 'connected' | 'publish'>,
    now: () => number,
  ) {
    this.level = level
    this.#topic = topic
    this.#ingress = ingress
    this.#now = now
  }

  write(level: LogLevel, namespace: string, text: string): void {
    const message = masked(text)
    const line = `${level}${namespace}${message}`
    if (levels.indexOf(level) > levels.indexOf(this.level) || line === this.#last || !this.#ingress.connected) return
    this.#last = line
    const payload = JSON.stringify({ time: isoTime(this.#now()), level, namespace, message })
    // A failure here is not logged: that line would fail the same way.
    inBackground(
      () => this.#ingress.publish({ topic: this.#topic, payload, retain: false, correlation: null }),
      () => this.lost++,
    )
  }
}

/** `+4915112345678` as `+491***678`. */
function masked(text: string): string {
  return text.replace(/\+?\d{7,}/g, (number) => `${number.slice(0, 4)}***${number.slice(-3)}`)
}
