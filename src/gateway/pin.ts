import { scryptSync } from 'node:crypto'
import { Fault } from '../message/fault.ts'
import type { ModemState } from '../message/gateway-state.ts'
import type { PinFate } from '../message/pin-fate.ts'

/** Keeps the result of a PIN on a SIM over restarts; `key` reveals neither of them. */
export interface PinMemory {
  recall(key: string): Promise<PinFate | null>
  /** Resolved, it is remembered. */
  note(key: string, fate: PinFate): Promise<void>
}

/** A PIN that may be entered: `fate` is noted under `key` before it is. */
export interface AllowedPin {
  readonly key: string
  readonly fate: Extract<PinFate, 'tried' | 'tried_again'>
}

export interface PinAttempt {
  readonly code: string
  readonly memory: PinMemory
  /** Attempts that are left; null where the modem does not report them. */
  readonly left: number | null
  /** Identifies the card, or the modem where the card can't be identified before its PIN. */
  card(): Promise<string>
}

/** Attempts that a PIN has initially (TS 51.011 clause 9.2.9). */
const initialPinTries = 3

const correct = 'correct pin: under the gateway'
export const noPin = 'the SIM requires its PIN: set pin: under the gateway'

/**
 * Never on the last attempt, and never again a PIN that was rejected, even after a restart: the third wrong one blocks
 * the SIM. Rejects with a Fault where the PIN must not be entered.
 */
export async function allowPin({ code, memory, left, card }: PinAttempt): Promise<AllowedPin> {
  if (left !== null && left < 2)
    throw simFault('pin', 'one PIN try is left: unlock the SIM in a telephone, then start again')
  const key = keyOf(await card(), code, memory)
  const fate = await memory.recall(key)
  if (fate === 'refused') throw simFault('pin', `the SIM has refused this PIN before: ${correct}`)
  // With all attempts left none was counted as wrong. Once only: some modems keep an old count.
  const mayTryAgain = fate === 'tried' && left !== null && left >= initialPinTries
  if ((fate === 'tried' || fate === 'tried_again') && !mayTryAgain)
    throw simFault('pin', `the SIM's answer to this PIN is unknown: ${correct}, or unlock the SIM in a telephone`)
  return { key, fate: mayTryAgain ? 'tried_again' : 'tried' }
}

export function pinNotTaken(): Fault {
  return simFault('pin', `the SIM did not take the PIN: ${correct}`)
}

export function simFault(sim: ModemState['sim'], message: string): Fault {
  return new Fault('modem_error', message, { sim })
}

/** The last key of each memory: a locked SIM is queried twice a minute. */
const lastKeys = new WeakMap<PinMemory, { readonly card: string; readonly code: string; readonly key: string }>()

/** Slow to derive, so that a stolen store does not reveal a PIN of four digits at once. */
function keyOf(card: string, code: string, memory: PinMemory): string {
  const last = lastKeys.get(memory)
  if (last?.card === card && last.code === code) return last.key
  const key = scryptSync(code, `smshub ${card}`, 24, { N: 4096 }).toString('base64url')
  lastKeys.set(memory, { card, code, key })
  return key
}

/** Kept while the program runs. */
export class PinsOfThisRun implements PinMemory {
  readonly #fates = new Map<string, PinFate>()

  async recall(key: string): Promise<PinFate | null> {
    return this.#fates.get(key) ?? null
  }

  async note(key: string, fate: PinFate): Promise<void> {
    this.#fates.set(key, fate)
  }
}
