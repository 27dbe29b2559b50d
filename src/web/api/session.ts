import { signal } from '@preact/signals'
import { roles } from '../../message/rights.ts'
import type { Role, Session } from './answers.ts'
import { ask, onSignedOut } from './ask.ts'
import type { Call } from './hub.ts'
import { startLive, stopLive } from './live.ts'
import { Problem } from './problem.ts'

/** `unknown` until the hub has answered; null where somebody has to sign in. */
export const session = signal<Session | null | 'unknown'>('unknown')
/** Why the hub could not be asked. */
export const sessionProblem = signal<Problem | null>(null)

export const sessionCalls = {
  read: { method: 'GET', path: '/session' } as Call<object, Session>,
  start: { method: 'POST', path: '/session' } as Call<{ name: string; password: string }, Session>,
  end: { method: 'DELETE', path: '/session' } as Call<object, object>,
}

export async function readSession(): Promise<void> {
  try {
    begin(await ask(sessionCalls.read, {}))
  } catch (error) {
    const problem = Problem.from(error)
    sessionProblem.value = problem.status === 401 ? null : problem
    session.value = problem.status === 401 ? null : 'unknown'
  }
}

export async function signIn(name: string, password: string): Promise<void> {
  begin(await ask(sessionCalls.start, { name, password }))
}

export async function signOut(): Promise<void> {
  await ask(sessionCalls.end, {})
  leave()
}

function begin(started: Session): void {
  session.value = started
  sessionProblem.value = null
  startLive()
}

function leave(): void {
  stopLive()
  session.value = null
}

onSignedOut(leave)

/** Whether the person has at least this role: what is not allowed is not offered. */
export function isAtLeast(role: Role): boolean {
  const { value } = session
  return value !== null && value !== 'unknown' && roles.indexOf(value.role) >= roles.indexOf(role)
}
