import type { Rights } from './rights.ts'
import type { Scope } from './scopes.ts'

/** Who makes a request on the HTTP interface, as proven by it. */
export interface Caller {
  /** Key of quotas and `id`s, and the name in the log: `key:<id>`, `user:<name>`, `loopback`, `ingress:<user>`. */
  readonly name: string
  readonly via: 'key' | 'session' | 'loopback' | 'ingress'
  readonly rights: Rights
  /** The only scopes; null for all. */
  readonly scopes: readonly Scope[] | null
  /** Requests that queue texts an hour; null for that of any client. */
  readonly perHour: number | null
}

/** Whether it is limited to nothing, or to this among others. */
export const hasScope = ({ scopes }: Caller, scope: Scope): boolean => scopes === null || scopes.includes(scope)
