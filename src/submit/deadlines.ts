import type { Store } from '../store/store.ts'
import { asError, type Failed } from '../util/background.ts'
import type { Clock } from '../util/clock.ts'
import { Doorbell } from '../util/doorbell.ts'

export interface DeadlineRules {
  now(): number
  holdsUnsafe(): boolean
}

/** Fallback interval, should the bell not ring. */
const sweepIntervalMs = 60_000
/** Accuracy of deadlines, so that a burst of changes causes one sweep. */
const accuracyMs = 50
/** After a failed sweep. */
const retryMs = 1_000

/** Ends waits that are over: times to live, reports, answers, pauses of lanes. */
export class Deadlines {
  readonly #store: Store
  readonly #clock: Clock
  readonly #rules: DeadlineRules
  readonly #bell: Doorbell
  readonly #failed: Failed
  #running = true
  #ended: Promise<void> = Promise.resolve()
  #off: () => void = () => {}

  constructor(store: Store, clock: Clock, rules: DeadlineRules, failed: Failed) {
    this.#failed = failed
    this.#store = store
    this.#clock = clock
    this.#rules = rules
    this.#bell = new Doorbell(clock)
  }

  start(): void {
    this.#off = this.#store.on('deadlines', () => this.#bell.ring())
    this.#ended = this.#run()
  }

  async stop(): Promise<void> {
    this.#running = false
    this.#off()
    this.#bell.ring()
    await this.#ended
  }

  /** Sweeps now, as the clock was set. */
  look(): void {
    this.#bell.ring()
  }

  async #run(): Promise<void> {
    while (this.#running) {
      const seen = this.#bell.rings
      const wait = await this.#sweep().catch((error) => {
        this.#failed(asError(error))
        return retryMs
      })
      await this.#bell.wait(seen, wait)
      if (this.#running && wait > accuracyMs)
        await new Promise<void>((resolve) => this.#clock.after(Math.min(accuracyMs, wait), resolve))
    }
  }

  /** Sweeps once; returns how long nothing will be due. */
  async #sweep(): Promise<number> {
    const now = this.#rules.now()
    const { more, next } = await this.#store.run('sweep', { now, hold: this.#rules.holdsUnsafe() })
    if (more) return 0
    return next === null ? sweepIntervalMs : Math.max(0, Math.min(sweepIntervalMs, next - this.#rules.now()))
  }
}
