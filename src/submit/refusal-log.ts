import type { Clock } from '../util/clock.ts'

/** The next refusal of the same client is logged after this time; those between are counted. */
const quietMs = 60_000
/** Lines a minute, whoever is refused. */
const mostLines = 30
const mostClients = 1_000

/** Logs refused commands, without letting a flood of them become a flood of lines. */
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
    if (known !== undefined && now - known.at < quietMs) {
      known.more++
      return
    }
    if (now - this.#minute.at >= quietMs) this.#minute = { at: now, lines: 0 }
    if (this.#minute.lines++ >= mostLines) return
    if (this.#clients.size >= mostClients) this.#clients.clear()
    this.#clients.set(client, { at: now, more: 0 })
    const more = known === undefined || known.more === 0 ? '' : `; ${known.more} more since the last line`
    this.#write(`refused ${client}: ${refusal}${more}`)
  }
}
