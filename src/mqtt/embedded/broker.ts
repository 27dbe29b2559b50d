import type { Duplex } from 'node:stream'
import { Aedes, type AuthenticateError, type Client, type Subscription } from 'aedes'
import type { Acknowledgement } from '../../message/acknowledgement.ts'
import type { SessionStore } from '../../message/broker-session.ts'
import { asksPrivacy } from '../../message/payload.ts'
import { inBackground } from '../../util/background.ts'
import { type Clock, sleep, type Timer } from '../../util/clock.ts'
import { sourceOf } from '../../util/networks.ts'
import type { Ingress, IngressHandlers, OutboundMessage, WatchedMessage } from '../ingress.ts'
import { stateTopic } from '../ingress.ts'
import { Refusals } from '../refusals.ts'
import { Access, type AccessNames, type UserRights } from './access.ts'
import { Admission, type Peer } from './admission.ts'
import { checkInternals, clientsOf, hasDisconnected, turnOffDeduplication } from './aedes-internals.ts'
import { Connection, dropped, type Incoming } from './client-connection.ts'
import type { PasswordCheck } from './credentials.ts'
import { Exchange } from './exchange.ts'
import { Floods } from './floods.ts'
import { guarded } from './guarded-stream.ts'
import { Listeners, type ListenersOptions } from './listeners.ts'
import { type Overflow, type SessionLimits, SessionPersistence } from './persistence.ts'
import { persistenceForAedes, sessionMark } from './persistence-for-aedes.ts'
import { isWild } from './subscriptions.ts'
import { Unread } from './unread.ts'
import { keyOf, type Waiter, WaitingRoom } from './waiting-room.ts'

export interface BrokerLimits extends SessionLimits {
  /** Octets of a packet. */
  readonly packet: number
  /** Publishes of one client; null for no limit. */
  readonly publishesPerSecond: number | null
  readonly burst: number
  readonly clients: number
  readonly sessionDays: number
}

export interface BrokerOptions extends AccessNames {
  readonly clock: Clock
  /** Distinguishes the connections of this run from those of other runs. */
  readonly run: string
  readonly listeners: Omit<ListenersOptions, 'largestPacket'>
  /** Null: no passwords, and everybody with access to the loopback interface may send commands. */
  readonly users: Readonly<Record<string, UserRights>> | null
  readonly checkPassword: PasswordCheck
  readonly sessions: SessionStore
  readonly limits: BrokerLimits
  /** Wall time in ms. */
  now(): number
}

const overflows: Readonly<Record<Overflow, string>> = {
  session: 'its queue is full: its oldest messages were dropped',
  all: 'the queues of all sessions together are full: its oldest messages were dropped',
  received: 'it does not complete what it publishes at QoS 2: its oldest packet identifiers were forgotten',
}
/** Cost of a filter with wildcards; any other costs as much as a publish. */
const wildcardCostUnits = 10
/** Interval of the check for expired sessions. */
const expiryMs = 3_600_000
const dayMs = 86_400_000

/** The embedded broker. aedes sends PUBACK when `authorizePublish` calls back, so the commit is made there. */
export class EmbeddedBroker implements Ingress {
  readonly #options: BrokerOptions
  readonly #access: Access
  readonly #admission: Admission
  readonly #floods: Floods
  readonly #refusals: Refusals
  readonly #listeners = new Listeners()
  readonly #waiting: WaitingRoom
  readonly #persistence: SessionPersistence
  readonly #connections = new WeakMap<Client, Connection>()
  readonly #peers = new WeakMap<Client, Peer>()
  readonly #unread = new Unread<Client & { conn: Duplex }>()
  #broker!: Aedes
  #handlers!: IngressHandlers
  #expiry: Timer | null = null
  #count = 0

