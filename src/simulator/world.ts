import { commandsOf, type Device } from '../device/device.ts'
import type { Clock } from '../util/clock.ts'
import { afterCommand, exampleReply, recogniseCommand, type SimulatedReply } from './device/answers.ts'
import { type Answerer, type DelayedText, SimulatedDevice } from './device/simulated-device.ts'
import type { Personality } from './modem/equipment/personality.ts'
import { ModemServer } from './modem/modem-server.ts'
import { SimulatedModem } from './modem/simulated-modem.ts'
import type { NetworkBehaviour } from './network/behaviour.ts'
import { SimulatedNetwork } from './network/network.ts'

export interface WorldOptions {
  readonly clock: Clock
  /** Devices of a hub; each is a subscriber that answers by its profile. */
  readonly devices: Iterable<Device>
  /** Numbers of people, whose phones receive texts and do not answer. */
  readonly people?: readonly string[]
  /** Number of the SIM in the hub's modem. */
  readonly number?: string
  /** The personality of the hub's modem. */
  readonly personality?: Personality
  readonly behaviour?: Partial<NetworkBehaviour>
  /** Time until a device answers. */
  readonly answerMs?: number
}

/** Time between the texts of an answer, and from a pending answer to the final one. */
const textIntervalMs = 1_000
const finalAnswerMs = 3_000

/** A network with a modem for the hub, and with its devices. */
export class SimulatedWorld {
  readonly network: SimulatedNetwork
  readonly modem: SimulatedModem
  readonly devices = new Map<string, SimulatedDevice>()
  readonly #servers: ModemServer[] = []

  constructor({
    clock,
    devices,
    people = [],
    number = '+491700000001',
    personality,
    behaviour,
    answerMs = 1_500,
  }: WorldOptions) {
    this.network = new SimulatedNetwork({ clock, ...(behaviour !== undefined && { behaviour }) })
    this.modem = new SimulatedModem({
      network: this.network,
      number,
      ...(personality !== undefined && { personality }),
    })
    for (const device of devices) {
      const { recipient } = device
      if (recipient === null || recipient === number) continue
      const answerer = profileAnswerer(device, answerMs)
      this.devices.set(device.id, new SimulatedDevice({ network: this.network, number: recipient, answerer }))
    }
    const taken = new Set([number, ...[...this.devices.values()].map((device) => device.number)])
    for (const person of new Set(people)) {
      if (taken.has(person)) continue
      new SimulatedDevice({ network: this.network, number: person, answerer: { answer: () => [] } })
    }
  }

  /** Offers the modem on TCP; returns the path for a gateway's `path:`. */
  listen(host = '127.0.0.1', port = 0): Promise<string> {
    return this.#offer(this.modem, host, port)
  }

  /** Offers the modem of `listen` to an additional program, beside the holder of its port. */
  async serveBeside(): Promise<ModemServer> {
    const server = await ModemServer.listen(this.modem, '127.0.0.1', 0, true)
    this.#servers.push(server)
    return server
  }

  /** Another modem on the same network; returns its path. */
  addModem(number: string): Promise<string> {
    return this.#offer(new SimulatedModem({ network: this.network, number }), '127.0.0.1', 0)
  }

  get server(): ModemServer {
    const [server] = this.#servers
    if (server === undefined) throw new Error('the modem is not offered yet: listen() first')
    return server
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()))
  }

  async #offer(modem: SimulatedModem, host: string, port: number): Promise<string> {
    const server = await ModemServer.listen(modem, host, port)
    this.#servers.push(server)
    return `tcp://${server.host}:${server.port}`
  }
}

/**
 * Answers by the examples of the device's profile; texts that are not its commands, or have a wrong password, are
 * ignored. Commands that change the password have that effect.
 */
export function profileAnswerer(made: Device, answerMs: number): Answerer {
  let device = made
  const delayed = ({ pending, texts }: SimulatedReply): DelayedText[] => {
    const start = pending === null ? answerMs : answerMs + finalAnswerMs
    return [
      ...(pending === null ? [] : [{ text: pending, afterMs: answerMs }]),
      ...texts.map((text, i) => ({ text, afterMs: start + i * textIntervalMs })),
    ]
  }
  return {
    answer(text) {
      const command = recogniseCommand(device, text)
      if (command === null) return []
      const reply = exampleReply(device, command.command, command.params)
      device = afterCommand(device, command)
      return delayed(reply)
    },
    rung() {
      const rings = Object.entries(commandsOf(device)).filter(([, row]) => row.ring !== undefined)
      // A call does not identify its command.
      return delayed({ pending: null, texts: rings.flatMap(([name]) => exampleReply(device, name, {}).texts) })
    },
  }
}
