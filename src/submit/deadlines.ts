import type { Store } from '../store/store.ts'
import { asError, type Failed } from '../util/background.ts'
import type { Clock } from '../util/clock.ts'
import { Doorbell } from '../util/doorbell.ts'

export interface DeadlineRules {
  now(): number
  holdsUnsafe(): boolean
}

/** The slow sweep behind the bell, in ms. */
const slowSweep = 60_000
/** Deadlines are met this exactly; a burst of changes costs one look. */
const grain = 50
/** ms behind a sweep that failed. */
const againMs = 1_000

/** Ends the waits that are over: times to live, reports, answers, rests of lanes. */
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

  /** Looks again now: time itself has changed. */
  look(): void {
    this.#bell.ring()
  }

  async #run(): Promise<void> {
    while (this.#running) {
      const seen = this.#bell.rings
      const wait = await this.#sweep().catch((error) => {
        this.#failed(asError(error))
        return againMs
      })
      await this.#bell.wait(seen, wait)
      if (this.#running && wait > grain)
        await new Promise<void>((resolve) => this.#clock.after(Math.min(grain, wait), resolve))
    }
  }

  /** Sweeps once; answers how long nothing will be due. */
  async #sweep(): Promise<number> {
    const now = this.#rules.now()
    const { more, next } = await this.#store.run('sweep', { now, hold: this.#rules.holdsUnsafe() })
    if (more) return 0
    return next === null ? slowSweep : Math.max(0, Math.min(slowSweep, next - this.#rules.now()))
  }
}
