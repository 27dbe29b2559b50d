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
  #server: ModemServer | null = null

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
  async listen(host = '127.0.0.1', port = 0): Promise<string> {
    this.#server = await ModemServer.listen(this.modem, host, port)
    return `tcp://${this.#server.host}:${this.#server.port}`
  }

  get server(): ModemServer {
    if (this.#server === null) throw new Error('the modem is not offered yet: listen() first')
    return this.#server
  }

  async close(): Promise<void> {
    await this.#server?.close()
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
