import { Socket } from 'node:net'
import { afterAll } from '@jest/globals'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { patienceMs, until } from './patience.ts'

export interface Received {
  readonly topic: string
  readonly text: string
  readonly json: Record<string, any>
  readonly retain: boolean
}

const open = new Set<TestClient>()
// Of a test that failed: a client that is left would connect again when the test environment is gone.
afterAll(async () => {
  for (const client of open) await client.close()
})

/** A client that remembers everything it is sent, and can wait for what has not come yet. */
export class TestClient {
  readonly client: MqttClient
  readonly url: string
  readonly received: Received[] = []
  #waiting: { fits: (message: Received) => boolean; resolve: (message: Received) => void }[] = []

  private constructor(client: MqttClient, url: string) {
    this.client = client
    this.url = url
    open.add(this)
    client.on('message', (topic, payload, packet) => {
      const text = payload.toString()
      const message = { topic, text, json: parsed(text), retain: packet.retain }
      this.received.push(message)
      for (const one of this.#waiting.filter(({ fits }) => fits(message))) {
        this.#waiting = this.#waiting.filter((other) => other !== one)
        one.resolve(message)
      }
    })
    client.on('error', () => {})
    const quick = () => client.stream instanceof Socket && client.stream.setNoDelay(true)
    quick()
    client.on('connect', quick)
  }

  static async connect(url: string, options: IClientOptions = {}, filter = '#'): Promise<TestClient> {
    // What the broker sends right behind its CONNACK has to be heard too.
    const client = mqtt.connect(url, { reconnectPeriod: 200, connectTimeout: patienceMs, ...options })
    const test = new TestClient(client, url)
    await connected(client)
    if (filter !== '') await client.subscribeAsync(filter, { qos: 1 })
    return test
  }

  /** The first message, come or coming, that fits. */
  wait(fits: (message: Received) => boolean, ms = patienceMs): Promise<Received> {
    const there = this.received.find(fits)
    if (there !== undefined) return Promise.resolve(there)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`no such message within ${ms} ms; there were:\n${this.#heard()}`))
      }, ms)
      // A test that ends without it leaves nothing that keeps the process from its end.
      timer.unref()
      this.#waiting.push({
        fits,
        resolve: (message) => {
          clearTimeout(timer)
          resolve(message)
        },
      })
    })
  }

  /** Waits until it holds. It is looked at with every message, and again and again where no message tells it. */
  async until(holds: () => boolean): Promise<void> {
    let held = false
    const look = () => {
      held ||= holds()
    }
    this.client.on('message', look)
    const isHeld = () => {
      look()
      return held
    }
    await until(isHeld, () => `${holds}; there were:\n${this.#heard()}`).finally(() => this.client.off('message', look))
  }

  /** The next message that fits: none of those that are here already. */
  next(fits: (message: Received) => boolean): Promise<Received> {
    const before = new Set(this.received)
    return this.wait((message) => !before.has(message) && fits(message))
  }

  /** The final result of a command of a device. */
  final(device: string, fits: (json: Record<string, any>) => boolean = () => true, ms?: number): Promise<Received> {
    return this.wait(({ topic, json }) => topic.endsWith(`/${device}/result`) && json.final === true && fits(json), ms)
  }

  results(device: string): Record<string, any>[] {
    return this.received.filter(({ topic }) => topic.endsWith(`/${device}/result`)).map(({ json }) => json)
  }

  publish(
    topic: string,
    payload: string | object,
    options: Parameters<MqttClient['publishAsync']>[2] = {},
  ): Promise<unknown> {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
    return this.client.publishAsync(topic, text, { qos: 1, ...options })
  }

  #heard(): string {
    return this.received.map(({ topic, text }) => `${topic} ${text}`).join('\n')
  }

  close(): Promise<void> {
    open.delete(this)
    return this.client.endAsync(true)
  }
}

/**
 * Resolves with the first connection; a failure ends the client. A hub on a fast clock may have no more time for the
 * CONNECT of a client on a loaded machine: it closes the connection, and the client comes again by itself.
 */
async function connected(client: MqttClient): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve())
      client.on('error', (error) => {
        if ((error as { code?: unknown }).code !== 'ECONNRESET' || client.options.reconnectPeriod === 0) reject(error)
      })
      client.once('end', () => reject(new Error('the connection was closed')))
    })
  } catch (error) {
    client.end(true)
    throw error
  }
}

function parsed(text: string): Record<string, any> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, any>) : {}
  } catch {
    return {}
  }
}
