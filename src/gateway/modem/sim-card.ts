import { scryptSync } from 'node:crypto'
import { Fault } from '../../message/fault.ts'
import type { GatewayState } from '../../message/gateway-state.ts'
import { cardIn } from './card.ts'
import type { Channel } from './line/channel.ts'
import { digitsIn } from './line/parse.ts'
import { patiently } from './line/patience.ts'
import type { Quirks } from './vendors/quirks.ts'

/** What became of a PIN: `tried` is written down before it is entered, and stays when nobody heard the answer. */
export type PinFate = 'tried' | 'tried_again' | 'refused' | 'right'

/** Remembers over restarts what became of a PIN on a SIM; `key` tells neither of them. */
export interface PinMemory {
  recall(key: string): Promise<PinFate | null>
  /** Resolved, it is remembered. */
  note(key: string, fate: PinFate): Promise<void>
}

export interface PinDeps {
  readonly code: string | undefined
  readonly memory: PinMemory
  readonly quirks: Quirks
  /** Names the modem where the card tells nothing before its PIN. */
  readonly modem: string
}

/** A SIM needs up to 20 s behind AT+CFUN=1. */
const simIntervalMs = 2_000
const simAttempts = 15
/** Tries of a card that is told to be not ready, which is what some makes say of none. */
const notReadyAttempts = 5
/** Tries of a PIN that nobody has used up (TS 51.011 clause 9.2.9). */
const initialPinTries = 3

const correct = 'correct pin: under the gateway'

/** Waits for the SIM and enters the PIN once; what needs a person is a Fault that says so. */
export async function unlockSim(channel: Channel, pin: PinDeps): Promise<void> {
  let entered: string | null = null
  let said = 'nothing'
  for (let attempt = 1; attempt <= simAttempts && channel.gone === null; attempt++) {
    const reply = await channel.command('AT+CPIN?', 5_000, { graceWithoutOk: 1_500 })
    const found = cardIn(reply)
    const { final } = reply
    said = found?.said ?? (final.kind === 'error' ? final.text : said)
    if (found?.card === 'ready') {
      if (entered !== null) await pin.memory.note(entered, 'right')
      return
    }
    if (found?.card === 'missing') throw simFault('missing', missing(said))
    if (found?.card === 'puk') throw simFault('puk', 'the SIM wants its PUK: unlock it in a telephone')
    if (found?.card === 'other_operators')
      throw simFault('unknown', `the modem takes only its operator's SIM (${said})`)
    if (said === 'NOT READY' && attempt >= notReadyAttempts) break
    if (found?.card === 'pin' && entered === null) {
      entered = await enterPin(channel, pin)
      await channel.sleep(pin.quirks.unlockMs)
    } else await channel.sleep(simIntervalMs)
  }
  if (channel.gone !== null) throw new Fault('modem_error', channel.gone)
  // A make that does not know the question has said nothing about its card.
  const isBusy = /NOT READY|BUSY|WAIT|INIT|ERROR: *(14|314|515)$/i.test(said)
  const message = `the SIM did not become ready: the modem answers AT+CPIN? with ${said}`
  throw isBusy ? simFault('missing', message) : new Fault('modem_error', message)
}

/** Not there, or there and of no use: crashed, dirty, of another kind. */
function missing(said: string): string {
  const isAbsent = /ERROR: *3?10$|NOT (INSERTED|PRESENT|DETECTED)|NO SIM|REMOVED|ABSENT/i.test(said)
  return isAbsent ? 'there is no SIM in the modem' : `the SIM can't be used (${said})`
}

/**
 * Never the last try, and a refused PIN never again, whatever restarts in between: the third wrong one blocks the SIM.
 * Answers under which key its fate is remembered.
 */
async function enterPin(channel: Channel, { code, memory, quirks, modem }: PinDeps): Promise<string> {
  if (code === undefined) throw simFault('pin', 'the SIM wants its PIN: set pin: under the gateway')
  const left = await triesLeft(channel, quirks)
  if (left !== null && left < 2)
    throw simFault('pin', 'one PIN try is left: unlock the SIM in a telephone, then start again')
  const card = await simId(channel, quirks, false)
  const key = keyOf(card ?? modem, code, memory)
  const fate = await memory.recall(key)
  if (fate === 'refused') throw simFault('pin', `the SIM has refused this PIN before: ${correct}`)
  // With all tries left nothing was counted as wrong. Once only: some modems keep an old count.
  const mayTryAgain = fate === 'tried' && left !== null && left >= initialPinTries
  if ((fate === 'tried' || fate === 'tried_again') && !mayTryAgain)
    throw simFault('pin', `nobody knows what the SIM said to this PIN: ${correct}, or unlock the SIM in a telephone`)
  // What is written down as tried must leave: nobody would dare to try it again.
  if (!(await channel.inStep())) throw new Fault('port_failed', channel.gone ?? '')
  await memory.note(key, mayTryAgain ? 'tried_again' : 'tried')
  const { final } = await channel.command(`AT+CPIN="${code}"`, 20_000)
  if (final.kind === 'ok') return key
  if (final.kind === 'error') await memory.note(key, 'refused')
  throw simFault('pin', `the SIM did not take the PIN: ${correct}`)
}

async function triesLeft(channel: Channel, { pinTries }: Quirks): Promise<number | null> {
  for (const { ask, read } of pinTries) {
    const { lines } = await channel.command(ask, 5_000)
    const left = lines.map((line) => read.exec(line)?.[1]).find((digits) => digits !== undefined)
    if (left !== undefined) return Number(left)
  }
  return null
}

/** The last key that was made for each memory: a locked SIM is looked at twice a minute. */
const lastKeys = new WeakMap<PinMemory, { readonly card: string; readonly code: string; readonly key: string }>()

/** Slow to make, so that a stolen store does not tell a PIN of four digits at a glance. */
function keyOf(card: string, code: string, memory: PinMemory): string {
  const last = lastKeys.get(memory)
  if (last?.card === card && last.code === code) return last.key
  const key = scryptSync(code, `smshub ${card}`, 24, { N: 4096 }).toString('base64url')
  lastKeys.set(memory, { card, code, key })
  return key
}

function simFault(sim: GatewayState['sim'], message: string): Fault {
  return new Fault('modem_error', message, { sim })
}

/** What names the SIM: message references and reports live with it. Before its PIN the subscriber's number is locked. */
export async function simId(channel: Channel, { iccid }: Quirks, unlocked = true): Promise<string | null> {
  for (const text of unlocked ? [...iccid, 'AT+CIMI'] : iccid) {
    const ask = unlocked ? patiently(channel, text, 5_000) : channel.command(text, 5_000)
    const digits = digitsIn((await ask).lines, 14)
    if (digits !== null) return digits
  }
  return null
}

/** Some makes tell when the SIM's messages can be used; before that every command about them fails. */
export async function smsAwake(channel: Channel, { smsAwake: sign }: Quirks): Promise<void> {
  if (sign === null) return
  for (let attempt = 1; attempt <= simAttempts && channel.lost === null; attempt++) {
    const { lines, final } = await channel.command(sign.ask, 5_000)
    if (final.kind !== 'ok' || lines.some((line) => sign.read.test(line))) return
    await channel.sleep(simIntervalMs)
  }
}

/** Remembers for as long as the program runs. */
export class PinsOfThisRun implements PinMemory {
  readonly #fates = new Map<string, PinFate>()

  async recall(key: string): Promise<PinFate | null> {
    return this.#fates.get(key) ?? null
  }

  async note(key: string, fate: PinFate): Promise<void> {
    this.#fates.set(key, fate)
  }
}
