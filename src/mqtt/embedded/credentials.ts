import { createHmac, randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'

/** Whether this is the password of the user; slow on purpose, and as slow for a user that does not exist. */
export type PasswordCheck = (user: string, password: Uint8Array) => Promise<boolean>

/** Checks at once: guesses shall not take the whole machine. */
const atOnce = availableParallelism() > 3 ? 2 : 1
/** How many of one lane may wait. */
const mostWaiting = 250
/** Lanes of one source: a name has one of them, by a hash that nobody outside can work out. */
const lanesOfSource = 8
/** Wrong passwords that are known again. */
const mostWrong = 1_000

export interface Attempt {
  readonly user: string
  readonly password: Uint8Array
  /** Where it comes from. */
  readonly source: string
  /** Whether nobody waits for the answer any more. */
  isGone(): boolean
}

interface Waiting {
  isGone(): boolean
  start(): void
  giveUp(): void
}

/**
 * Checks passwords, a few at a time, lane by lane: guesses from one source keep nobody else waiting for long, whatever
 * names they try. In a lane the newest goes first, so that the owner gets in while guesses from the same machine go on.
 * A password that was right or wrong is known again without the slow check.
 */
export class Credentials {
  readonly #check: PasswordCheck
  readonly #key = randomBytes(32)
  readonly #right = new Map<string, string>()
  readonly #wrong = new Set<string>()
  readonly #lanes = new Map<string, Waiting[]>()
  #running = 0

  constructor(check: PasswordCheck) {
    this.#check = check
  }

  /** `busy` when too many of its lane came after it, or its client has gone. */
  async verify(attempt: Attempt): Promise<'right' | 'wrong' | 'busy'> {
    const { user, password } = attempt
    const digest = this.#digest(password).toString('base64')
    if (this.#right.get(user) === digest) return 'right'
    const guess = `${digest} ${this.#digest(user).toString('base64')}`
    if (this.#wrong.has(guess)) return 'wrong'
    if (this.#running < atOnce) this.#running++
    else if (!(await this.#turn(attempt))) return 'busy'
    try {
      if (await this.#check(user, password)) {
        this.#right.set(user, digest)
        return 'right'
      }
      if (this.#wrong.size >= mostWrong) this.#wrong.delete(this.#wrong.values().next().value as string)
      this.#wrong.add(guess)
      return 'wrong'
    } finally {
      this.#next()
    }
  }

  #digest(what: string | Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update(what).digest()
  }

  #turn({ user, source, isGone }: Attempt): Promise<boolean> {
    const lane = `${source} ${this.#digest(user).readUInt8(0) % lanesOfSource}`
    return new Promise((resolve) => {
      const waiting = this.#lanes.get(lane) ?? []
      this.#lanes.set(lane, waiting)
      waiting.push({ isGone, start: () => resolve(true), giveUp: () => resolve(false) })
      if (waiting.length > mostWaiting) waiting.shift()?.giveUp()
    })
  }

  /** Hands the place on to the newest of the lane whose turn it is; then the lane goes to the end. */
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
