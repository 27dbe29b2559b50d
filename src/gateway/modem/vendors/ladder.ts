/** Recoveries of a modem, the gentlest first. */
export const rungs = {
  resync: 'the line was out of step and is resynchronised',
  restart: 'the modem is set up again',
  reopen: 'the port is closed and opened again',
  radio: 'its radio is switched off and on',
  reset: 'it is reset by a command',
  power: 'its USB device is rebound, or the command of recover: is run',
} as const

export type Rung = keyof typeof rungs

/** By failures in a row; the last four repeat. */
export const usualLadder: readonly Rung[] = ['reopen', 'reopen', 'radio', 'reset', 'reopen', 'power', 'reopen', 'reset']
const repeatedRungs = 4

/** The progress of recovery, and how often each was tried. */
export class Ladder {
  readonly counts: Record<Rung, number> = { resync: 0, restart: 0, reopen: 0, radio: 0, reset: 0, power: 0 }
  #level = 0
  #isExhausted = false

  /** The next recovery, after one more failure. */
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
