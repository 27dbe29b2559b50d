import type { AccessRows, ApiKey, HubUser, LogIn } from '../ledger/access/access-rows.ts'
import { logInSpans } from '../ledger/access/log-ins.ts'
import { may, type Rights } from '../message/rights.ts'
import { digestOf } from './key-secrets.ts'

/** A user of smshub.yaml, for MQTT and HTTP alike. */
export interface FileUser extends Rights {
  /** Hash of the password (scrypt). */
  readonly password: string
}

/** Somebody with a password. */
export interface Person {
  readonly name: string
  readonly password: string
  readonly rights: Rights
  /** The row of one that was added while the hub ran; null for one of smshub.yaml. */
  readonly row: HubUser | null
}

/** Who may make requests, in memory. */
export interface Roster {
  readonly keys: ReadonlyMap<string, ApiKey>
  readonly people: ReadonlyMap<string, Person>
  /** Sessions by the hash of their ids. */
  readonly logIns: ReadonlyMap<string, LogIn>
}

/** A name in smshub.yaml takes precedence over a row. */
export function rosterOf(rows: AccessRows, fileUsers: Readonly<Record<string, FileUser>>): Roster {
  const people = new Map<string, Person>()
  for (const row of rows.users)
    people.set(row.name, { name: row.name, password: row.password, rights: row.rights, row })
  for (const [name, { password, role, devices, commands }] of Object.entries(fileUsers))
    people.set(name, { name, password, rights: { role, devices, commands }, row: null })
  return {
    keys: new Map(rows.keys.map((key) => [key.id, key])),
    people,
    logIns: new Map(rows.logIns.map((logIn) => [logIn.hash, logIn])),
  }
}

/** A session is bound to the password that was given. */
export const proofOf = ({ password }: Pick<Person, 'password'>): string => digestOf(password)

/** The user of a session; null where it is over. One of a clock that was ahead is over, too. */
export function personOf(logIn: LogIn, { people }: Roster, now: number): Person | null {
  const { idleMs, longestMs } = logInSpans
  const age = now - logIn.startedAt
  if (now - logIn.usedAt > idleMs || age > longestMs || age < -idleMs) return null
  const person = people.get(logIn.user)
  return person === undefined || proofOf(person) !== logIn.proof ? null : person
}

export const isExpired = ({ expiresAt }: ApiKey, now: number): boolean => expiresAt !== null && expiresAt <= now

/** Whether somebody may manage the hub over HTTP: with a password, or a key. */
export function hasManager({ people, keys }: Roster, now: number): boolean {
  const manages = (rights: Rights) => may(rights, { act: 'administer' })
  return (
    [...people.values()].some(({ rights }) => manages(rights)) ||
    [...keys.values()].some(
      (key) => manages(key.rights) && !isExpired(key, now) && (key.scopes?.includes('hub:manage') ?? true),
    )
  )
}
