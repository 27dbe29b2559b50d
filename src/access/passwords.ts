import { passwordCheck } from '../config/password.ts'
import type { CredentialKind } from '../message/events.ts'
import type { Clock } from '../util/clock.ts'
import { FairLanes } from '../util/fair-lanes.ts'
import { sourceOf } from '../util/networks.ts'
import { Guesses } from './guesses.ts'
import { digestOf } from './key-secrets.ts'
import { type Refused, refusal } from './proof.ts'
import type { Person } from './roster.ts'

export interface PasswordGuess {
  readonly name: string
  readonly password: string
  readonly address: string
  /** Whether the client has gone. */
  isGone(): boolean
}

export interface PasswordsDeps {
  readonly clock: Clock
  people(): ReadonlyMap<string, Person>
  /** A guess was refused; once for each that is checked. */
  failed(kind: CredentialKind, address: string, words: string): void
}

/** Wrong passwords within fifteen minutes from one address: for one name, and for all. */
const maxOfName = 5
const maxOfAddress = 20
/** Checks at the same time: each takes a core and 32 MiB for a sixth of a second. */
const atOnce = 2
/** Guesses that wait, of one address and of all. */
const maxWaitingOfAddress = 20
const maxWaiting = 200
/** Retry-After where too many wait. */
const busySeconds = 5

/** Checks the passwords of people. Who guesses is slowed down; the owner elsewhere is not. */
export class Passwords {
  readonly #deps: PasswordsDeps
  readonly #isRight: ReturnType<typeof passwordCheck>
  readonly #names: Guesses
  readonly #addresses: Guesses
  readonly #lanes = new FairLanes(atOnce, maxWaitingOfAddress)
  #waiting = 0

  constructor(deps: PasswordsDeps) {
    this.#deps = deps
    this.#isRight = passwordCheck(
      () => new Map([...deps.people()].map(([name, { password }]) => [name, password] as const)),
    )
    this.#names = new Guesses(deps.clock, maxOfName)
    this.#addresses = new Guesses(deps.clock, maxOfAddress)
  }

  async check({ name, password, address, isGone }: PasswordGuess): Promise<Person | Refused> {
    const source = sourceOf(address)
    // A name may be as long as the body, and may be a password in the wrong field.
    const key = `${source} ${digestOf(name)}`
    const wait = Math.max(this.#names.waitOf(key), this.#addresses.waitOf(source))
    if (wait > 0) return slowDown('too many wrong passwords', wait)
    if (this.#waiting >= maxWaiting) return slowDown('too many passwords are being checked', busySeconds)
    this.#names.add(key)
    this.#addresses.add(source)
    const verdict = await this.#verdict({ name, password, address, isGone }, source)
    if (verdict === 'wrong') {
      const known = this.#deps.people().has(name) ? `"${name}"` : 'an unknown name'
      this.#deps.failed('password', address, `a wrong password for ${known}`)
      return refusal('unauthenticated', 'wrong name or password')
    }
    this.#addresses.takeBack(source)
    if (verdict !== 'busy') {
      this.#names.forget(key)
      return verdict
    }
    this.#names.takeBack(key)
    return slowDown('too many passwords are being checked', busySeconds)
  }

  async #verdict({ name, password, isGone }: PasswordGuess, source: string): Promise<Person | 'wrong' | 'busy'> {
    this.#waiting++
    try {
      return await this.#lanes.run(source, isGone, async () => {
        const before = this.#deps.people().get(name)
        const isRight = await this.#isRight(name, password)
        const person = this.#deps.people().get(name)
        // It may have been changed or removed meanwhile.
        return isRight && person !== undefined && person.password === before?.password ? person : 'wrong'
      })
    } finally {
      this.#waiting--
    }
  }
}

const slowDown = (words: string, seconds: number): Refused => ({
  ...refusal('rate_limited', `${words}: try again in ${seconds} s`),
  retryAfter: seconds,
})
