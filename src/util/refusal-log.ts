import type { Clock } from '../util/clock.ts'

/** Refusals of the same client within this time are only counted. */
const logIntervalMs = 60_000
/** Lines per minute, of all clients. */
const maxLines = 30
const maxClients = 1_000

/** Logs refused commands, with the rate limited. */
export class RefusalLog {
  readonly #clock: Clock
  readonly #write: (line: string) => void
  readonly #clients = new Map<string, { at: number; more: number }>()
  #minute = { at: Number.NEGATIVE_INFINITY, lines: 0 }

  constructor(clock: Clock, write: (line: string) => void) {
    this.#clock = clock
    this.#write = write
  }

  add(client: string, refusal: string): void {
    const now = this.#clock.monotonic()
    const known = this.#clients.get(client)
    if (known !== undefined && now - known.at < logIntervalMs) {
      known.more++
      return
    }
    if (now - this.#minute.at >= logIntervalMs) this.#minute = { at: now, lines: 0 }
    if (this.#minute.lines++ >= maxLines) return
    if (this.#clients.size >= maxClients) this.#clients.clear()
    this.#clients.set(client, { at: now, more: 0 })
    const more = known === undefined || known.more === 0 ? '' : `; ${known.more} more since the last line`
    this.#write(`refused ${client}: ${refusal}${more}`)
  }
}
