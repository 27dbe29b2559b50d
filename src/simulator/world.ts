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
  /** Devices of a hub; each becomes a subscriber that answers as its profile says. */
  readonly devices: Iterable<Device>
  /** Numbers of people: their phones receive, and answer nothing. */
  readonly people?: readonly string[]
  /** Number of the SIM in the hub's modem. */
  readonly number?: string
  /** The make of the hub's modem. */
  readonly personality?: Personality
  readonly behaviour?: Partial<NetworkBehaviour>
  /** How long a device takes to answer, in ms. */
  readonly answerMs?: number
}

/** ms between the texts of one answer, and from a device's first word to its deed. */
const betweenTexts = 1_000
const untilDone = 3_000

/** A network with a modem for the hub and its devices on the other side. */
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

  /** Offers the modem on TCP; answers the path for a gateway's `path:`. */
  listen(host = '127.0.0.1', port = 0): Promise<string> {
    return this.#offer(this.modem, host, port)
  }

  /** Offers the modem of `listen` to one more program: whoever has the port keeps it. */
  async serveBeside(): Promise<ModemServer> {
    const server = await ModemServer.listen(this.modem, '127.0.0.1', 0, true)
    this.#servers.push(server)
    return server
  }

  /** One modem more on the same network; answers its path. */
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
 * Answers as the examples of the device's profile do; what is no command of it, or has another password, gets nothing.
 * A password that it is told to change is changed.
 */
export function profileAnswerer(made: Device, answerMs: number): Answerer {
  let device = made
  const say = ({ pending, texts }: SimulatedReply): DelayedText[] => {
    const start = pending === null ? answerMs : answerMs + untilDone
    return [
      ...(pending === null ? [] : [{ text: pending, afterMs: answerMs }]),
      ...texts.map((text, i) => ({ text, afterMs: start + i * betweenTexts })),
    ]
  }
  return {
    answer(text) {
      const command = recogniseCommand(device, text)
      if (command === null) return []
      const reply = exampleReply(device, command.command, command.params)
      device = afterCommand(device, command)
      return say(reply)
    },
    rung() {
      const rings = Object.entries(commandsOf(device)).filter(([, row]) => row.ring !== undefined)
      // Nothing in a call says what it is for.
      return say({ pending: null, texts: rings.flatMap(([name]) => exampleReply(device, name, {}).texts) })
    },
  }
}
