import { signal } from '@preact/signals'
import { roles } from '../../message/rights.ts'
import type { Person, Role, Session } from './answer-types.ts'
import { Problem } from './api-problem.ts'
import { ask, onSignedOut } from './ask.ts'
import { calls } from './hub-calls.ts'
import { startLive, stopLive } from './live.ts'

/** Who uses the page; null until the hub has answered. */
export const session = signal<Session | null>(null)
/** Why the hub could not be asked. */
export const sessionProblem = signal<Problem | null>(null)

const nobody: Session = { caller: null, password_needed: false, hint: null }

export async function readSession(): Promise<void> {
  try {
    session.value = await ask(calls.session, {})
    sessionProblem.value = null
    if (session.value.caller !== null) startLive()
  } catch (error) {
    sessionProblem.value = Problem.from(error)
  }
}

export async function signIn(name: string, password: string): Promise<void> {
  const { caller } = await ask(calls.signIn, { name, password })
  session.value = { ...nobody, caller }
  startLive()
}

export async function signOut(): Promise<void> {
  await ask(calls.signOut, {})
  leave()
}

function leave(): void {
  stopLive()
  session.value = nobody
}

onSignedOut(leave)

/** The person, where somebody is signed in or is at the machine itself. */
export const person = (): Person | null => session.value?.caller ?? null

/** Whether the person has at least this role: what is not allowed is not offered. */
export function isAtLeast(least: Role): boolean {
  const role = person()?.role ?? null
  return role !== null && roles.indexOf(role) >= roles.indexOf(least)
}
