import type { ApiKey } from '../ledger/access/access-rows.ts'
import type { Caller } from '../message/caller.ts'
import type { CredentialKind } from '../message/events.ts'
import { isoTime } from '../message/result.ts'
import type { Store } from '../store/store.ts'
import type { Clock } from '../util/clock.ts'
import { isWithin, sourceOf } from '../util/networks.ts'
import { Guesses } from './guesses.ts'
import { digestOf, isSecret, newId, newSessionId, readKey } from './key-secrets.ts'
import { type PasswordGuess, Passwords } from './passwords.ts'
import { type Peer, type Proof, type Refused, refusal } from './proof.ts'
import type { Roll } from './roll.ts'
import { isExpired, type Person, personOf, proofOf } from './roster.ts'

export interface ProverDeps {
  readonly roll: Roll
  readonly store: Store
  readonly clock: Clock
  now(): number
  log(level: 'info' | 'warn', message: string): void
  /** A refused request, of which many may come. */
  failed(kind: CredentialKind, address: string, words: string): void
}

/** Wrong keys of one address within fifteen minutes; right ones are always taken. */
const maxWrongKeys = 20
/** Of what a browser calls itself. */
const maxAgentLength = 200

/** A session that has just begun. */
export interface Begun {
  /** The secret for the cookie. */
  readonly session: string
  readonly caller: Caller
}

/** Proves who makes a request. */
export class Prover {
  readonly #deps: ProverDeps
  readonly #passwords: Passwords
  readonly #wrongKeys: Guesses

  constructor(deps: ProverDeps) {
    this.#deps = deps
    this.#passwords = new Passwords({ ...deps, people: () => deps.roll.roster.people })
    this.#wrongKeys = new Guesses(deps.clock, maxWrongKeys)
  }

  /** Nobody has a password yet: who is at this machine may do everything. */
  get isOpen(): boolean {
    return this.#deps.roll.roster.people.size === 0
  }

  /** By the place, where no password is set yet; null elsewhere. */
  byPlace({ isHere }: Peer): Caller | null {
    if (!this.isOpen || !isHere) return null
    return { name: 'loopback', via: 'loopback', rights: { role: 'admin' }, scopes: null, perHour: null }
  }

  /** By a key. */
  byKey(text: string, { address }: Peer): Proof {
    const key = this.#keyOf(text)
    if (key === null) return this.#wrongKey(address)
    const refused = this.#refusalOf(key, address)
    if (refused !== null) return refused
    this.#deps.roll.used('keys', key.id)
    return { caller: callerOfKey(key) }
  }

  /** By a key that was proven before, as it is now: that is no use of it, and no guess. Null where it has ended. */
  byKeyStill(text: string, { address }: Peer): Caller | null {
    const key = this.#keyOf(text)
    return key === null || this.#refusalOf(key, address) !== null ? null : callerOfKey(key)
  }

  #keyOf(text: string): ApiKey | null {
    const { id = '', secret = '' } = readKey(text) ?? {}
    const key = this.#deps.roll.roster.keys.get(id)
    return key !== undefined && isSecret(secret, key.hash) ? key : null
  }

  #refusalOf(key: ApiKey, address: string): Refused | null {
    if (isExpired(key, this.#deps.now()))
      return refusal('unauthenticated', `the key ${key.id} expired on ${isoTime(key.expiresAt ?? 0)}: make another one`)
    if (key.networks !== null && !isWithin(address, key.networks))
      return refusal('not_allowed', `the key ${key.id} may not be used from ${address}`)
    return null
  }

  #wrongKey(address: string): Refused {
    const source = sourceOf(address)
    const wait = this.#wrongKeys.waitOf(source)
    if (wait > 0) return { ...refusal('rate_limited', `too many wrong keys: try again in ${wait} s`), retryAfter: wait }
    this.#wrongKeys.add(source)
    this.#deps.failed('key', address, 'a wrong key')
    return refusal('unauthenticated', 'the key is wrong, or was removed: smshub keys list shows those that there are')
  }

  /** By the secret of a session; null where it is over. One that was begun over TLS is valid over TLS only. */
  bySession(secret: string, peer: Peer): Caller | null {
    const begun = this.#logInOf(secret, peer)
    if (begun === null) return null
    this.#deps.roll.used('logIns', begun.id)
    return callerOf(begun.person)
  }

  /** The same of a session that was proven before, without a use of it: what is only left open ends, too. */
  bySessionStill(secret: string, peer: Peer): Caller | null {
    const begun = this.#logInOf(secret, peer)
    return begun === null ? null : callerOf(begun.person)
  }

  #logInOf(secret: string, { secure }: Peer): { readonly id: string; readonly person: Person } | null {
    const { roll, now } = this.#deps
    const stored = roll.roster.logIns.get(digestOf(secret))
    if (stored === undefined || stored.secure !== secure) return null
    const logIn = { ...stored, usedAt: roll.usedAt('logIns', stored.id) ?? stored.usedAt }
    const person = personOf(logIn, roll.roster, now())
    return person === null ? null : { id: logIn.id, person }
  }

  /** Begins a session with a password. */
  async logIn(guess: PasswordGuess, peer: Peer, agent: string): Promise<Begun | Refused> {
    if (this.isOpen) {
      const way = 'set the first one on the machine of the hub: open its page there, or run smshub users add <name>'
      return refusal('not_allowed', `no password is set yet: ${way}`)
    }
    const person = await this.#passwords.check(guess)
    if ('refused' in person) return person
    if (person.rights.role === undefined)
      return refusal('not_allowed', `"${person.name}" has no role: add one in smshub.yaml, besides its topics`)
    const begun = await this.#begin(person, peer, agent)
    this.#deps.log('info', `user "${person.name}" logged in from ${peer.address}`)
    return begun
  }

  /** Begins a session of a user who has just set another password, which ended the one before. */
  async logInAgain({ name }: Caller, peer: Peer, agent: string): Promise<Begun | null> {
    const person = this.#deps.roll.roster.people.get(name.replace(/^user:/, ''))
    return person === undefined ? null : this.#begin(person, peer, agent)
  }

  /** The person of a password; the same limits apply as for a log-in. */
  check(guess: PasswordGuess): Promise<Person | Refused> {
    return this.#passwords.check(guess)
  }

  async logOut(secret: string): Promise<void> {
    const { roll, store } = this.#deps
    const logIn = roll.roster.logIns.get(digestOf(secret))
    if (logIn !== undefined) await roll.change(() => store.run('dropLogIn', { id: logIn.id }))
  }

  async #begin(person: Person, { address, secure }: Peer, agent: string): Promise<Begun> {
    const { roll, store } = this.#deps
    const session = newSessionId()
    const now = this.#deps.now()
    const logIn = {
      id: newId(),
      hash: digestOf(session),
      user: person.name,
      proof: proofOf(person),
      secure,
      address,
      agent: agent.slice(0, maxAgentLength),
      startedAt: now,
      usedAt: now,
    }
    await roll.change(() => store.run('keepLogIn', { logIn, now }))
    return { session, caller: callerOf(person) }
  }
}

const callerOfKey = ({ id, rights, scopes, perHour }: ApiKey): Caller => ({
  name: `key:${id}`,
  via: 'key',
  rights,
  scopes,
  perHour,
})

const callerOf = ({ name, rights }: Person): Caller => ({
  name: `user:${name}`,
  via: 'session',
  rights,
  scopes: null,
  perHour: null,
})
