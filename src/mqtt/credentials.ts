import { createHmac, randomBytes } from 'node:crypto'

/** Whether this is the password of the user; slow on purpose. */
export type PasswordCheck = (user: string, password: Uint8Array) => Promise<boolean>

/** Checks at once, and how many may wait: guesses must not keep everybody else out. */
const atOnce = 2
const mostWaiting = 200

/** Checks passwords, a few at a time. One that was right is known again without the slow check. */
export class Credentials {
  readonly #check: PasswordCheck
  readonly #key = randomBytes(32)
  readonly #known = new Map<string, string>()
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(check: PasswordCheck) {
    this.#check = check
  }

  /** `busy` when too many wait already. */
  async verify(user: string, password: Uint8Array): Promise<'right' | 'wrong' | 'busy'> {
    const digest = createHmac('sha256', this.#key).update(password).digest('base64')
    if (this.#known.get(user) === digest) return 'right'
    if (this.#waiting.length >= mostWaiting) return 'busy'
    if (this.#running >= atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#running++
    try {
      if (!(await this.#check(user, password))) return 'wrong'
      this.#known.set(user, digest)
      return 'right'
    } finally {
      this.#running--
      this.#waiting.shift()?.()
    }
  }
}
