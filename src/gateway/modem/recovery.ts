import type { Channel } from './channel.ts'
import type { Quirks } from './quirks.ts'
import { finalIn } from './results.ts'

/** What is done about a modem that does not serve, the gentlest first (facts: modems, section 14.2). */
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
const ladder: readonly Rung[] = ['reopen', 'reopen', 'radio', 'reset', 'reopen', 'power', 'reopen', 'reset']
const repeating = 4

/** ms of quiet between the two halves of a radio cycle, and behind it. */
const radioOff = 3_000
const radioSettles = 5_000
/** ms for a modem to say that it will start anew. */
const lastWords = 3_000

/** How far a modem has fallen, and what has been done about it. */
export class Ladder {
  readonly counts: Record<Rung, number> = { resync: 0, restart: 0, reopen: 0, radio: 0, reset: 0, power: 0 }
  #level = 0

  /** It has failed once more: what is to be done now. */
  next(): Rung {
    const over = Math.max(0, this.#level - ladder.length)
    const at = this.#level < ladder.length ? this.#level : ladder.length - repeating + (over % repeating)
    this.#level++
    return ladder[at] as Rung
  }

  /** Every rung was tried. */
  get isExhausted(): boolean {
    return this.#level >= ladder.length
  }

  count(rung: Rung): void {
    this.counts[rung]++
  }

  /** It works. */
  well(): void {
    this.#level = 0
  }
}

/** Off and on. To be run inside `channel.exclusive`. */
export async function cycleRadio(channel: Channel): Promise<void> {
  await channel.command('AT+CFUN=0', 15_000)
  await channel.sleep(radioOff)
  await channel.command('AT+CFUN=1', 15_000)
  await channel.sleep(radioSettles)
}

/**
 * Tells the modem to start anew, whether it answers or not: one that has lost its voice may still hear. To be run
 * inside `channel.exclusive`; the port is of no use afterwards.
 */
export async function resetModem(channel: Channel, { reset }: Quirks): Promise<void> {
  channel.write('\x1b')
  await channel.sleep(100)
  for (const text of reset) {
    channel.write(`${text}\r`)
    if (!(await refuses(channel, text))) return
  }
}

function refuses(channel: Channel, echo: string): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (refused: boolean) => {
      timer.cancel()
      channel.listen(null)
      resolve(refused)
    }
    const timer = channel.clock.after(lastWords, () => end(false))
    channel.listen(
      {
        token: (token) => {
          const final = token.kind === 'line' ? finalIn(token.text) : null
          if (final !== null) end(final.kind === 'error')
        },
        reset: () => end(false),
        lost: () => end(false),
      },
      { echo },
    )
  })
}