  constructor(options: BrokerOptions) {
    const { users, clock, limits, sessions } = options
    this.#options = options
    this.#access = new Access(users, options)
    this.#floods = new Floods(clock, limits.publishesPerSecond, limits.burst)
    this.#refusals = new Refusals(clock, (refused) => this.#handlers.refused(refused))
    this.#waiting = new WaitingRoom(clock, (address, reason) => this.#refusals.add({ client: address, reason }))
    const overflowed = (client: string, why: Overflow) => this.#refusals.add({ client, reason: overflows[why] })
    const dropped = ({ queued, retained }: { queued: number; retained: number }) => {
      const reason = `the store held more than the limits of the broker: ${queued} queued and ${retained} retained messages were dropped`
      this.#refusals.add({ client: 'broker', reason })
    }
    const rules = { limits, now: () => options.now(), overflowed, dropped }
    this.#persistence = new SessionPersistence(sessions, rules, clock)
    this.#admission = new Admission({
      ...options,
      access: this.#access,
      floods: this.#floods,
      persistence: this.#persistence,
      clients: () => clientsOf(this.#broker),
      connection: (client) => this.#connection(client),
      peer: (client) => this.#peer(client),
      refused: (refusal) => this.#refusals.add(refusal),
    })
  }

  get connected(): boolean {
    return this.#listeners.open
  }

  get trouble(): null {
    return null
  }

  get address(): string {
    return this.#listeners.addresses.join(', ')
  }

  async start(handlers: IngressHandlers): Promise<void> {
    const { limits, listeners } = this.#options
    this.#handlers = handlers
    checkInternals()
    this.#broker = await Aedes.createBroker({
      mq: new Exchange(this.#options.clock),
      persistence: persistenceForAedes(this.#persistence),
      // The waiting room has its own time limit, which covers handshakes as well.
      connectTimeout: 2_147_483_647,
      preConnect: (client, _packet, done) => {
        turnOffDeduplication(client, this.#broker)
        this.#waiting.asked(this.#peer(client).key)
        done(null, true)
      },
      authenticate: (client, username, password, done) => {
        this.#admission.admit(client, username, password).then(
          () => done(null, true),
          (error: AuthenticateError) => done(error, false),
        )
      },
      authorizePublish: (client, packet, done) => this.#authorizePublish(client, packet as Incoming, done),
      authorizeSubscribe: (client, subscription, done) => this.#authorizeSubscribe(client, subscription, done),
      authorizeForward: (client, packet) => (this.#mayForward(client, packet) ? packet : null),
    })
    this.#broker.on('connackSent', ({ returnCode }, client) => {
      if (returnCode === 0) this.#waiting.admitted(this.#peer(client).key)
    })
    this.#broker.on('ping', (_packet, client) => this.#heard(client))
    this.#broker.on('subscribe', (_subscriptions, client) => this.#heard(client))
    this.#broker.on('unsubscribe', (topics, client) => this.#unsubscribed(topics, client))
    this.#broker.on('ack', (_packet, client) => this.#heard(client))
    this.#broker.on('clientDisconnect', (client) => this.#ended(client))
    this.#broker.on('clientError', (client, error) => this.#refusals.addError(client.id, error))
    this.#broker.on('connectionError', (client, error) => this.#refusals.addError(this.#peer(client).address, error))
    await this.publish({ topic: this.#topic(stateTopic), payload: 'online', retain: true, correlation: null })
    await this.#listeners.start(
      { ...listeners, largestPacket: limits.packet },
      { opened: (socket) => this.#waiting.enter(socket), handle: (stream, socket) => this.#handle(stream, socket) },
    )
    this.#expire()
    handlers.connected({ remembers: true })
  }

  /** Resolves when the message is durable for all subscribed sessions. */
  publish({ topic, payload, retain }: OutboundMessage): Promise<Acknowledgement> {
    return new Promise((resolve, reject) => {
      // aedes stores a retained message before it returns: the mark is for this message only.
      this.#persistence.ours = true
      this.#broker.publish({ cmd: 'publish', topic, payload, retain, qos: 1, dup: false }, (error) => {
        if (error) return resolve({ taken: false, reason: error.message })
        this.#persistence.settled().then(() => resolve({ taken: true }), reject)
      })
      this.#persistence.ours = false
    })
  }

  watch(filter: string, seen: (message: WatchedMessage) => void): () => void {
    let watching = true
    const notify = (packet: { topic: string; payload: Uint8Array | string }, retained: boolean) => {
      if (watching) seen({ topic: packet.topic, payload: Buffer.from(packet.payload).toString('utf8'), retained })
    }
    const live = (packet: { topic: string; payload: Uint8Array | string }, done: () => void) => {
      notify(packet, false)
      done()
    }
    this.#broker.subscribe(filter, live, () => {
      this.#persistence.createRetainedStream(filter).on('data', (packet) => notify(packet, true))
    })
    return () => {
      watching = false
      this.#broker.unsubscribe(filter, live, () => {})
    }
  }

  async stop(): Promise<void> {
    this.#expiry?.cancel()
    // A failed start may not have reached this, as when a port is in use.
    if (this.#broker === undefined) return
    if (this.connected)
      await this.publish({ topic: this.#topic(stateTopic), payload: 'offline', retain: true, correlation: null })
    await new Promise<void>((resolve) => this.#broker.close(() => resolve()))
    await this.#listeners.close()
    await this.#persistence.destroy()
  }

  #topic(name: string): string {
    return `${this.#options.baseTopic}/${name}`
  }

  #handle(stream: Duplex, socket: Waiter): void {
    const { clock, limits } = this.#options
    const refused = (reason: string) => this.#refusals.add({ client: client.id ?? socket.remoteAddress ?? '', reason })
    const client = this.#broker.handle(guarded(stream, { largest: limits.packet, clock, refused }))
    const address = socket.remoteAddress ?? ''
    this.#peers.set(client, { key: keyOf(socket), source: sourceOf(address), address })
  }

  #peer(client: Client): Peer {
    return this.#peers.get(client) ?? { key: '', source: '', address: '' }
  }

  #connection(client: Client): Connection {
    let connection = this.#connections.get(client)
    if (connection === undefined) {
      connection = new Connection(`${this.#options.run}.${++this.#count}`, this.#options.clock)
      this.#connections.set(client, connection)
    }
    return connection
  }

  #heard(client: Client | null): void {
    if (client !== null) this.#connection(client).heard()
  }

  #ended(client: Client): void {
    const clean = hasDisconnected(client)
    this.#persistence.left(client.id)
    this.#handlers.ended({ client: client.id, clean, silentMs: this.#connection(client).silentMs })
  }

  #authorizeSubscribe(
    client: Client | null,
    subscription: Subscription,
    done: (error: Error | null, subscription?: Subscription | null) => void,
  ): void {
    if (client === null) return done(null, subscription)
    if (subscription.topic === sessionMark) return done(null, null)
    const { topic } = subscription
    const { user } = this.#connection(client)
    const isRestored = this.#persistence.isRestored(client.id, subscription)
    const wait = isRestored ? 0 : this.#floods.wait(user ?? client.id, isWild(topic) ? wildcardCostUnits : 1)
    if (wait === 'banned') return done(new Error('too many publishes'))
    const reason = this.#refusesSubscription(client.id, user, topic, isRestored)
    if (reason !== null) this.#refusals.add({ client: client.id, topic, reason })
    else if (!isRestored) this.#keep(client.id, () => this.#persistence.addSubscriptions(client, [subscription], user))
    // The granted QoS is looked up with each message: aedes uses that of one filter where several match a topic.
    const granted = reason === null ? { ...subscription, qos: 2 as const } : null
    const pause = this.#pause(wait)
    if (pause === null) done(null, granted)
    else this.#keep(client.id, () => pause.then(() => done(null, granted)))
  }

  #refusesSubscription(client: string, user: string | null, topic: string, isRestored: boolean): string | null {
    if (!this.#access.maySubscribe(user, topic)) return `${user ?? 'nobody'} may not subscribe to ${topic}`
    return isRestored ? null : this.#persistence.refusesSubscription(client, user, topic)
  }

  /** A clean session is known to aedes only; a persistent one has been changed already. */
  #unsubscribed(topics: string[], client: Client): void {
    if (!client.clean || clientsOf(this.#broker)[client.id] !== client) return
    this.#keep(client.id, () => this.#persistence.removeSubscriptions(client, topics))
  }

  /** Runs in the background; a failure is reported like a refusal. */
  #keep(client: string, work: () => unknown): void {
    inBackground(work, ({ message }) => this.#refusals.add({ client, reason: message }))
  }

  /** The delay of a client: by its allowance, and by the disk where that is far behind. */
  #pause(wait: number): Promise<void> | null {
    const allowed = wait === 0 ? null : sleep(this.#options.clock, wait)
    return this.#persistence.isBehind ? Promise.all([allowed, this.#persistence.settled()]).then(() => {}) : allowed
  }

  /**
   * Forwards once, however many filters of a client match a message, and at the granted QoS (MQTT-3.3.5-1, -3.8.4-6).
   * Checks the right again: sessions keep filters that were allowed once, and aedes some that never were.
   */
  #mayForward(client: Client, packet: Incoming): boolean {
    const connection = this.#connection(client)
    if (!connection.isNew(packet)) return false
    if (this.#isDeaf(client)) return false
    if (!this.#access.mayRead(connection.user, packet.topic)) {
      this.#persistence.withdraw(client.id, packet)
      return false
    }
    const granted = packet.messageId === undefined ? this.#persistence.qosFor(client.id, packet.topic) : null
    if (granted !== null) packet.qos = Math.min(packet.qos, granted) as 0 | 1 | 2
    return true
  }

  /** Disconnects a client that does not read; a persistent session receives its messages at the next connection. */
  #isDeaf(client: Client): boolean {
    const deaf = this.#unread.add(client as Client & { conn: Duplex })
    if (deaf === null) return false
    this.#refusals.add({ client: deaf.id, reason: 'it does not read what it is sent: the connection was closed' })
    deaf.conn.destroy()
    return deaf === client
  }

  #authorizePublish(client: Client | null, packet: Incoming, done: (error?: Error | null) => void): void {
    // Without a client: a will of an earlier run, which was allowed when it was stored.
    if (client === null) {
      if (packet.retain && this.#persistence.refusesRetained(packet) !== null) packet.retain = false
      return done(null)
    }
    const connection = this.#connection(client)
    connection.heard()
    const topic = this.#access.below(packet.topic)
    const reason = this.#refusesPublish(connection.user, packet, topic)
    const isCommand = reason === null && topic !== null && topic !== ''
    const wait = this.#floods.wait(connection.user ?? client.id)
    if (wait === 'banned') {
      this.#refusals.add({ client: client.id, topic: packet.topic, reason: 'too many publishes' })
      return done(new Error('too many publishes'))
    }
    if (reason !== null) {
      // 3.1.1 can only refuse by closing, after which clients send it again for ever: it is acknowledged and dropped.
      this.#refusals.add({ client: client.id, topic: packet.topic, reason })
      dropped(packet)
    }
    const publish = isCommand ? this.#asPublish(client, connection, packet, topic) : null
    // It is for the hub alone: no subscriber gets it, and no session keeps it.
    if (publish !== null && asksPrivacy(Buffer.from(publish.payload).toString('latin1'))) dropped(packet)
    const work = () => (publish === null ? undefined : this.#handlers.publish(publish))
    connection.inTurn(this.#pause(wait), work).then(
      () => done(null),
      (error: Error) => done(error),
    )
  }

  #refusesPublish(user: string | null, packet: Incoming, below: string | null): string | null {
    const reason = this.#access.refusesPublish(user, packet.topic, packet.payload)
    return reason === null && packet.retain && below === null ? this.#persistence.refusesRetained(packet) : reason
  }

  #asPublish(client: Client, connection: Connection, packet: Incoming, topic: string) {
    const retain = packet.retain
    packet.retain = false
    return {
      client: client.id,
      user: connection.user,
      connection: connection.id,
      messageId: packet.qos === 0 ? null : (packet.messageId ?? null),
      duplicate: packet.dup,
      topic,
      payload: typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload,
      retained: false,
      clearing: retain && packet.payload.length === 0 ? ('yes' as const) : ('no' as const),
      waited: false,
      expirySeconds: null,
      response: null,
    }
  }

  #expire(): void {
    const { clock, limits } = this.#options
    const clients = clientsOf(this.#broker)
    this.#persistence.expire(this.#options.now() - limits.sessionDays * dayMs, (id) => clients[id] !== undefined)
    this.#expiry = clock.after(expiryMs, () => this.#expire())
  }
}
