import { Fault } from '../../message/fault.ts'
import type { GatewayState } from '../../message/gateway-state.ts'
import type { Channel } from './channel.ts'
import { digitsIn, pinStateIn } from './parse.ts'
import { patiently } from './patience.ts'

/** The PIN, and whether it was entered without the SIM having become ready since: then it is not entered again. */
export interface PinOnce {
  readonly code: string | undefined
  entered: boolean
}

/** A SIM needs up to 20 s behind AT+CFUN=1 (facts: modems, section 4.1). */
const simWait = 2_000
const simAttempts = 15

/** Waits for the SIM and enters the PIN once; what needs a person is a Fault that says so. */
export async function unlockSim(channel: Channel, pin: PinOnce): Promise<void> {
  let accepted = false
  for (let attempt = 1; attempt <= simAttempts && channel.lost === null; attempt++) {
    const { lines, final } = await channel.command('AT+CPIN?', 5_000, { graceWithoutOk: 1_500 })
    const state = pinStateIn(lines)
    // What PIN2 and PUK2 lock is nothing that texts need (facts: modems, section 5.1).
    if (state === 'READY' || state === 'SIM PIN2' || state === 'SIM PUK2') {
      pin.entered = false
      return
    }
    const number = final.kind === 'error' ? final.number : null
    if (number === 10 || number === 310) throw simFault('missing', 'there is no SIM in the modem')
    if (state === 'SIM PUK' || number === 12 || number === 316)
      throw simFault('puk', 'the SIM wants its PUK: unlock it in a telephone')
    if (state === 'SIM PIN' && !accepted) {
      await enterPin(channel, pin)
      accepted = true
    }
    await channel.sleep(simWait)
  }
  throw new Fault('modem_error', channel.lost ?? 'the SIM did not become ready')
}

/** Never the last try, and never twice: a third wrong PIN blocks the SIM. */
async function enterPin(channel: Channel, pin: PinOnce): Promise<void> {
  if (pin.code === undefined) throw simFault('pin', 'the SIM wants its PIN: set pin: under the gateway')
  if (pin.entered) throw simFault('pin', 'the SIM did not take the PIN: correct pin: under the gateway')
  const { lines } = await channel.command('AT+CPINR="SIM PIN"', 5_000)
  const left = /^\+CPINR: *"?SIM PIN"?, *(\d+)/.exec(lines.find((line) => line.startsWith('+CPINR:')) ?? '')?.[1]
  if (left !== undefined && Number(left) < 2)
    throw simFault('pin', 'one PIN try is left: unlock the SIM in a telephone, then start again')
  pin.entered = true
  const { final } = await channel.command(`AT+CPIN="${pin.code}"`, 20_000)
  if (final.kind !== 'ok') throw simFault('pin', 'the SIM did not take the PIN: correct pin: under the gateway')
}

function simFault(sim: GatewayState['sim'], message: string): Fault {
  return new Fault('modem_error', message, { sim })
}

/** Asked until one tells the card's number; the subscriber's number is better than nothing. */
const simCommands = ['AT+CCID', 'AT+QCCID', 'AT^ICCID?', 'AT+CIMI']

/** What names the SIM: message references and reports live with it. */
export async function simId(channel: Channel): Promise<string | null> {
  for (const text of simCommands) {
    const digits = digitsIn((await patiently(channel, text, 5_000)).lines, 14)
    if (digits !== null) return digits
  }
  return null
}
