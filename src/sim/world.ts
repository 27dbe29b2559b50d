import type { Device } from '../device/device.ts'
import { exampleReply, recogniseCommand } from '../device/simulate.ts'
import type { Clock } from '../util/clock.ts'
import type { NetworkBehaviour } from './behaviour.ts'
import { type Answerer, SimulatedDevice } from './device.ts'
import { SimulatedModem } from './modem.ts'
import { SimulatedNetwork } from './network.ts'
import { ModemServer } from './server.ts'

export interface WorldOptions {
  readonly clock: Clock
  /** Devices of a hub; each becomes a subscriber that answers as its profile says. */
  readonly devices: Iterable<Device>
  /** Number of the SIM in the hub's modem. */
  readonly number?: string
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

  constructor({ clock, devices, number = '+491700000001', behaviour, answerMs = 1_500 }: WorldOptions) {
    this.network = new SimulatedNetwork({ clock, ...(behaviour !== undefined && { behaviour }) })
    this.modem = new SimulatedModem({ network: this.network, number })
    for (const device of devices) {
      const { recipient } = device
      if (recipient === null || recipient === number) continue
      const answerer = profileAnswerer(device, answerMs)
      this.devices.set(device.id, new SimulatedDevice({ network: this.network, number: recipient, answerer }))
    }
  }

  /** Offers the modem on TCP; answers the path for a gateway's `path:`. */
  listen(host = '127.0.0.1', port = 0): Promise<string> {
    return this.#offer(this.modem, host, port)
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

/** Answers as the examples of the device's profile do; what is no command of it, or has another password, gets nothing. */
export function profileAnswerer(device: Device, answerMs: number): Answerer {
  return {
    answer(text) {
      const command = recogniseCommand(device, text)
      const reply = command === null ? null : exampleReply(device, command.command, command.params)
      if (reply === null) return []
      const pending = reply.pending === null ? [] : [{ text: reply.pending, afterMs: answerMs }]
      const start = reply.pending === null ? answerMs : answerMs + untilDone
      return [...pending, ...reply.texts.map((one, i) => ({ text: one, afterMs: start + i * betweenTexts }))]
    },
  }
}
