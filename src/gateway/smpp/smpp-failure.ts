import { statusText } from './status-table.ts'

/** Why a bind ended, or was not made. */
export interface BindFailure {
  readonly at: 'connect' | 'bind' | 'bound'
  readonly text: string
  /** Of the system or of TLS, like `ECONNREFUSED`; null without one. */
  readonly code: string | null
  /** `command_status` of the answer to the bind; null without one. */
  readonly status: number | null
}

/** The failure of a connection that was not made. */
export function notConnected(address: string, error: Error): BindFailure {
  const { code = null } = error as NodeJS.ErrnoException
  return { at: 'connect', text: `${address}: ${error.message}`, code, status: null }
}

/** The refusal of a bind. */
export function notBound(address: string, status: number, words: string | null): BindFailure {
  return { at: 'bind', text: `${address} refuses the bind: ${statusText(status, words)}`, code: null, status }
}

/** The connection ended before the answer to the bind, or there was none. */
export function unanswered(address: string, reason: string): BindFailure {
  return { at: 'bind', text: `${address} did not answer the bind: ${reason}`, code: null, status: null }
}

export function lost(address: string, reason: string): BindFailure {
  return { at: 'bound', text: `the connection to ${address} has ended: ${reason}`, code: null, status: null }
}

/** An earlier session counts as bound at the SMSC until it misses its end. */
const alreadyBound = 0x05

/** Nothing helps but another configuration, or somebody at the SMSC. */
export function isLasting({ at, status, code }: BindFailure): boolean {
  if (at === 'bind') return status !== null && status !== alreadyBound
  return at === 'connect' && code !== null && /CERT|TLS|SSL|EPROTO/.test(code)
}

const waitsMs = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000]
const leastWaitMs = { lasting: 60_000, alreadyBound: 30_000 }

/** The wait before the next attempt, by the number of failures in a row; `chance` in [0, 1) spreads those of many. */
export function waitAfter(failure: BindFailure, failures: number, chance: number): number {
  const usual = waitsMs[Math.min(failures, waitsMs.length) - 1] as number
  const least = isLasting(failure)
    ? leastWaitMs.lasting
    : failure.status === alreadyBound
      ? leastWaitMs.alreadyBound
      : 0
  return Math.max(usual, least) * (0.8 + 0.4 * chance)
}
