import type { LogLevel } from '../message/events.ts'
import { isoTime } from '../message/result.ts'
import type { Ingress } from '../mqtt/ingress.ts'
import { inBackground } from '../util/background.ts'

const levels: readonly string[] = ['error', 'warn', 'info', 'debug']

/**
 * `bridge/logging`: log lines for those who have no other way to them. Nothing is kept for it, and a line that says
 * again what the last one said is left out. Numbers are masked.
 */
export class Logging {
  /** The least that is told. */
  level: LogLevel | 'none'
  readonly #topic: string
  readonly #ingress: Pick<Ingress, 'connected' | 'publish'>
  readonly #now: () => number
  #last = ''
  /** Lines that the broker did not take. */
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

  write(level: LogLevel, namespace: string, said: string): void {
    const message = masked(said)
    const line = `${level}${namespace}${message}`
    if (levels.indexOf(level) > levels.indexOf(this.level) || line === this.#last || !this.#ingress.connected) return
    this.#last = line
    const payload = JSON.stringify({ time: isoTime(this.#now()), level, namespace, message })
    // A line that the broker did not take is not logged again: that line would come the same way.
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
