import { Fault } from '../../message/fault.ts'
import type { Channel } from './channel.ts'
import { type Identity, identify } from './identity.ts'
import { type MessageSetup, setUpMessages } from './message-setup.ts'
import { type Observation, observe } from './observe.ts'
import { type PinOnce, simId, unlockSim } from './sim-card.ts'

/** What the start-up learns of a modem and its SIM, and how it has set them up. */
export interface Started {
  readonly identity: Identity
  /** ICCID, else IMSI; null where the SIM tells neither. */
  readonly sim: string | null
  readonly messages: MessageSetup
  readonly observed: Observation
}

export interface StartOptions {
  readonly pin: PinOnce
  /** The modem answers: it is no longer a port only. */
  readonly answers: () => void
}

/**
 * Makes a modem ready from whatever state it was left in: echo on, in a prompt, in the middle of a reply, in text
 * mode. To be run inside `channel.exclusive`. A Fault says what people must do.
 */
export async function startUp(channel: Channel, { pin, answers }: StartOptions): Promise<Started> {
  channel.echoes = true
  await channel.synchronise()
  goneWith(channel)
  answers()
  await quieten(channel)
  const identity = await identify(channel)
  await switchOn(channel)
  await unlockSim(channel, pin)
  const sim = await simId(channel)
  await channel.command('AT+CREG=1', 5_000)
  const messages = await setUpMessages(channel)
  const observed = await observe((text, ms) => channel.command(text, ms))
  goneWith(channel)
  return { identity, sim, messages, observed }
}

function goneWith({ lost }: Channel): void {
  if (lost !== null) throw new Fault('port_failed', lost)
}

/** No echo, result codes in words, errors with numbers. */
async function quieten(channel: Channel): Promise<void> {
  await channel.command('ATE0', 3_000, { numeric: true })
  await channel.command('ATV1', 3_000, { numeric: true })
  // The N900 ignores the first of them (facts: modems, section 2.2).
  await channel.command('ATE0', 3_000)
  channel.echoSeen = false
  await channel.command('AT+CMEE=1', 3_000)
  channel.echoes = channel.echoSeen
}

/** Full functionality (TS 27.007 clause 8.2): whoever was here before may have left the radio off. */
async function switchOn(channel: Channel): Promise<void> {
  const { lines } = await channel.command('AT+CFUN?', 3_000)
  const functionality = lines.map((line) => /^\+CFUN: *(\d)/.exec(line)?.[1]).find((digit) => digit !== undefined)
  if (functionality !== undefined && functionality !== '1') await channel.command('AT+CFUN=1', 15_000)
}
