import { hashPassword } from '../config/password.ts'
import type { ApiKey, HubUser, KeyLimits, LogIn } from '../ledger/access/access-rows.ts'
import { Fault } from '../message/fault.ts'
import { may, type Rights } from '../message/rights.ts'
import type { Store } from '../store/store.ts'
import { didYouMean } from '../util/nearest.ts'
import { type Bounds, exceeded, unbounded } from './key-limits.ts'
import { newKey } from './key-secrets.ts'
import type { Roll } from './roll.ts'
import { hasManager, isExpired, type Person, personOf, type Roster } from './roster.ts'

export interface KeeperDeps {
  readonly roll: Roll
  readonly store: Store
  now(): number
  log(level: 'info' | 'warn', message: string): void
}

export interface WantedKey extends KeyLimits {
  readonly label: string
  readonly expiresAt: number | null
}

/** A key that has just been made: the only time that it is shown. */
export interface MadeKey {
  readonly key: ApiKey
  readonly text: string
}

/** Makes, changes and removes keys, users and sessions. `asker` is the name of who asks for it. */
export class Keeper {
  readonly #deps: KeeperDeps

  constructor(deps: KeeperDeps) {
    this.#deps = deps
  }

  /** Keys, the oldest first, with their latest use. */
  get keys(): readonly ApiKey[] {
    return [...this.#deps.roll.roster.keys.values()].map((key) => this.#used(key))
  }

  /** One of them. Fails with `not_found`. */
  key(id: string): ApiKey {
    return this.#used(keyOf(id, this.#deps.roll.roster))
  }

  get people(): readonly Person[] {
    return [...this.#deps.roll.roster.people.values()]
  }

  /** Sessions that are not over, with their latest use. */
  get logIns(): readonly LogIn[] {
    const { roll, now } = this.#deps
    return [...roll.roster.logIns.values()]
      .map((logIn) => ({ ...logIn, usedAt: roll.usedAt('logIns', logIn.id) ?? logIn.usedAt }))
      .filter((logIn) => personOf(logIn, roll.roster, now()) !== null)
  }

  addKey(wanted: WantedKey, asker: string): Promise<MadeKey> {
    return this.#change(async (roster) => {
      assertCovers(boundsOf(asker, roster), wanted)
      const made = await this.#make(wanted, asker, null)
      this.#deps.log('info', `the key ${made.key.id} (${made.key.label}) was added (${asker})`)
      return made
    })
  }

