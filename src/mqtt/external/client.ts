import { readFileSync } from 'node:fs'
import type { IClientOptions, IClientPublishOptions, IPublishPacket } from 'mqtt'
import type { Acknowledgement } from '../../message/acknowledgement.ts'
import type { Publish } from '../../message/publish.ts'
import { inboundFilters, matchInbound } from '../../message/topics.ts'
import { asError, inBackground } from '../../util/background.ts'
import { sleep, type Timer } from '../../util/clock.ts'
import { matches } from '../filter.ts'
import type { Ingress, IngressHandlers, OutboundMessage, WatchedMessage } from '../ingress.ts'
import { stateTopic } from '../ingress.ts'
import { Refusals } from '../refusals.ts'
import type { ClientOptions } from './client-options.ts'
import { Connection, connectionLost } from './connection.ts'
import { type HubFilter, leftBehind, withoutOverlaps } from './hub-filters.ts'
import { idempotencyKeyOf, propertiesOf, ResponseTopics } from './mqtt5-properties.ts'
import { OwnState } from './own-state.ts'
import { Reconnection } from './reconnection.ts'
import { markerExpirySeconds, SessionMarker } from './session-marker.ts'

/** How long a broker queues messages while the hub is disconnected. */
const sessionSeconds = 7 * 86_400
const batchDelayMs = 500
/** Longest wait for the broker at a stop. */
const disconnectTimeoutMs = 2_000
/** MQTT 3.1.1 return codes and MQTT 5 reason codes for refused credentials, and for a user who may not connect. */
const refusedLogins = [4, 5, 134, 135]
/** MQTT 3.1.1 return code and MQTT 5 reason code for an unsupported protocol version. */
const versionRefused = [1, 132]

/** An external broker. A publish is acknowledged when its request is stored. */
export class ExternalBroker implements Ingress {
  readonly #options: ClientOptions
  /** Topics whose retained message the hub has cleared: MQTT 3.1.1 echoes that as an empty message. */
  readonly #cleared = new Set<string>()
  /** Topics whose retained message the broker has not confirmed as cleared. */
  readonly #toClear = new Set<string>()
  readonly #watchers = new Set<{ readonly filter: string; seen(message: WatchedMessage): void }>()
  /** The latest connection, which may have ended. */
  #connection: Connection | null = null
  #handlers!: IngressHandlers
  #version: 4 | 5 = 5
  readonly #reconnection: Reconnection
  readonly #marker: SessionMarker
  readonly #responses: ResponseTopics
  readonly #refusals: Refusals
  /** The subscriptions of this connection. */
  #subscribed: readonly HubFilter[] = []
  #retry: Timer | null = null
  #lastHeard: number | null = null
  #stopping = false

