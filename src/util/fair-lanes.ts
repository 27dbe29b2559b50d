interface Waiting {
  isGone(): boolean
  start(): void
  giveUp(): void
}

/**
 * Turns for slow work, a few at a time and lane by lane: many in one lane do not delay those of others for long. In a
 * lane the newest is first, so that somebody who waits for an answer gets it while a flood from the same place goes on.
 */
export class FairLanes {
  readonly #atOnce: number
  readonly #maxWaiting: number
  readonly #lanes = new Map<string, Waiting[]>()
  #running = 0

  /** `maxWaiting` is for each lane: the oldest gives way. */
  constructor(atOnce: number, maxWaiting: number) {
    this.#atOnce = atOnce
    this.#maxWaiting = maxWaiting
  }

  /** `busy` when too many newer ones are in its lane, or the one who asked for it has gone. */
  async run<T>(lane: string, isGone: () => boolean, work: () => Promise<T>): Promise<T | 'busy'> {
    if (this.#running < this.#atOnce) this.#running++
    else if (!(await this.#turn(lane, isGone))) return 'busy'
    try {
      return await work()
    } finally {
      this.#next()
    }
  }

  #turn(lane: string, isGone: () => boolean): Promise<boolean> {
    return new Promise((resolve) => {
      const waiting = this.#lanes.get(lane) ?? []
      this.#lanes.set(lane, waiting)
      waiting.push({ isGone, start: () => resolve(true), giveUp: () => resolve(false) })
      if (waiting.length > this.#maxWaiting) waiting.shift()?.giveUp()
    })
  }

  /** Takes the newest of the next lane, which then moves to the end. */
  #next(): void {
    for (const [lane, waiting] of this.#lanes) {
      this.#lanes.delete(lane)
      for (let newest = waiting.pop(); newest !== undefined; newest = waiting.pop()) {
        if (newest.isGone()) {
          newest.giveUp()
          continue
        }
        if (waiting.length > 0) this.#lanes.set(lane, waiting)
        newest.start()
        return
      }
    }
    this.#running--
  }
}
