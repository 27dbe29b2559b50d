import type { Rights } from '../../message/rights.ts'
import type { Scope } from '../../message/scopes.ts'
import { document } from '../rows.ts'
import type { Tx } from '../tx.ts'

/** What a key may do. */
export interface KeyLimits {
  readonly rights: Rights
  /** The only scopes; null for all of its role. */
  readonly scopes: readonly Scope[] | null
  /** Requests that queue texts an hour; null for that of any client. */
  readonly perHour: number | null
  /** Addresses and networks (CIDR) that it may be used from; null for any. */
  readonly networks: readonly string[] | null
}

export interface ApiKey extends KeyLimits {
  readonly id: string
  /** SHA-256 of the secret. */
  readonly hash: string
  readonly label: string
  readonly madeBy: string
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly usedAt: number | null
}

export interface HubUser {
  readonly name: string
  /** Hash of the password (scrypt). */
  readonly password: string
  readonly rights: Rights
  readonly createdAt: number
  readonly changedAt: number
}

/** A session of a user. */
export interface LogIn {
  /** Its public name; the secret is that behind `hash`. */
  readonly id: string
  readonly hash: string
  readonly user: string
  /** Fingerprint of the password that was given: the session ends with that password. */
  readonly proof: string
  /** Begun over TLS, and valid over TLS only. */
  readonly secure: boolean
  readonly address: string
  readonly agent: string
  readonly startedAt: number
  readonly usedAt: number
}

export interface AccessRows {
  readonly keys: readonly ApiKey[]
  readonly users: readonly HubUser[]
  readonly logIns: readonly LogIn[]
}

export interface KeyRow {
  readonly id: string
  readonly hash: string
  readonly label: string
  readonly limits: string
  readonly made_by: string
  readonly created_at: number
  readonly expires_at: number | null
  readonly used_at: number | null
}

interface UserRow {
  readonly name: string
  readonly password: string
  readonly rights: string
  readonly created_at: number
  readonly changed_at: number
}

interface LogInRow {
  readonly id: string
  readonly hash: string
  readonly user_name: string
  readonly proof: string
  readonly secure: number
  readonly address: string
  readonly agent: string
  readonly started_at: number
  readonly used_at: number
}

/** All keys, users and sessions: few enough to be kept in memory, where requests are checked. */
export function accessRows(tx: Tx): AccessRows {
  return {
    keys: tx.all<KeyRow>('SELECT * FROM api_key ORDER BY created_at, id').map((row) => ({
      ...document<KeyLimits>(row.limits),
      id: row.id,
      hash: row.hash,
      label: row.label,
      madeBy: row.made_by,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      usedAt: row.used_at,
    })),
    users: tx.all<UserRow>('SELECT * FROM hub_user ORDER BY name').map((row) => ({
      name: row.name,
      password: row.password,
      rights: document(row.rights),
      createdAt: row.created_at,
      changedAt: row.changed_at,
    })),
    logIns: tx.all<LogInRow>('SELECT * FROM log_in ORDER BY started_at, id').map((row) => ({
      id: row.id,
      hash: row.hash,
      user: row.user_name,
      proof: row.proof,
      secure: row.secure === 1,
      address: row.address,
      agent: row.agent,
      startedAt: row.started_at,
      usedAt: row.used_at,
    })),
  }
}
