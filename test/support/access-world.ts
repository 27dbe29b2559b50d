import { randomBytes, scryptSync } from 'node:crypto'
import { Access } from '../../src/access/index.ts'
import type { Peer } from '../../src/access/proof.ts'
import type { FileUser } from '../../src/access/roster.ts'
import type { Bell } from '../../src/ledger/tx.ts'
import type { Asker } from '../../src/message/accepted.ts'
import { ownAsker } from '../../src/message/accepted.ts'
import type { CredentialKind } from '../../src/message/events.ts'
import type { Store } from '../../src/store/store.ts'
import { FakeClock } from '../fake-clock.ts'
import { Ledger } from './ledger.ts'

/** A hash of a password that costs next to nothing to check. */
export function cheapHash(password: string): string {
  const salt = randomBytes(16)
  const hash = scryptSync(password, salt, 32, { N: 64, r: 8, p: 1 })
  return ['scrypt', 6, 8, 1, salt.toString('base64url'), hash.toString('base64url')].join(':')
}

export const at = (address: string, over: Partial<Peer> = {}): Peer => ({
  address,
  secure: false,
  isHere: false,
  ...over,
})
export const home = at('192.168.1.5')

/** Who may make requests, on a real ledger and a clock that the test sets. */
export class AccessWorld {
  readonly clock = new FakeClock()
  readonly ledger = new Ledger()
  readonly log: string[] = []
  /** Who could not prove who they are, by what. */
  readonly unproven: CredentialKind[] = []
  /** Operations of the store that were called. */
  readonly calls: string[] = []
  access: Access
  readonly #listeners = new Map<Bell, () => void>()

  private constructor(users: Readonly<Record<string, FileUser>>) {
    this.access = this.#make(users)
  }

  static async start(users: Readonly<Record<string, FileUser>> = {}): Promise<AccessWorld> {
    const world = new AccessWorld(users)
    await world.access.start()
    return world
  }

  /** The hub is started again, perhaps with another configuration. */
  async restart(users: Readonly<Record<string, FileUser>> = {}): Promise<void> {
    await this.access.stop()
    this.ledger.restart()
    this.access = this.#make(users)
    await this.access.start()
  }

  get prover() {
    return this.access.prover
  }

  get keeper() {
    return this.access.keeper
  }

  /** A log-in. */
  logIn(name: string, password: string, peer = home) {
    return this.prover.logIn({ name, password, address: peer.address, isGone: () => false }, peer, 'a browser')
  }

  /** The clock was set. */
  timesMoved(): void {
    this.#listeners.get('times')?.()
  }

  #make(users: Readonly<Record<string, FileUser>>): Access {
    const { clock, ledger, calls, log, unproven } = this
    const store = {
      run: async (name: never, args: never) => {
        calls.push(name)
        return ledger.run(name, args)
      },
      on: (bell: Bell, listener: () => void) => {
        this.#listeners.set(bell, listener)
        return () => {}
      },
    } as unknown as Store
    const now = () => clock.wall()
    return new Access({
      store,
      clock,
      users,
      now,
      unproven: (kind) => unproven.push(kind),
      log: (level, line) => log.push(`${level} ${line}`),
    })
  }
}

export const asked = (over: Partial<Asker>): Asker => ({ ...ownAsker('somebody', 'local'), surface: 'http', ...over })
