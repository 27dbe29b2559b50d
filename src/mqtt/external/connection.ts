import { Socket } from 'node:net'
import mqtt, { type IClientOptions, type IClientPublishOptions, type IPublishPacket, type MqttClient } from 'mqtt'
import type { Acknowledgement } from '../../message/acknowledgement.ts'

/** MQTT 5: another client has connected with the client id of this one. */
const sessionTakenOver = 0x8e
export const connectionLost = 'the connection to the broker was lost'

export interface ConnectionHandlers {
  connected(sessionPresent: boolean): void
  /** A message. Its PUBACK waits for the promise; null: it is sent at once. */
  message(packet: IPublishPacket): Promise<void> | null
  /** Any packet was received. */
  heard(): void
  failed(error: Error & { code?: number }): void
  /** Called once, for a failed attempt as well. */
  closed(takenOver: boolean): void
}

export interface Subscribing {
  readonly qos: 0 | 1
  readonly rh?: 2
  readonly rap?: boolean
}

/**
 * A connection to an external broker, with its own client of mqtt.js: a client that reconnects never settles its
 * earlier publishes. Those that are not acknowledged when the connection ends are rejected.
 */
export class Connection {
  readonly #client: MqttClient
  readonly #pubacks = new Map<number, Promise<void>>()
  readonly #unanswered = new Set<(error: Error) => void>()
  #ended = false

  constructor(server: string, options: IClientOptions, handlers: ConnectionHandlers) {
    // The hub reconnects itself, with growing delays on its own clock.
    const client = mqtt.connect(server, { ...options, reconnectPeriod: 0, resubscribe: false })
    this.#client = client
    // A resumed session delivers before the `connect` event: the handler has to be set before the first packet.
    client.handleMessage = (packet, done) => this.#handleMessage(packet as IPublishPacket, handlers, done)
    this.#holdPubacks()
    let takenOver = false
    client.on('connect', ({ sessionPresent }) => {
      // Nagle's algorithm would delay the answer to a command behind its PUBACK by the peer's delayed acknowledgement:
      // 40 ms.
      if (client.stream instanceof Socket) client.stream.setNoDelay(true)
      handlers.connected(sessionPresent)
    })
    client.on('disconnect', ({ reasonCode }) => {
      takenOver = reasonCode === sessionTakenOver
    })
    client.on('packetreceive', () => handlers.heard())
    client.on('error', (error) => handlers.failed(error as Error & { code?: number }))
    client.on('close', () => {
      if (this.#ended) return
      this.#ended = true
      for (const reject of this.#unanswered) reject(new Error(connectionLost))
      handlers.closed(takenOver)
    })
  }

  /** Connected: CONNACK was received, and it has not ended. */
  get isOpen(): boolean {
    return !this.#ended && this.#client.connected
  }

  /** Rejected when the connection ends before the broker has acknowledged it. */
  publish(topic: string, payload: string, options: IClientPublishOptions = {}): Promise<Acknowledgement> {
    if (!this.isOpen) return Promise.reject(new Error(connectionLost))
    return new Promise((resolve, reject) => {
      this.#unanswered.add(reject)
      this.#client.publish(topic, payload, { qos: 1, ...options }, (error) => {
        this.#unanswered.delete(reject)
        const code = (error as { code?: number } | null | undefined)?.code
        if (!error) resolve({ taken: true })
        else if (typeof code === 'number' && code >= 128) resolve({ taken: false, reason: error.message })
        else reject(error)
      })
    })
  }

  async subscribe(filters: readonly string[], options: Subscribing): Promise<void> {
    if (filters.length > 0) await this.#client.subscribeAsync([...filters], options)
  }

  async unsubscribe(filters: readonly string[]): Promise<void> {
    if (filters.length > 0) await this.#client.unsubscribeAsync([...filters])
  }

  /** Closes without DISCONNECT, so that the broker redelivers what is not acknowledged. */
  drop(): void {
    this.#client.stream?.destroy()
  }

  /** Closes with DISCONNECT if it is connected. */
  async end(): Promise<void> {
    await this.#client.endAsync(!this.#client.connected)
  }

  /**
   * Accepts the next packet at once, so that many publishes share a commit; the PUBACK of each waits for its commit.
   * Without the private method that this relies on, packets are handled one after the other.
   */
  #handleMessage(packet: IPublishPacket, handlers: ConnectionHandlers, done: () => void): void {
    const work = handlers.message(packet)
    if (work !== null && packet.qos === 1 && packet.messageId !== undefined) this.#pubacks.set(packet.messageId, work)
    done()
  }

  #holdPubacks(): void {
    const inner = this.#client as unknown as {
      _sendPacket: (packet: { cmd: string; messageId?: number }, done?: () => void) => void
    }
    const send = inner._sendPacket.bind(this.#client)
    inner._sendPacket = (packet, done, ...rest: []) => {
      const held = packet.cmd === 'puback' ? this.#pubacks.get(packet.messageId ?? -1) : undefined
      if (held === undefined) return send(packet, done, ...rest)
      this.#pubacks.delete(packet.messageId as number)
      held.then(() => {
        if (!this.#ended) send(packet)
      })
      done?.()
    }
  }
}
