import { randomBytes } from 'node:crypto'
import type { Clock } from '../util/clock.ts'
import type { Reader } from './event-streams.ts'

export const ticketSeconds = 30
/** Those that are not used in time. */
const maxTickets = 1_000

/**
 * Tickets for one stream each: an EventSource can set no header, and what is in an address may be seen by others, such
 * as proxies that log it. Reconnecting needs another one.
 */
export class EventTickets {
  readonly #clock: Clock
  /** The oldest first. */
  readonly #tickets = new Map<string, { readonly reader: Reader; readonly until: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  make(reader: Reader): string {
    const ticket = randomBytes(32).toString('base64url')
    const now = this.#clock.monotonic()
    for (const [old, { until }] of this.#tickets)
      if (until <= now || this.#tickets.size >= maxTickets) this.#tickets.delete(old)
      else break
    this.#tickets.set(ticket, { reader, until: now + ticketSeconds * 1_000 })
    return ticket
  }

  /** Who got it; null where it is unknown, used or too old. */
  take(ticket: string): Reader | null {
    const found = this.#tickets.get(ticket)
    this.#tickets.delete(ticket)
    return found !== undefined && found.until > this.#clock.monotonic() ? found.reader : null
  }
}
