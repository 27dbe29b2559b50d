import { createHmac, randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { FairLanes } from '../../util/fair-lanes.ts'

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

/**
 * Checks passwords: guesses from one source do not delay others for long, whatever names they try. Results are cached,
 * so that a repeated password needs no slow check.
 */
export class Credentials {
  readonly #check: PasswordCheck
  readonly #key = randomBytes(32)
  readonly #right = new Map<string, string>()
  readonly #wrong = new Set<string>()
  readonly #lanes = new FairLanes(atOnce, maxWaiting)

  constructor(check: PasswordCheck) {
    this.#check = check
  }

  /** `busy` when too many newer ones are in its lane, or its client has gone. */
  async verify({ user, password, source, isGone }: Attempt): Promise<'right' | 'wrong' | 'busy'> {
    const digest = this.#digest(password).toString('base64')
    if (this.#right.get(user) === digest) return 'right'
    const guess = `${digest} ${this.#digest(user).toString('base64')}`
    if (this.#wrong.has(guess)) return 'wrong'
    const lane = `${source} ${this.#digest(user).readUInt8(0) % lanesPerSource}`
    return this.#lanes.run(lane, isGone, async () => {
      if (await this.#check(user, password)) {
        this.#right.set(user, digest)
        return 'right'
      }
      if (this.#wrong.size >= maxWrong) this.#wrong.delete(this.#wrong.values().next().value as string)
      this.#wrong.add(guess)
      return 'wrong'
    })
  }

  #digest(what: string | Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update(what).digest()
  }
}
