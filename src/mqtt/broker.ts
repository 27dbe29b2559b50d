import type { Duplex } from 'node:stream'
import { Aedes, type AuthErrorCode, type AuthenticateError, type Client } from 'aedes'
import type { SessionStore } from '../message/session.ts'
import { matchInbound } from '../message/topics.ts'
import { type Clock, sleep, type Timer } from '../util/clock.ts'
import { Access, type UserRights } from './access.ts'
import { Connection, dropped, type Incoming } from './connection.ts'
import { Credentials, type PasswordCheck } from './credentials.ts'
import { Floods } from './floods.ts'
import type { Acknowledgement, Ingress, IngressHandlers, OutboundMessage, WatchedMessage } from './ingress.ts'
import { stateTopic } from './ingress.ts'
import { Listeners, type ListenersOptions } from './listeners.ts'
import { PacketGuard } from './packet-guard.ts'
import { SessionPersistence } from './persistence.ts'
import { Refusals } from './refusals.ts'

export interface BrokerLimits {
  /** Octets of the largest packet. */
  readonly packet: number
  /** Publishes of one client; null for no limit. */
  readonly publishesPerSecond: number | null
  readonly burst: number
  readonly clients: number
  readonly sessions: number
  /** Messages and octets that an absent client is owed. */
  readonly sessionQueue: number
  readonly sessionOctets: number
  readonly sessionDays: number
  readonly subscriptions: number
}

export interface BrokerOptions {
  readonly baseTopic: string
  /** Whole topics of other dialects that are commands too, with their place behind the base topic. */
  readonly aliases: Readonly<Record<string, string>>
  readonly clock: Clock
  /** Tells the connections of this run from those of any other. */
  readonly run: string
  readonly listeners: Omit<ListenersOptions, 'largestPacket'>
  /** Null: no passwords, and whoever reaches the loopback interface may command. */
  readonly users: Readonly<Record<string, UserRights>> | null
  readonly checkPassword: PasswordCheck
  readonly sessions: SessionStore
  readonly limits: BrokerLimits
  /** Wall time in ms. */
  now(): number
}

/** How often sessions are looked through for those that nobody came back to. */
const expiryMs = 3_600_000
const dayMs = 86_400_000
const connectTimeout = 10_000

/** The embedded broker. aedes sends PUBACK as soon as `authorizePublish` calls back: so the commit stands there. */
export class EmbeddedBroker implements Ingress {
  readonly #options: BrokerOptions
  readonly #access: Access
  readonly #credentials: Credentials
  readonly #floods: Floods
  readonly #refusals: Refusals
  readonly #listeners = new Listeners()
  readonly #persistence: SessionPersistence
  readonly #connections = new WeakMap<Client, Connection>()
  #broker!: Aedes
  #handlers!: IngressHandlers
  #expiry: Timer | null = null
  #streams = 0
  #count = 0

