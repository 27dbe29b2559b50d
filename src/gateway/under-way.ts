import type { SubmitOutcome } from '../message/submit-outcome.ts'
import { inBackground } from '../util/background.ts'
import type { Clock } from '../util/clock.ts'
import { Latch } from '../util/latch.ts'
import type { Rest } from './rest.ts'

/** For submissions under way when the hub stops: what has no answer then is in doubt. */
const finishMs = 5_000

/** The submissions of a link to a carrier that have not ended, and the pause behind each. */
export class UnderWay {
  readonly #clock: Clock
  readonly #rest: Rest
  readonly #gapMs: number
  readonly #submissions = new Set<Promise<SubmitOutcome>>()
  #isFinishing = false

  constructor(clock: Clock, rest: Rest, gapMs: number) {
    this.#clock = clock
    this.#rest = rest
    this.#gapMs = gapMs
  }

  get count(): number {
    return this.#submissions.size
  }

  async add(submission: Promise<SubmitOutcome>): Promise<SubmitOutcome> {
    this.#submissions.add(submission)
    try {
      const outcome = await submission
      if (this.#gapMs > 0 && !this.#isFinishing) this.#rest.for(this.#gapMs)
      return outcome
    } finally {
      this.#submissions.delete(submission)
    }
  }

  /** Resolves when all have ended, at the latest after five seconds. */
  async finish(): Promise<void> {
    const finished = new Latch()
    this.#isFinishing = true
    this.#rest.stop()
    inBackground(
      () => Promise.allSettled(this.#submissions).then(() => finished.fire()),
      () => finished.fire(),
    )
    await finished.waitUpTo(finishMs, this.#clock)
  }
}
