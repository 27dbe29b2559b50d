import type { Clock } from '../../util/clock.ts'

const quarterMs = 900_000

/** The clock of the service centre, with an error and a zone of its own. */
export class ServiceCentreClock {
  readonly #clock: Clock
  /** Its error in milliseconds; positive is fast. */
  offsetMs: number
  /** Minutes east of Greenwich, in quarters of an hour. */
  zoneMinutes: number

  constructor(clock: Clock, { offsetMs, zoneMinutes }: { offsetMs: number; zoneMinutes: number }) {
    this.#clock = clock
    this.offsetMs = offsetMs
    this.zoneMinutes = zoneMinutes
  }

  /** Milliseconds since 1970 by this clock. */
  now(): number {
    return this.#clock.wall() + this.offsetMs
  }

  /** ISO 8601 with the zone, in whole seconds as in TP-SCTS. */
  stamp(at: number = this.now()): string {
    const quarters = Math.round((this.zoneMinutes * 60_000) / quarterMs)
    const local = new Date(at + quarters * quarterMs).toISOString().slice(0, 19)
    const two = (value: number) => String(value).padStart(2, '0')
    const size = Math.abs(quarters)
    return `${local}${quarters < 0 ? '-' : '+'}${two(size >> 2)}:${two((size & 3) * 15)}`
  }
}
