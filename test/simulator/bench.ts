import { duplexPair } from 'node:stream'
import { type ModemOptions, SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import type { NetworkBehaviour } from '../../src/simulator/network/behaviour.ts'
import { type NetworkOptions, SimulatedNetwork } from '../../src/simulator/network/network.ts'
import type { Receipt, Subscriber } from '../../src/simulator/network/subscriber.ts'
import { encodeSubmit, type SubmitRequest } from '../../src/sms/submit.ts'
import { FakeClock, settle } from '../fake-clock.ts'

export const hub = '+491710000001'
export const friend = '+491710000002'

/** Nothing is left to chance: a second to the network, a second to the recipient, a second to the report. */
export const steady: Partial<NetworkBehaviour> = {
  acceptMs: [1000, 1000],
  deliverMs: [1000, 1000],
  reportMs: [1000, 1000],
}

/** Somebody who takes texts, or not. */
export class Recipient implements Subscriber {
  readonly number: string
  readonly pdus: string[] = []
  receipt: Receipt = 'taken'

  constructor(network: SimulatedNetwork, number = friend) {
    this.number = number
    network.join(this)
  }

  receive(pdu: string, answer: (receipt: Receipt) => void): void {
    if (this.receipt === 'taken') this.pdus.push(pdu)
    answer(this.receipt)
  }
}

/** A terminal at a modem: what is typed, and what comes back as it stands on the line. */
export class Terminal {
  readonly #clock: FakeClock
  readonly #stream
  #received = ''
  isClosed = false

  constructor(clock: FakeClock, modem: SimulatedModem) {
    const [here, there] = duplexPair()
    this.#clock = clock
    this.#stream = here
    here.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString('latin1')
    })
    here.on('close', () => {
      this.isClosed = true
    })
    here.on('error', () => {})
    there.on('close', () => here.destroy())
    modem.attach(there)
  }

  /** Types octets, waits `ms`, and returns all that came since the last time. */
  async type(octets: string, ms = 0): Promise<string> {
    this.#stream.write(Buffer.from(octets, 'latin1'))
    await settle()
    return this.wait(ms)
  }

  /** Types a command line without echo in the way and returns the lines of the answer. */
  async command(line: string, ms = 0): Promise<string[]> {
    return linesIn(await this.type(`${line}\r`, ms))
  }

  async wait(ms: number): Promise<string> {
    await this.#clock.advance(ms)
    const received = this.#received
    this.#received = ''
    return received
  }

  /** Sends a PDU with AT+CMGS and returns the lines that follow the prompt within ten seconds. */
  async send({ pdu, tpduLength }: { pdu: string; tpduLength: number }): Promise<string[]> {
    await this.type(`AT+CMGS=${tpduLength}\r`)
    return linesIn(await this.type(`${pdu}\x1a`, 10_000))
  }

  close(): void {
    this.#stream.end()
  }
}

/** Lines without what stands around them. */
export function linesIn(octets: string): string[] {
  return octets.split(/[\r\n]+/).filter((line) => line !== '')
}

/** A clock, a network, a modem and a terminal with the echo off. */
export async function bench(options: { modem?: Partial<ModemOptions>; network?: Partial<NetworkOptions> } = {}) {
  const clock = new FakeClock()
  const network = new SimulatedNetwork({ clock, behaviour: steady, ...options.network })
  const modem = new SimulatedModem({ network, number: hub, ...options.modem })
  const terminal = new Terminal(clock, modem)
  await terminal.type('ATE0\r')
  return { clock, network, modem, terminal }
}

/** An SMS-SUBMIT for the friend. */
export function submit(text: string, changes: Partial<Extract<SubmitRequest, { text: string }>> = {}) {
  return encodeSubmit({
    to: friend,
    text,
    alphabet: 'gsm7',
    concat: null,
    messageReference: 0,
    validitySeconds: null,
    statusReport: false,
    ...changes,
  })
}
