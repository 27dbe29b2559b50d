/** What is done about a modem that does not serve, the gentlest first. */
export const rungs = {
  resync: 'the line was out of step and is brought back',
  restart: 'the modem is set up anew',
  reopen: 'the port is closed and opened again',
  radio: 'its radio is switched off and on',
  reset: 'it is told to start anew',
  power: 'its USB device is bound anew, or the command of recover: is run',
} as const

export type Rung = keyof typeof rungs

/** By failures one after the other; the last four repeat for as long as it takes. */
export const usualLadder: readonly Rung[] = ['reopen', 'reopen', 'radio', 'reset', 'reopen', 'power', 'reopen', 'reset']
const repeatedRungs = 4

/** How far a modem has fallen, and what has been done about it. */
export class Ladder {
  readonly counts: Record<Rung, number> = { resync: 0, restart: 0, reopen: 0, radio: 0, reset: 0, power: 0 }
  #level = 0
  #isExhausted = false

  /** It has failed once more: what is to be done now. */
  next(ladder: readonly Rung[]): Rung {
    const over = Math.max(0, this.#level - ladder.length)
    const at = this.#level < ladder.length ? this.#level : ladder.length - repeatedRungs + (over % repeatedRungs)
    this.#level++
    this.#isExhausted = this.#level >= ladder.length
    return ladder[at] as Rung
  }

  /** Every rung was tried. */
  get isExhausted(): boolean {
    return this.#isExhausted
  }

  count(rung: Rung): void {
    this.counts[rung]++
  }

  /** It works. */
  well(): void {
    this.#level = 0
    this.#isExhausted = false
  }
}
