import { readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import mqtt, { type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt'
import { inboundFilters } from '../message/topics.ts'
import { type Clock, sleep, type Timer } from '../util/clock.ts'
import { matches } from './filter.ts'
import type { Acknowledgement, Ingress, IngressHandlers, OutboundMessage, WatchedMessage } from './ingress.ts'
import { stateTopic } from './ingress.ts'
import { idempotencyKeyOf, isAnswerable, propertiesOf } from './properties.ts'

export interface ClientOptions {
  readonly baseTopic: string
  /** Whole topics of other dialects that are commands too, with their place behind the base topic. */
  readonly aliases: Readonly<Record<string, string>>
  readonly server: string
  readonly username: string | undefined
  readonly password: string | undefined
  /** Paths of PEM files. */
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  /** The version to begin with: 5 unless said otherwise. */
  readonly protocol: 4 | 5 | undefined
  /** Fixed for the life of the installation: the broker's session hangs on it. */
  readonly clientId: string
  readonly clock: Clock
}

/** How long a broker keeps what is published while the hub is away. */
const sessionSeconds = 7 * 86_400
const firstRetryMs = 500
const longestRetryMs = 30_000
/** How long a stop waits for the broker. */
const goodbyeMs = 2_000
/** MQTT 3.1.1 return code and MQTT 5 reason code for a protocol version that the broker does not speak. */
const versionRefused = [1, 132]

/** An external broker. mqtt.js acknowledges a publish when `handleMessage` calls back and its PUBACK is let go. */
export class ExternalBroker implements Ingress {
  readonly #options: ClientOptions
  readonly #pubacks = new Map<number, Promise<void>>()
  /** Topics whose retained message the hub has cleared: MQTT 3.1.1 echoes that as an empty message. */
  readonly #cleared = new Set<string>()
  readonly #watchers = new Set<{ readonly filter: string; seen(message: WatchedMessage): void }>()
  #client!: MqttClient
  #handlers!: IngressHandlers
  #version: 4 | 5 = 5
  #retryMs = firstRetryMs
  #retry: Timer | null = null
  #generation = 0
  #live = false
  #lastHeard: number | null = null
  #stopping = false

  constructor(options: ClientOptions) {
    this.#options = options
    this.#version = options.protocol ?? 5
  }

  get connected(): boolean {
    return this.#client?.connected ?? false
  }

  get address(): string {
    return this.#options.server
  }

  async start(handlers: IngressHandlers): Promise<void> {
    this.#handlers = handlers
    this.#connect()
  }

  publish({ topic, payload, retain, correlation }: OutboundMessage): Promise<Acknowledgement> {
    return new Promise((resolve, reject) => {
      const properties = this.#version === 5 ? { properties: propertiesOf(payload, correlation) } : {}
      this.#client.publish(topic, payload, { qos: 1, retain, ...properties }, (error) => {
        const code = (error as { code?: number } | null | undefined)?.code
        if (!error) resolve({ taken: true })
        else if (typeof code === 'number' && code >= 128) resolve({ taken: false, reason: error.message })
        else reject(error)
      })
    })
  }

  watch(filter: string, seen: (message: WatchedMessage) => void): () => void {
    const watcher = { filter, seen }
    this.#watchers.add(watcher)
    if (this.connected) this.#client.subscribe(filter, { qos: 0 })
    return () => {
      this.#watchers.delete(watcher)
      if (this.connected && ![...this.#watchers].some((one) => one.filter === filter)) this.#client.unsubscribe(filter)
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.#retry?.cancel()
    if (this.#client.connected) {
      const goodbye = { topic: this.#topic(stateTopic), payload: 'offline', retain: true, correlation: null }
      // A broker that is going away as well answers nothing more.
      await Promise.race([this.publish(goodbye).catch(() => {}), sleep(this.#options.clock, goodbyeMs)])
    }
    const ended = this.#client.endAsync(!this.#client.connected)
    await Promise.race([ended, sleep(this.#options.clock, goodbyeMs)])
    this.#client.stream?.destroy()
  }

  #topic(name: string): string {
    return `${this.#options.baseTopic}/${name}`
  }

  /** Only this hub publishes and reads it: what arrives before it had waited in the broker's session. */
  get #marker(): string {
    return this.#topic(`bridge/marker/${this.#options.clientId}`)
  }

  /** The place of a command behind the base topic; null for other people's topics. */
  #below(topic: string): string | null {
    const base = `${this.#options.baseTopic}/`
    if (topic.startsWith(base)) return topic.slice(base.length)
    return Object.hasOwn(this.#options.aliases, topic) ? (this.#options.aliases[topic] as string) : null
  }

  #connect(): void {
    const { server, username, password, ca, cert, key, clientId } = this.#options
    const options: IClientOptions = {
      clientId,
      protocolVersion: this.#version,
      clean: false,
      resubscribe: false,
      // Reconnecting is ours: with a growing wait, on the hub's own clock.
      reconnectPeriod: 0,
      connectTimeout: 15_000,
      keepalive: 30,
      will: { topic: this.#topic(stateTopic), payload: Buffer.from('offline'), qos: 1, retain: true },
      ...(this.#version === 5 && { properties: { sessionExpiryInterval: sessionSeconds, receiveMaximum: 65_535 } }),
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(ca !== undefined && { ca: readFileSync(ca) }),
      ...(cert !== undefined && { cert: readFileSync(cert) }),
      ...(key !== undefined && { key: readFileSync(key) }),
    }
    const client = mqtt.connect(server, options)
    this.#client = client
    // A resumed session delivers before `connect` is told: the handler stands before the first packet.
    client.handleMessage = (packet, done) => this.#handleMessage(packet as IPublishPacket, done)
    this.#holdPubacks(client)
    client.on('connect', (connack) => {
      // Else the answer to a command waits behind its own PUBACK for the other side's delayed acknowledgement: 40 ms.
      if (client.stream instanceof Socket) client.stream.setNoDelay(true)
      void this.#connected(connack.sessionPresent)
    })
    client.on('packetreceive', () => {
      this.#lastHeard = this.#options.clock.monotonic()
    })
    client.on('error', (error) => this.#failed(error as Error & { code?: number }))
    client.on('close', () => this.#closed(client))
  }

  async #connected(sessionPresent: boolean): Promise<void> {
    const generation = this.#generation
    this.#retryMs = firstRetryMs
    this.#live = !sessionPresent
    const filters = [
      ...inboundFilters.map((filter) => this.#topic(filter)),
      ...Object.keys(this.#options.aliases),
      this.#marker,
    ]
    // rh 2: retained messages are not replayed; rap: a message that clears one can be told from an empty command.
    const subscription = { qos: 1 as const, ...(this.#version === 5 && { rh: 2 as const, rap: true }) }
    try {
      await this.#client.subscribeAsync(filters, subscription)
      for (const { filter } of this.#watchers) await this.#client.subscribeAsync(filter, { qos: 0 })
      if (sessionPresent) await this.#client.publishAsync(this.#marker, String(generation), { qos: 1 })
      await this.publish({ topic: this.#topic(stateTopic), payload: 'online', retain: true, correlation: null })
    } catch {
      return
    }
    if (generation === this.#generation) this.#handlers.connected({ remembers: sessionPresent })
  }

  #failed(error: Error & { code?: number }): void {
    if (this.#version === 5 && versionRefused.includes(error.code ?? -1)) {
      this.#version = 4
      this.#retryMs = 0
      return
    }
    this.#handlers.disconnected(error.message)
  }

  #closed(client: MqttClient): void {
    if (client !== this.#client || this.#stopping) return
    this.#generation++
    this.#live = false
    this.#pubacks.clear()
    if (this.#lastHeard !== null) {
      const silentMs = this.#options.clock.monotonic() - this.#lastHeard
      this.#handlers.ended({ client: 'broker', clean: false, silentMs })
    }
    this.#handlers.disconnected('the connection to the broker was lost')
    const wait = this.#retryMs * (0.75 + this.#options.clock.random() / 2)
    this.#retryMs = Math.min(longestRetryMs, Math.max(firstRetryMs, this.#retryMs * 2))
    this.#retry?.cancel()
    this.#retry = this.#options.clock.after(wait, () => {
      if (this.#stopping) return
      client.options.protocolVersion = this.#version
      if (this.#version === 4) delete client.options.properties
      client.reconnect()
    })
  }

  /**
   * Lets the next packet in at once, so that many publishes share one commit; the PUBACK of each is held until its
   * own commit. Without the private method that this leans on, packets are handled one after the other instead.
   */
  #handleMessage(packet: IPublishPacket, done: (error?: Error) => void): void {
    const generation = this.#generation
    if (packet.topic === this.#marker) {
      this.#live = true
      return done()
    }
    if (this.#below(packet.topic) === null) {
      this.#tellWatchers(packet)
      return done()
    }
    const work = this.#take(packet).catch(() => {
      // Not stored, so never acknowledged: the broker sends it again on the next connection.
      this.#options.clock.after(firstRetryMs, () => {
        if (generation === this.#generation) this.#client.stream.destroy()
      })
      return new Promise<void>(() => {})
    })
    if (packet.qos === 1 && packet.messageId !== undefined) this.#pubacks.set(packet.messageId, work)
    done()
  }

  #tellWatchers({ topic, payload, retain }: IPublishPacket): void {
    for (const { filter, seen } of this.#watchers)
      if (matches(filter, topic)) seen({ topic, payload: payload.toString(), retained: retain })
  }

  #holdPubacks(client: MqttClient): void {
    const inner = client as unknown as {
      _sendPacket: (packet: { cmd: string; messageId?: number }, done?: () => void) => void
    }
    const send = inner._sendPacket.bind(client)
    inner._sendPacket = (packet, done, ...rest: []) => {
      const held = packet.cmd === 'puback' ? this.#pubacks.get(packet.messageId ?? -1) : undefined
      if (held === undefined) return send(packet, done, ...rest)
      this.#pubacks.delete(packet.messageId as number)
      const generation = this.#generation
      // An acknowledgement that outlived its connection would confirm another message of the next one.
      held.then(() => {
        if (generation === this.#generation) send(packet)
      })
      done?.()
    }
  }

  async #take(packet: IPublishPacket): Promise<void> {
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
    const { messageExpiryInterval, responseTopic, correlationData } = packet.properties ?? {}
    const id = idempotencyKeyOf(packet.properties ?? {})
    const answerable = responseTopic !== undefined && isAnswerable(responseTopic, this.#below(responseTopic))
    const replay = this.#version === 4 && packet.retain
    const empty = payload.length === 0
    if (empty && this.#cleared.delete(packet.topic)) return
    await this.#handlers.publish({
      client: 'broker',
      connection: 'broker',
      messageId: packet.qos === 0 ? null : (packet.messageId ?? null),
      duplicate: packet.dup,
      topic: this.#below(packet.topic) ?? packet.topic,
      payload,
      retained: replay && !empty,
      clearing: !empty ? 'no' : packet.retain ? 'yes' : this.#version === 5 ? 'no' : 'unknown',
      waited: !this.#live,
      expirySeconds: messageExpiryInterval ?? null,
      response: answerable ? { topic: responseTopic, correlation: correlationData ?? null } : null,
      ...(id !== undefined && { id }),
    })
    if (packet.retain && !empty) this.#clear(packet.topic)
  }

  /** A command must not stay at the broker: it would come again with every subscription. */
  #clear(topic: string): void {
    if (this.#version === 4) this.#cleared.add(topic)
    this.#client.publish(topic, '', { qos: 1, retain: true })
  }
}
