import { Fault } from '../../message/fault.ts'
import { allowPin, noPin, type PinMemory, pinNotTaken, simFault } from '../pin.ts'
import { cardIn } from './card.ts'
import type { Channel } from './line/channel.ts'
import { digitsIn } from './line/parse.ts'
import { patiently } from './line/patience.ts'
import type { Quirks } from './vendors/quirks.ts'

export interface PinDeps {
  readonly code: string | undefined
  readonly memory: PinMemory
  readonly quirks: Quirks
  /** Identifies the modem where the card can't be identified before its PIN. */
  readonly modem: string
}

/** A SIM needs up to 20 s after AT+CFUN=1. */
const simIntervalMs = 2_000
const simAttempts = 15
/** Attempts while the card is reported as not ready, which some vendors also report without a card. */
const notReadyAttempts = 5

/** Waits for the SIM and enters the PIN once; rejects with a Fault where a person has to act. */
export async function unlockSim(channel: Channel, pin: PinDeps): Promise<void> {
  let entered: string | null = null
  let words = 'nothing'
  for (let attempt = 1; attempt <= simAttempts && channel.gone === null; attempt++) {
    const reply = await channel.command('AT+CPIN?', 5_000, { graceWithoutOk: 1_500 })
    const found = cardIn(reply)
    const { final } = reply
    words = found?.words ?? (final.kind === 'error' ? final.text : words)
    if (found?.card === 'ready') {
      if (entered !== null) await pin.memory.note(entered, 'right')
      return
    }
    if (found?.card === 'missing') throw simFault('missing', missing(words))
    if (found?.card === 'puk') throw simFault('puk', 'the SIM requires its PUK: unlock it in a telephone')
    if (found?.card === 'other_operators')
      throw simFault('unknown', `the modem takes only its operator's SIM (${words})`)
    if (words === 'NOT READY' && attempt >= notReadyAttempts) break
    if (found?.card === 'pin' && entered === null) {
      entered = await enterPin(channel, pin)
      await channel.sleep(pin.quirks.unlockMs)
    } else await channel.sleep(simIntervalMs)
  }
  if (channel.gone !== null) throw new Fault('modem_error', channel.gone)
  // An ERROR from a vendor without this command reports nothing about the card.
  const isBusy = /NOT READY|BUSY|WAIT|INIT|ERROR: *(14|314|515)$/i.test(words)
  const message = `the SIM did not become ready: the modem answers AT+CPIN? with ${words}`
  throw isBusy ? simFault('missing', message) : new Fault('modem_error', message)
}

/** Not there, or there and unusable: crashed, dirty, of another kind. */
function missing(words: string): string {
  const isAbsent = /ERROR: *3?10$|NOT (INSERTED|PRESENT|DETECTED)|NO SIM|REMOVED|ABSENT/i.test(words)
  return isAbsent ? 'there is no SIM in the modem' : `the SIM can't be used (${words})`
}

/** Returns the key under which the result is kept. */
async function enterPin(channel: Channel, { code, memory, quirks, modem }: PinDeps): Promise<string> {
  if (code === undefined) throw simFault('pin', noPin)
  const left = await triesLeft(channel, quirks)
  const allowed = await allowPin({
    code,
    memory,
    left,
    card: async () => (await simId(channel, quirks, false)) ?? modem,
  })
  // A PIN that is stored as tried has to be sent: it would not be tried again.
  if (!(await channel.inStep())) throw new Fault('port_failed', channel.gone ?? '')
  await memory.note(allowed.key, allowed.fate)
  const { final } = await channel.command(`AT+CPIN="${code}"`, 20_000)
  if (final.kind === 'ok') return allowed.key
  if (final.kind === 'error') await memory.note(allowed.key, 'refused')
  throw pinNotTaken()
}

async function triesLeft(channel: Channel, { pinTries }: Quirks): Promise<number | null> {
  for (const { ask, read } of pinTries) {
    const { lines } = await channel.command(ask, 5_000)
    const left = lines.map((line) => read.exec(line)?.[1]).find((digits) => digits !== undefined)
    if (left !== undefined) return Number(left)
  }
  return null
}

/** Identifies the SIM: message references and reports belong to it. The IMSI can't be read before the PIN. */
export async function simId(channel: Channel, { iccid }: Quirks, unlocked = true): Promise<string | null> {
  for (const text of unlocked ? [...iccid, 'AT+CIMI'] : iccid) {
    const ask = unlocked ? patiently(channel, text, 5_000) : channel.command(text, 5_000)
    const digits = digitsIn((await ask).lines, 14)
    if (digits !== null) return digits
  }
  return null
}

/** Some vendors report when the SIM's messages can be used; before that every command about them fails. */
export async function smsAwake(channel: Channel, { smsAwake: sign }: Quirks): Promise<void> {
  if (sign === null) return
  for (let attempt = 1; attempt <= simAttempts && channel.lost === null; attempt++) {
    const { lines, final } = await channel.command(sign.ask, 5_000)
    if (final.kind !== 'ok' || lines.some((line) => sign.read.test(line))) return
    await channel.sleep(simIntervalMs)
  }
}
