import { createHmac, randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'

/** Whether this is the password of the user; deliberately slow, and as slow for an unknown user. */
export type PasswordCheck = (user: string, password: Uint8Array) => Promise<boolean>

/** Parallel checks: guessing must not load the whole machine. */
const atOnce = availableParallelism() > 3 ? 2 : 1
/** Attempts that may wait in a lane. */
const maxWaiting = 250
/** Lanes of a source: each name has one of them, by a keyed hash. */
const lanesPerSource = 8
/** Cached wrong passwords. */
const maxWrong = 1_000

export interface Attempt {
  readonly user: string
  readonly password: Uint8Array
  /** Its network address, or its network. */
  readonly source: string
  /** Whether the client has gone. */
  isGone(): boolean
}

interface Waiting {
  isGone(): boolean
  start(): void
  giveUp(): void
}

/**
 * Checks passwords, a few at a time and lane by lane: guesses from one source do not delay others for long, whatever
 * names they try. In a lane the newest is first, so that the owner can log in while guesses from the same machine
 * continue. Results are cached, so that a repeated password needs no slow check.
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

  /** `busy` when too many newer ones are in its lane, or its client has gone. */
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
      if (this.#wrong.size >= maxWrong) this.#wrong.delete(this.#wrong.values().next().value as string)
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
    const lane = `${source} ${this.#digest(user).readUInt8(0) % lanesPerSource}`
    return new Promise((resolve) => {
      const waiting = this.#lanes.get(lane) ?? []
      this.#lanes.set(lane, waiting)
      waiting.push({ isGone, start: () => resolve(true), giveUp: () => resolve(false) })
      if (waiting.length > maxWaiting) waiting.shift()?.giveUp()
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