  constructor(options: ClientOptions) {
    this.#options = options
    this.#version = options.protocol ?? 5
    const { clock, clientId, baseTopic, responseTopics } = options
    this.#reconnection = new Reconnection(clock, clientId)
    this.#responses = new ResponseTopics(baseTopic, responseTopics, (topic) => this.#read(topic) !== null)
    this.#refusals = new Refusals(clock, (refusal) => this.#handlers.refused(refusal))
    // A client id may contain characters that are not allowed in a topic.
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
    return this.#connection?.isOpen ?? false
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
    const properties = this.#version === 5 ? { properties: propertiesOf(payload, correlation) } : {}
    return this.#send(topic, payload, { retain: retain && !this.#options.transient, ...properties })
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
    const connection = this.#connection
    if (connection === null) return
    this.#marker.lost()
    if (connection.isOpen) {
      // A broker that is shutting down as well may not answer.
      await Promise.race([
        Promise.allSettled([this.#publishState('offline')]),
        sleep(this.#options.clock, disconnectTimeoutMs),
      ])
    }
    await Promise.race([connection.end(), sleep(this.#options.clock, disconnectTimeoutMs)])
    connection.drop()
  }

  #topic(name: string): string {
    return `${this.#options.baseTopic}/${name}`
  }

  #send(topic: string, payload: string, options: IClientPublishOptions): Promise<Acknowledgement> {
    return this.#connection?.publish(topic, payload, options) ?? Promise.reject(new Error(connectionLost))
  }

  /** The topic of a command relative to the base topic, and its user; null for all other topics. */
  #read(topic: string): { readonly place: string; readonly user: string | null } | null {
    const { aliases, baseTopic, identity } = this.#options
    const isNamed = identity === 'topic'
    // First, as an alias may be below the base topic.
    if (Object.hasOwn(aliases, topic)) return { place: aliases[topic] as string, user: isNamed ? topic : null }
    if (!topic.startsWith(`${baseTopic}/`)) return null
    const below = topic.slice(baseTopic.length + 1)
    const [, user, place] = isNamed ? (/^as\/([^/\p{Cc}]{1,128})\/(.*)$/su.exec(below) ?? []) : [below, null, below]
    return user === undefined || place === undefined || matchInbound(place) === null ? null : { place, user }
  }

  /** All filters of the hub. */
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
    let connection: Connection | null = null
    const isNewest = () => this.#connection === connection
    try {
      connection = new Connection(this.#options.server, this.#clientOptions(), {
        connected: (sessionPresent) => {
          const opened = connection as Connection
          inBackground(
            () => this.#connected(opened, sessionPresent),
            (error) => this.#failed(error),
          )
        },
        message: (packet) => this.#received(packet, connection as Connection),
        heard: () => {
          this.#lastHeard = this.#options.clock.monotonic()
        },
        failed: (error) => this.#failed(error),
        closed: (takenOver) => {
          if (isNewest()) this.#closed(takenOver)
        },
      })
      this.#connection = connection
    } catch (error) {
      // A certificate file may be unreadable for a moment while it is replaced.
      this.#failed(asError(error))
      this.#closed(false)
    }
  }

  #clientOptions(): IClientOptions {
    const { username, password, ca, cert, key, clientId, transient } = this.#options
    const sessionExpiryInterval = transient ? 0 : sessionSeconds
    return {
      clientId,
      protocolVersion: this.#version,
      clean: transient,
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
  }

  async #connected(connection: Connection, sessionPresent: boolean): Promise<void> {
    this.#reconnection.connected()
    this.#marker.connected(sessionPresent)
    const wanted = this.#wanted()
    const plan = withoutOverlaps(wanted)
    this.#subscribed = plan
    try {
      if (sessionPresent) await connection.unsubscribe(leftBehind(plan, wanted, this.#options.watchedLater))
      await this.#subscribe(connection, plan)
      this.#marker.begin()
      await this.#publishState('online')
    } catch (error) {
      if (connection.isOpen) this.#refused('', `subscribing: ${(error as Error).message}`)
      return
    }
    if (!connection.isOpen) return
    for (const topic of this.#toClear) this.#clear(topic)
    this.#handlers.connected({ remembers: sessionPresent })
  }

  async #subscribe(connection: Connection, subscriptions: readonly HubFilter[]): Promise<void> {
    const filters = (isCommand: boolean) =>
      subscriptions.filter((one) => one.isCommand === isCommand).map(({ filter }) => filter)
    // rh 2: retained messages are not replayed; rap: distinguishes the clearing of one from an empty command.
    await connection.subscribe(filters(true), { qos: 1, ...(this.#version === 5 && { rh: 2, rap: true }) })
    await connection.subscribe(filters(false), { qos: 0 })
  }

  /** The watchers have changed. `renewed` is subscribed again for its retained messages. */
  #resubscribe(renewed?: string): void {
    const connection = this.#connection
    if (!connection?.isOpen) return
    const before = this.#subscribed
    this.#subscribed = withoutOverlaps(this.#wanted())
    const differs = (others: readonly HubFilter[]) => (one: HubFilter) =>
      others.every(({ filter, isCommand }) => filter !== one.filter || isCommand !== one.isCommand)
    const gone = before.filter(differs(this.#subscribed)).map(({ filter }) => filter)
    const fresh = this.#subscribed.filter((one) => differs(before)(one) || (one.filter === renewed && !one.isCommand))
    const failed = (error: Error) => {
      if (connection.isOpen) this.#refused('', `subscribing: ${error.message}`)
    }
    connection.unsubscribe(gone).catch(failed)
    this.#subscribe(connection, fresh).catch(failed)
  }

  #sendMarker(payload: string): void {
    // It may be stopped while it subscribes.
    if (this.#stopping) return
    const { topic } = this.#marker
    const properties = this.#version === 5 ? { properties: { messageExpiryInterval: markerExpirySeconds } } : {}
    const refused = (reason: string) => this.connected && this.#refused(topic, reason)
    this.#send(topic, payload, properties).then(
      (answer) => answer.taken || refused(answer.reason),
      (error: Error) => refused(error.message),
    )
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

  #closed(takenOver: boolean): void {
    if (this.#stopping) return
    const { clock } = this.#options
    this.#marker.lost()
    if (this.#lastHeard !== null)
      this.#handlers.ended({ client: 'broker', clean: false, silentMs: clock.monotonic() - this.#lastHeard })
    const wait = this.#reconnection.ended(takenOver)
    this.#handlers.disconnected(this.trouble ?? connectionLost)
    this.#retry?.cancel()
    this.#retry = clock.after(wait, () => {
      if (!this.#stopping) this.#connect()
    })
  }

  /** The promise that its PUBACK waits for; null for a message that is not for the hub. */
  #received(packet: IPublishPacket, connection: Connection): Promise<void> | null {
    if (packet.topic === this.#marker.topic) {
      this.#marker.arrived(packet.payload.toString())
      return null
    }
    this.#notifyWatchers(packet)
    const asked = this.#read(packet.topic)
    if (asked === null) return null
    return this.#take(packet, asked).catch(() => {
      // Not stored, so not acknowledged: the broker redelivers it on the next connection.
      this.#options.clock.after(batchDelayMs, () => connection.drop())
      return new Promise<void>(() => {})
    })
  }

  #publishState(state: 'online' | 'offline'): Promise<Acknowledgement> {
    return this.publish({ topic: this.#topic(stateTopic), payload: state, retain: true, correlation: null })
  }

  #restate(): void {
    if (!this.connected || this.#stopping) return
    this.#publishState('online').catch((error: Error) => this.#refused(this.#topic(stateTopic), error.message))
  }

  #notifyWatchers({ topic, payload, retain }: IPublishPacket): void {
    for (const watcher of this.#watchers)
      if (matches(watcher.filter, topic)) watcher.seen({ topic, payload: payload.toString(), retained: retain })
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

  /** The response topic of a client; null where it gives none, or one that is not allowed. */
  #responseOf(topic: string | undefined, correlation: Buffer | undefined, user: string | null): Publish['response'] {
    if (topic === undefined) return null
    const reason = this.#responses.refuses(topic, correlation ?? null, user)
    if (reason === null) return { topic, correlation: correlation ?? null }
    this.#refused(topic, reason)
    return null
  }

  /** A retained command is cleared: the broker would deliver it again with every subscription. */
  #clear(topic: string): void {
    if (this.#version === 4) this.#cleared.add(topic)
    this.#toClear.add(topic)
    inBackground(
      async () => {
        await this.#send(topic, '', { retain: true })
        this.#toClear.delete(topic)
      },
      // The connection has ended: cleared on the next one.
      () => {},
    )
  }
}
