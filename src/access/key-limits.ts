import type { KeyLimits } from '../ledger/access/access-rows.ts'
import { isAtLeast } from '../message/rights.ts'
import { isWithin } from '../util/networks.ts'

/** All that a key is limited by. */
export interface Bounds extends KeyLimits {
  readonly expiresAt: number | null
}

/** Of somebody who may do everything. */
export const unbounded: Bounds = {
  rights: { role: 'admin' },
  scopes: null,
  perHour: null,
  networks: null,
  expiresAt: null,
}

/** The names that are wanted beyond those that are allowed; `null` stands for all. */
function beyond(allowed: readonly string[] | null, wanted: readonly string[] | null): boolean {
  return allowed !== null && (wanted === null || wanted.some((name) => !allowed.includes(name)))
}

/** What goes beyond the rights of its maker, each with the words for it. */
const rules: readonly (readonly [words: string, exceeds: (maker: Bounds, wanted: Bounds) => boolean])[] = [
  ['role', ({ rights: maker }, { rights }) => rights.role !== undefined && !isAtLeast(maker.role, rights.role)],
  ['devices', ({ rights: maker }, { rights }) => beyond(maker.devices ?? null, rights.devices ?? null)],
  ['commands', ({ rights: maker }, { rights }) => beyond(maker.commands ?? null, rights.commands ?? null)],
  ['scopes', (maker, { scopes }) => beyond(maker.scopes, scopes)],
  ['per_hour', (maker, { perHour }) => maker.perHour !== null && (perHour === null || perHour > maker.perHour)],
  [
    'expires',
    (maker, { expiresAt }) => maker.expiresAt !== null && (expiresAt === null || expiresAt > maker.expiresAt),
  ],
  [
    'networks',
    ({ networks: within }, { networks }) =>
      within !== null && (networks === null || networks.some((network) => !isWithin(network, within))),
  ],
]

/** The limits by which a key would have more rights than the one who makes it; nobody gives what they don't have. */
export const exceeded = (maker: Bounds, wanted: Bounds): readonly string[] =>
  rules.filter(([, exceeds]) => exceeds(maker, wanted)).map(([words]) => words)
