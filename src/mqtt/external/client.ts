import { readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import mqtt, { type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt'
import type { Publish } from '../../message/publish.ts'
import { inboundFilters, matchInbound } from '../../message/topics.ts'
import { inBackground } from '../../util/background.ts'
import { sleep, type Timer } from '../../util/clock.ts'
import { matches } from '../filter.ts'
import type { Acknowledgement, Ingress, IngressHandlers, OutboundMessage, WatchedMessage } from '../ingress.ts'
import { stateTopic } from '../ingress.ts'
import { Refusals } from '../refusals.ts'
import type { ClientOptions } from './client-options.ts'
import { type HubFilter, leftBehind, withoutOverlaps } from './hub-filters.ts'
import { OwnState } from './own-state.ts'
import { idempotencyKeyOf, propertiesOf, ResponseTopics } from './properties.ts'
import { Reconnection } from './reconnection.ts'
import { markerExpirySeconds, SessionMarker } from './session-marker.ts'

/** How long a broker keeps what is published while the hub is away. */
const sessionSeconds = 7 * 86_400
/** MQTT 5: another client has connected with the client id of this one. */
const sessionTakenOver = 0x8e
const restMs = 500
/** How long a stop waits for the broker. */
const goodbyeMs = 2_000
/** The same for a wrong user name or password, and for one who may not connect. */
const refusedLogins = [4, 5, 134, 135]
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
  readonly #reconnection: Reconnection
  readonly #marker: SessionMarker
  readonly #responses: ResponseTopics
  readonly #refusals: Refusals
  /** What this connection is subscribed to. */
  #subscribed: readonly HubFilter[] = []
  #takenOver = false
  #retry: Timer | null = null
  #generation = 0
  #lastHeard: number | null = null
  #stopping = false

  constructor(options: ClientOptions) {
    this.#options = options
    this.#version = options.protocol ?? 5
    const { clock, clientId, baseTopic, responseTopics } = options
    this.#reconnection = new Reconnection(clock, clientId)
    this.#responses = new ResponseTopics(baseTopic, responseTopics, (topic) => this.#read(topic) !== null)
    this.#refusals = new Refusals(clock, (refusal) => this.#handlers.refused(refusal))
    // A client id may hold characters that a topic may not.
    const topic = this.#topic(`bridge/marker/${encodeURIComponent(clientId)}`)
    this.#marker = new SessionMarker({
      clock,
      topic,
      send: (payload) => this.#sendMarker(payload),
      missing: () =>
        this.#refused(topic, 'the broker does not deliver the hub its own marker; allow it to publish and read there'),
    })
    this.#watchers.add(new OwnState(clock, this.#topic(stateTopic), () => this.#restate()))
  }

  get connected(): boolean {
    return this.#client?.connected ?? false
  }

  get address(): string {
    return this.#options.server
  }

  get trouble(): string | null {
    return this.#reconnection.trouble
  }

  async start(handlers: IngressHandlers): Promise<void> {
    this.#handlers = handlers
    this.#connect()
  }

  publish({ topic, payload, retain, correlation }: OutboundMessage): Promise<Acknowledgement> {
    return new Promise((resolve, reject) => {
      const properties = this.#version === 5 ? { properties: propertiesOf(payload, correlation) } : {}
      const kept = retain && !this.#options.transient
      this.#client.publish(topic, payload, { qos: 1, retain: kept, ...properties }, (error) => {
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
    this.#resubscribe(filter)
    return () => {
      this.#watchers.delete(watcher)
      this.#resubscribe()
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.#retry?.cancel()
    if (this.#client === undefined) return
    // A client that has ended takes no more publishes.
    this.#marker.lost()
    if (this.#client.connected) {
      // A broker that is going away as well answers nothing more.
      await Promise.race([Promise.allSettled([this.#say('offline')]), sleep(this.#options.clock, goodbyeMs)])
    }
    const ended = this.#client.endAsync(!this.#client.connected)
    await Promise.race([ended, sleep(this.#options.clock, goodbyeMs)])
    this.#client.stream?.destroy()
  }

  #topic(name: string): string {
    return `${this.#options.baseTopic}/${name}`
  }

  /** The place of a command behind the base topic, and who gave it; null for all other topics. */
  #read(topic: string): { readonly place: string; readonly user: string | null } | null {
    const { aliases, baseTopic, identity } = this.#options
    const isNamed = identity === 'topic'
    // First: an alias may lie below the base topic.
    if (Object.hasOwn(aliases, topic)) return { place: aliases[topic] as string, user: isNamed ? topic : null }
    if (!topic.startsWith(`${baseTopic}/`)) return null
    const below = topic.slice(baseTopic.length + 1)
    const [, user, place] = isNamed ? (/^as\/([^/\p{Cc}]{1,128})\/(.*)$/su.exec(below) ?? []) : [below, null, below]
    return user === undefined || place === undefined || matchInbound(place) === null ? null : { place, user }
  }

  /** Everything that the hub listens to, each filter for itself. */
  #wanted(): HubFilter[] {
    const { identity, aliases } = this.#options
    const commands = [
      ...inboundFilters.map((filter) => this.#topic(identity === 'topic' ? `as/+/${filter}` : filter)),
      ...Object.keys(aliases),
      this.#marker.topic,
    ]
    return [
      ...commands.map((filter) => ({ filter, isCommand: true })),
      ...[...this.#watchers].map(({ filter }) => ({ filter, isCommand: false })),
    ]
  }

  #connect(): void {
    const { server, username, password, ca, cert, key, clientId, transient } = this.#options
    const sessionExpiryInterval = transient ? 0 : sessionSeconds
    const options: IClientOptions = {
      clientId,
      protocolVersion: this.#version,
      clean: transient,
      resubscribe: false,
      // Reconnecting is ours: with a growing wait, on the hub's own clock.
      reconnectPeriod: 0,
      connectTimeout: 15_000,
      keepalive: 30,
      will: { topic: this.#topic(stateTopic), payload: Buffer.from('offline'), qos: 1, retain: !transient },
      ...(this.#version === 5 && { properties: { sessionExpiryInterval, receiveMaximum: 65_535 } }),
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
      inBackground(
        () => this.#connected(connack.sessionPresent),
        (error) => this.#failed(error),
      )
    })
    client.on('disconnect', (packet) => {
      this.#takenOver = packet.reasonCode === sessionTakenOver
    })
    client.on('packetreceive', () => {
      this.#lastHeard = this.#options.clock.monotonic()
    })
    client.on('error', (error) => this.#failed(error as Error & { code?: number }))
    client.on('close', () => this.#closed(client))
  }

  async #connected(sessionPresent: boolean): Promise<void> {
    const generation = this.#generation
    this.#reconnection.connected()
    this.#marker.connected(sessionPresent)
    const wanted = this.#wanted()
    const plan = withoutOverlaps(wanted)
    this.#subscribed = plan
    try {
      const held = leftBehind(plan, wanted, this.#options.watchedLater)
      if (sessionPresent && held.length > 0) await this.#client.unsubscribeAsync(held)
      await this.#subscribe(plan)
      this.#marker.begin()
      await this.#say('online')
    } catch (error) {
      if (generation === this.#generation && this.connected)
        this.#refused('', `subscribing: ${(error as Error).message}`)
      return
    }
    if (generation === this.#generation) this.#handlers.connected({ remembers: sessionPresent })
  }

  async #subscribe(subscriptions: readonly HubFilter[]): Promise<void> {
    const filters = (isCommand: boolean) =>
      subscriptions.filter((one) => one.isCommand === isCommand).map(({ filter }) => filter)
    const [commands, watched] = [filters(true), filters(false)]
    // rh 2: retained messages are not replayed; rap: a message that clears one can be told from an empty command.
    const options = { qos: 1 as const, ...(this.#version === 5 && { rh: 2 as const, rap: true }) }
    if (commands.length > 0) await this.#client.subscribeAsync(commands, options)
    if (watched.length > 0) await this.#client.subscribeAsync(watched, { qos: 0 })
  }

  /** The watchers have changed. `renewed` is subscribed to again for its retained messages. */
  #resubscribe(renewed?: string): void {
    if (!this.connected) return
    const before = this.#subscribed
    this.#subscribed = withoutOverlaps(this.#wanted())
    const differs = (others: readonly HubFilter[]) => (one: HubFilter) =>
      others.every(({ filter, isCommand }) => filter !== one.filter || isCommand !== one.isCommand)
    const gone = before.filter(differs(this.#subscribed)).map(({ filter }) => filter)
    const fresh = this.#subscribed.filter((one) => differs(before)(one) || (one.filter === renewed && !one.isCommand))
    const failed = (error: Error) => {
      if (this.connected) this.#refused('', `subscribing: ${error.message}`)
    }
    if (gone.length > 0) this.#client.unsubscribeAsync(gone).catch(failed)
    this.#subscribe(fresh).catch(failed)
  }

  #sendMarker(payload: string): void {
    // A client that has ended takes no more publishes, and a stop may come while it subscribes.
    if (this.#stopping) return
    const properties = this.#version === 5 ? { properties: { messageExpiryInterval: markerExpirySeconds } } : {}
    this.#client.publish(this.#marker.topic, payload, { qos: 1, ...properties }, (error) => {
      if (error && this.connected) this.#refused(this.#marker.topic, error.message)
    })
  }

  #refused(topic: string, reason: string): void {
    this.#refusals.add({ client: this.#options.clientId, topic, reason })
  }

  #failed(error: Error & { code?: number }): void {
    if (this.#version === 5 && versionRefused.includes(error.code ?? -1)) {
      this.#version = 4
      this.#reconnection.hurry()
      return
    }
    const { server, username } = this.#options
    const isRefused = refusedLogins.includes(error.code ?? -1)
    const who = username === undefined ? 'the hub without a user name' : `user "${username}"`
    const fix = 'correct mqtt.username and mqtt.password in smshub.yaml, or add the user at the broker'
    this.#handlers.disconnected(
      isRefused ? `${server} refused ${who} (${error.message}): ${fix}` : `${server}: ${error.message}`,
    )
  }

  #closed(client: MqttClient): void {
    if (client !== this.#client || this.#stopping) return
    this.#generation++
    this.#marker.lost()
    this.#pubacks.clear()
    if (this.#lastHeard !== null) {
      const silentMs = this.#options.clock.monotonic() - this.#lastHeard
      this.#handlers.ended({ client: 'broker', clean: false, silentMs })
    }
    const wait = this.#reconnection.ended(this.#takenOver)
    this.#takenOver = false
    this.#handlers.disconnected(this.trouble ?? 'the connection to the broker was lost')
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
    if (packet.topic === this.#marker.topic) {
      this.#marker.arrived(packet.payload.toString())
      return done()
    }
    this.#tellWatchers(packet)
    const asked = this.#read(packet.topic)
    if (asked === null) return done()
    const work = this.#take(packet, asked).catch(() => {
      // Not stored, so never acknowledged: the broker sends it again on the next connection.
      this.#options.clock.after(restMs, () => {
        if (generation === this.#generation) this.#client.stream.destroy()
      })
      return new Promise<void>(() => {})
    })
    if (packet.qos === 1 && packet.messageId !== undefined) this.#pubacks.set(packet.messageId, work)
    done()
  }

  #say(state: 'online' | 'offline'): Promise<Acknowledgement> {
    return this.publish({ topic: this.#topic(stateTopic), payload: state, retain: true, correlation: null })
  }

  #restate(): void {
    if (!this.connected || this.#stopping) return
    this.#say('online').catch((error: Error) => this.#refused(this.#topic(stateTopic), error.message))
  }

  #tellWatchers({ topic, payload, retain }: IPublishPacket): void {
    for (const watcher of this.#watchers)
      if (matches(watcher.filter, topic)) watcher.seen({ topic, payload: payload.toString(), retained: retain })
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

  async #take(packet: IPublishPacket, { place, user }: { place: string; user: string | null }): Promise<void> {
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
    const { messageExpiryInterval, responseTopic, correlationData } = packet.properties ?? {}
    const id = idempotencyKeyOf(packet.properties ?? {})
    const response = this.#responseOf(responseTopic, correlationData, user)
    const replay = this.#version === 4 && packet.retain
    const empty = payload.length === 0
    if (empty && this.#cleared.delete(packet.topic)) return
    await this.#handlers.publish({
      client: 'broker',
      user,
      isAnonymous: user === null,
      connection: 'broker',
      messageId: packet.qos === 0 ? null : (packet.messageId ?? null),
      duplicate: packet.dup,
      topic: place,
      payload,
      retained: replay && !empty,
      clearing: !empty ? 'no' : packet.retain ? 'yes' : this.#version === 5 ? 'no' : 'unknown',
      waited: !this.#marker.isLive,
      expirySeconds: messageExpiryInterval ?? null,
      response,
      ...(id !== undefined && { id }),
    })
    if (packet.retain && !empty) this.#clear(packet.topic)
  }

  /** Where the answer goes beside the hub's own topics: null where the client names no topic, or none that it may. */
  #responseOf(topic: string | undefined, correlation: Buffer | undefined, user: string | null): Publish['response'] {
    if (topic === undefined) return null
    const reason = this.#responses.refuses(topic, correlation ?? null, user)
    if (reason === null) return { topic, correlation: correlation ?? null }
    this.#refused(topic, reason)
    return null
  }

  /** A command must not stay at the broker: it would come again with every subscription. */
  #clear(topic: string): void {
    if (this.#version === 4) this.#cleared.add(topic)
    this.#client.publish(topic, '', { qos: 1, retain: true })
  }
}