  constructor(options: BrokerOptions) {
    const { baseTopic, aliases, users, checkPassword, clock, limits, sessions } = options
    this.#options = options
    this.#access = new Access(baseTopic, users, aliases)
    this.#credentials = new Credentials(checkPassword)
    this.#floods = new Floods(clock, limits.publishesPerSecond, limits.burst)
    this.#refusals = new Refusals(clock, (refused) => this.#handlers.refused(refused))
    this.#persistence = new SessionPersistence(
      sessions,
      {
        queue: limits.sessionQueue,
        octets: limits.sessionOctets,
        sessions: limits.sessions,
        now: () => options.now(),
        maySubscribe: (client, filter) => this.#access.maySubscribe(this.#userOf(client), filter),
        overflowed: (client) =>
          this.#refusals.add(client, '', 'more waits for it than a session keeps: the oldest went'),
      },
      clock,
    )
  }

  get connected(): boolean {
    return this.#listeners.open
  }

  get address(): string {
    return this.#listeners.addresses.join(', ')
  }

  async start(handlers: IngressHandlers): Promise<void> {
    const { limits, listeners } = this.#options
    this.#handlers = handlers
    this.#broker = await Aedes.createBroker({
      persistence: this.#persistence,
      connectTimeout,
      preConnect: (client, _packet, done) => this.#preConnect(client, done),
      authenticate: (client, username, password, done) => {
        this.#admit(client, username, password).then(
          () => done(null, true),
          (error: AuthenticateError) => done(error, false),
        )
      },
      authorizePublish: (client, packet, done) => this.#authorizePublish(client, packet as Incoming, done),
      authorizeSubscribe: (client, subscription, done) =>
        done(null, client === null || this.#maySubscribe(client, subscription.topic) ? subscription : null),
      authorizeForward: (client, packet) => (this.#mayForward(client, packet) ? packet : null),
    })
    this.#broker.on('ping', (_packet, client) => this.#heard(client))
    this.#broker.on('subscribe', (_subscriptions, client) => this.#heard(client))
    this.#broker.on('ack', (_packet, client) => this.#heard(client))
    this.#broker.on('clientDisconnect', (client) => this.#ended(client))
    this.#broker.on('clientError', (client, error) => this.#refusals.addError(client.id, error))
    this.#broker.on('connectionError', (_client, error) => this.#refusals.addError('somebody', error))
    await this.publish({ topic: this.#topic(stateTopic), payload: 'online', retain: true, correlation: null })
    await this.#listeners.start({ ...listeners, largestPacket: limits.packet }, (stream) => this.#handle(stream))
    this.#expire()
    handlers.connected({ remembers: true })
  }

  /** Resolves when the message is on the disk for every session that is owed it. */
  publish({ topic, payload, retain }: OutboundMessage): Promise<Acknowledgement> {
    return new Promise((resolve) => {
      // aedes stores what is retained before it returns: the mark is for this message alone.
      this.#persistence.ours = true
      this.#broker.publish({ cmd: 'publish', topic, payload, retain, qos: 1, dup: false }, (error) => {
        if (error) return resolve({ taken: false, reason: error.message })
        void this.#persistence.settled().then(() => resolve({ taken: true }))
      })
      this.#persistence.ours = false
    })
  }

  watch(filter: string, seen: (message: WatchedMessage) => void): () => void {
    let watching = true
    const tell = (packet: { topic: string; payload: Uint8Array | string }, retained: boolean) => {
      if (watching) seen({ topic: packet.topic, payload: Buffer.from(packet.payload).toString('utf8'), retained })
    }
    const live = (packet: { topic: string; payload: Uint8Array | string }, done: () => void) => {
      tell(packet, false)
      done()
    }
    this.#broker.subscribe(filter, live, () => {
      this.#persistence.createRetainedStream(filter).on('data', (packet) => tell(packet, true))
    })
    return () => {
      watching = false
      this.#broker.unsubscribe(filter, live, () => {})
    }
  }

  async stop(): Promise<void> {
    this.#expiry?.cancel()
    if (!this.connected) return
    await this.publish({ topic: this.#topic(stateTopic), payload: 'offline', retain: true, correlation: null })
    await new Promise<void>((resolve) => this.#broker.close(() => resolve()))
    await this.#listeners.close()
    await this.#persistence.destroy()
  }

  /** aedes' own table: an object without a prototype. */
  get #clients(): Readonly<Record<string, Client | undefined>> {
    return (this.#broker as unknown as { clients: Readonly<Record<string, Client | undefined>> }).clients
  }

  #topic(name: string): string {
    return `${this.#options.baseTopic}/${name}`
  }

  #handle(stream: Duplex): void {
    // Some that have not said who they are may wait beside those who have.
    if (this.#streams >= this.#options.limits.clients + 100) {
      this.#refusals.add('somebody', '', 'too many connections')
      return void stream.destroy()
    }
    this.#streams++
    stream.once('close', () => this.#streams--)
    const guard = new PacketGuard(this.#options.limits.packet)
    const read = stream.read.bind(stream)
    stream.read = (size?: number) => {
      const chunk: Uint8Array | null = read(size)
      if (chunk === null || guard.takes(chunk)) return chunk
      this.#refusals.add(client.id ?? 'somebody', '', `a packet of more than ${this.#options.limits.packet} octets`)
      stream.destroy()
      return null
    }
    const client: Client = this.#broker.handle(stream)
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
    const clean = (client as unknown as { _disconnected: boolean })._disconnected
    this.#persistence.left(client.id)
    this.#handlers.ended({ client: client.id, clean, silentMs: this.#connection(client).silentMs })
  }

  #userOf(client: string): string | null {
    const connected = this.#clients[client]
    if (connected !== undefined) return this.#connection(connected).user
    return this.#persistence.ownerOf(client) ?? null
  }

  #preConnect(client: Client, done: (error: Error | null, success: boolean) => void): void {
    // aedes drops what was numbered before something that has already gone out: each connection looks itself instead.
    const { duplicates } = client as unknown as { duplicates: object }
    Object.defineProperty(duplicates, this.#broker.id, { get: () => 0, set: () => {} })
    if (this.#broker.connectedClients < this.#options.limits.clients) return done(null, true)
    done(new Error('too many clients'), false)
  }

  /** Who may come in: rejects with the return code of CONNACK. */
  async #admit(client: Client, username: string | undefined, password: Buffer | undefined): Promise<void> {
    const refuse = (returnCode: 2 | 3 | 4 | 5, reason: string, topic = ''): never => {
      this.#refusals.add(client.id, topic, reason)
      throw Object.assign(new Error(reason), { returnCode: returnCode as AuthErrorCode })
    }
    if (client.id.length > 256 || hasControls(client.id))
      refuse(2, 'the client id is too long or holds control characters')
    const { users } = this.#options
    const user = users === null ? null : (username ?? '')
    if (user !== null) {
      const verdict =
        users?.[user] === undefined ? 'wrong' : await this.#credentials.verify(user, password ?? Buffer.alloc(0))
      if (verdict === 'busy') refuse(3, 'too many passwords are being checked')
      if (verdict === 'wrong') refuse(4, 'wrong user name or password')
    }
    if (this.#floods.isBanned(user ?? client.id)) refuse(3, 'it published too much too fast a moment ago')
    const live = this.#clients[client.id]
    const owner = live === undefined ? this.#persistence.ownerOf(client.id) : this.#connection(live).user
    if (owner !== undefined && owner !== user) refuse(2, 'the client id belongs to another user')
    const { _will: will, clean } = client as unknown as { _will?: Incoming; clean: boolean }
    if (will !== undefined) {
      const below = this.#access.below(will.topic)
      if (below !== null && matchInbound(below) !== null) refuse(5, 'a will on a command topic', will.topic)
      const reason = this.#access.refusesPublish(user, will.topic, will.payload)
      if (reason !== null) refuse(5, `a will: ${reason}`, will.topic)
    }
    if (!clean && !this.#persistence.keep(client.id, user)) refuse(3, 'too many sessions are kept already')
    this.#connection(client).user = user
  }

  #maySubscribe(client: Client, filter: string): boolean {
    const connection = this.#connection(client)
    if (!this.#access.maySubscribe(connection.user, filter)) {
      this.#refusals.add(client.id, filter, `${connection.user ?? 'nobody'} may not subscribe to ${filter}`)
      return false
    }
    return ++connection.subscriptions <= this.#options.limits.subscriptions
  }

  /** The rule of subscribing once more: sessions keep filters that were allowed once, and aedes some that never were. */
  #mayForward(client: Client, packet: Incoming): boolean {
    const connection = this.#connection(client)
    if (!this.#access.mayRead(connection.user, packet.topic)) {
      this.#persistence.withdraw(client.id, packet)
      return false
    }
    return connection.isNew(packet)
  }

  #authorizePublish(client: Client | null, packet: Incoming, done: (error?: Error | null) => void): void {
    // Without a client: a will that the last run left, allowed when it was taken.
    if (client === null) return done(null)
    const connection = this.#connection(client)
    connection.heard()
    const reason = this.#access.refusesPublish(connection.user, packet.topic, packet.payload)
    const topic = this.#access.below(packet.topic)
    const isCommand = reason === null && topic !== null && topic !== ''
    const wait = this.#floods.wait(connection.user ?? client.id)
    if (wait === 'banned') {
      this.#refusals.add(client.id, packet.topic, 'too many publishes')
      return done(new Error('too many publishes'))
    }
    if (reason !== null) {
      // 3.1.1 has no way to refuse but to close, and clients then send it again for ever: so it is taken and goes nowhere.
      this.#refusals.add(client.id, packet.topic, reason)
      dropped(packet)
    }
    const work = () =>
      isCommand ? this.#handlers.publish(this.#asPublish(client, connection, packet, topic)) : undefined
    connection.inTurn(wait === 0 ? null : sleep(this.#options.clock, wait), work).then(
      () => done(null),
      (error: Error) => done(error),
    )
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
    const clients = this.#clients
    this.#persistence.expire(this.#options.now() - limits.sessionDays * dayMs, (id) => clients[id] !== undefined)
    this.#expiry = clock.after(expiryMs, () => this.#expire())
  }
}

function hasControls(text: string): boolean {
  for (const character of text) if (character < ' ' || character === '\u007f') return true
  return false
}
