import { Passwords } from '../access/passwords.ts'
import { Fault } from '../message/fault.ts'
import type { Clock } from '../util/clock.ts'

export interface DoorDeps {
  readonly clock: Clock
  /** A wrong password was given. */
  unproven(): void
  log(level: 'warn', message: string): void
}

/** Proves users of the configuration by their passwords. It rejects with `not_allowed` and `rate_limited`. */
export function passwordProof(
  users: Readonly<Record<string, { readonly password: string }>>,
  { clock, unproven, log }: DoorDeps,
): (name: string, password: string, address: string) => Promise<void> {
  const people = new Map(
    Object.entries(users).map(([name, { password }]) => [name, { name, password, rights: {}, row: null }]),
  )
  const passwords = new Passwords({
    clock,
    people: () => people,
    failed: (_kind, address, words) => {
      log('warn', `refused ${address}: ${words}`)
      unproven()
    },
  })
  return async (name, password, address) => {
    const proof = await passwords.check({ name, password, address, isGone: () => false })
    if (!('refused' in proof)) return
    throw new Fault(proof.refused === 'rate_limited' ? 'rate_limited' : 'not_allowed', proof.detail)
  }
}