  /** Another key with the same limits; the old one is valid for `overlapMs` more. */
  rotateKey(id: string, overlapMs: number, asker: string): Promise<MadeKey> {
    return this.#changeKnown(id, async (old, roster) => {
      this.#assertGiven(old, old, asker, roster)
      const made = await this.#make(old, asker, { id, until: this.#deps.now() + overlapMs })
      this.#deps.log('info', `the key ${id} (${old.label}) is replaced by ${made.key.id} (${asker})`)
      return made
    })
  }

  /**
   * Changes a key, for what is open with it, too: `change` makes of it what it is to be. As for a new one, nobody gives
   * it more than they have.
   */
  changeKey(
    id: string,
    change: (key: ApiKey) => WantedKey,
    confirm: string | undefined,
    asker: string,
  ): Promise<ApiKey> {
    return this.#changeKnown(id, async (old, roster) => {
      const wanted = change(old)
      this.#assertGiven(old, wanted, asker, roster)
      const { label, rights, scopes, perHour, networks, expiresAt } = wanted
      const limits = { rights, scopes, perHour, networks }
      const changed = { ...old, label, ...limits, expiresAt }
      this.#assertManaged(roster, 'keys', id, changed, confirm)
      await this.#deps.store.run('changeKey', { id, label: label === old.label ? null : label, limits, expiresAt })
      this.#deps.log('info', `the key ${id} (${label}) was changed (${asker})`)
      return this.#used(changed)
    })
  }

  removeKey(id: string, confirm: string | undefined, asker: string): Promise<void> {
    return this.#changeKnown(id, async ({ label }, roster) => {
      this.#assertManaged(roster, 'keys', id, null, confirm)
      await this.#deps.store.run('dropKey', { id, now: this.#deps.now() })
      this.#deps.log('info', `the key ${id} (${label}) was removed (${asker})`)
    })
  }

  async addUser(name: string, password: string, rights: Rights, asker: string): Promise<void> {
    const hash = await hashPassword(password)
    await this.#change(async (roster) => {
      assertCovers(boundsOf(asker, roster), unbounded)
      if (roster.people.has(name)) throw new Fault('duplicate', `there is a user "${name}" already`)
      if (roster.people.size === 0 && !may(rights, { act: 'administer' }))
        throw new Fault('invalid_payload', 'the first user must be an admin: nobody else could manage the hub')
      const now = this.#deps.now()
      await this.#keep({ name, password: hash, rights, createdAt: now, changedAt: now })
      this.#deps.log('info', `user "${name}" (${rights.role}) was added (${asker})`)
    })
  }

  /** Changes the rights of a user, in sessions that are open, too. */
  updateUser(
    name: string,
    changed: (before: Person) => Rights,
    confirm: string | undefined,
    asker: string,
  ): Promise<void> {
    return this.#change(async (roster) => {
      assertCovers(boundsOf(asker, roster), unbounded)
      const { person, row } = ownOf(name, roster)
      const rights = changed(person)
      this.#assertManaged(roster, 'people', name, { ...person, rights }, confirm)
      await this.#keep({ ...row, rights })
      this.#deps.log('info', `the rights of user "${name}" were changed (${asker})`)
    })
  }

  /** Sets another password and ends the sessions of the user. */
  async changePassword(name: string, password: string, asker: string): Promise<void> {
    const hash = await hashPassword(password)
    await this.#change(async (roster) => {
      if (asker !== `user:${name}`) assertCovers(boundsOf(asker, roster), unbounded)
      ownOf(name, roster)
      await this.#deps.store.run('changePassword', { name, password: hash, now: this.#deps.now() })
      this.#deps.log('info', `the password of user "${name}" was changed (${asker})`)
    })
  }

  removeUser(name: string, confirm: string | undefined, asker: string): Promise<void> {
    return this.#change(async (roster) => {
      ownOf(name, roster)
      this.#assertManaged(roster, 'people', name, null, confirm)
      await this.#deps.store.run('dropUser', { name, now: this.#deps.now() })
      this.#deps.log('info', `user "${name}" was removed (${asker})`)
    })
  }

  endSession(id: string, asker: string): Promise<void> {
    return this.#change(async () => {
      await this.#deps.store.run('dropLogIn', { id })
      this.#deps.log('info', `a session was ended (${asker})`)
    })
  }

  #used(key: ApiKey): ApiKey {
    return { ...key, usedAt: this.#deps.roll.usedAt('keys', key.id) ?? key.usedAt }
  }

  #change<T>(work: (roster: Roster) => Promise<T>): Promise<T> {
    return this.#deps.roll.change(work)
  }

  /** A change of one key, as it is when its turn has come. Fails with `not_found`. */
  #changeKnown<T>(id: string, work: (old: ApiKey, roster: Roster) => Promise<T>): Promise<T> {
    return this.#change((roster) => work(keyOf(id, roster), roster))
  }

  #keep(user: HubUser): Promise<void> {
    return this.#deps.store.run('keepUser', { user })
  }

  async #make(
    { label, rights, scopes, perHour, networks, expiresAt }: WantedKey,
    madeBy: string,
    replaces: { readonly id: string; readonly until: number } | null,
  ): Promise<MadeKey> {
    const { id, hash, text } = newKey()
    const limits = { rights, scopes, perHour, networks }
    const key = { id, hash, label, ...limits, madeBy, createdAt: this.#deps.now(), expiresAt, usedAt: null }
    await this.#deps.store.run('keepKey', { key, replaces })
    return { key, text }
  }

  /** What a key is to have is given by one that is valid, for as much as the requester has. */
  #assertGiven(old: ApiKey, wanted: Bounds, asker: string, roster: Roster): void {
    if (isExpired(old, this.#deps.now()))
      throw new Fault('conflict', `the key ${old.id} has expired: add another one instead`)
    assertCovers(boundsOf(asker, roster), wanted)
  }

  /** Nobody locks everybody out without knowing, when a key or a person becomes this, or null: is removed. */
  #assertManaged<K extends 'keys' | 'people'>(
    before: Roster,
    kind: K,
    name: string,
    becomes: (K extends 'keys' ? ApiKey : Person) | null,
    confirm: string | undefined,
  ): void {
    const now = this.#deps.now()
    const entries = new Map<string, ApiKey | Person>(before[kind])
    if (becomes === null) entries.delete(name)
    else entries.set(name, becomes)
    const after: Roster = { ...before, [kind]: entries }
    if (!hasManager(before, now) || hasManager(after, now) || confirm === name) return
    const left = after.people.size === 0 ? 'whoever is at its machine' : 'the command line on its machine'
    throw new Fault(
      'not_allowed',
      `"${name}" is the last one that may manage the hub; without it only ${left} can: repeat it with "confirm": "${name}"`,
    )
  }
}

function keyOf(id: string, { keys }: Roster): ApiKey {
  const key = keys.get(id)
  if (key === undefined) throw new Fault('not_found', `there is no key "${id}"${didYouMean(id, keys.keys())}`)
  return key
}

/** A user that can be changed here. */
function ownOf(name: string, { people }: Roster): { readonly person: Person; readonly row: HubUser } {
  const person = people.get(name)
  if (person === undefined) throw new Fault('not_found', `there is no user "${name}"${didYouMean(name, people.keys())}`)
  if (person.row === null)
    throw new Fault('conflict', `"${name}" is a user of smshub.yaml (mqtt.broker.users): change it there`)
  return { person, row: person.row }
}

/** The bounds of who asks: a key gives nothing that it does not have. */
function boundsOf(asker: string, { keys }: Roster): Bounds {
  if (!asker.startsWith('key:')) return unbounded
  return keyOf(asker.slice('key:'.length), { keys } as Roster)
}

function assertCovers(maker: Bounds, wanted: Bounds): void {
  const beyond = exceeded(maker, wanted)
  if (beyond.length === 0) return
  throw new Fault('not_allowed', `a key can't give more than it has: narrow ${beyond.join(', ')}`, { beyond })
}
