import { createServer, type Server, type Socket } from 'node:net'
import { Aedes, type AuthErrorCode, type AuthenticateError, type Client, type PublishPacket } from 'aedes'
import { Fault } from '../message/fault.ts'
import { matchInbound } from '../message/topics.ts'
import type { Clock } from '../util/clock.ts'
import type { Acknowledgement, Ingress, IngressHandlers, OutboundMessage } from './ingress.ts'
import { stateTopic } from './ingress.ts'

export interface BrokerOptions {
  readonly baseTopic: string
  readonly host: string
  readonly port: number
  readonly clock: Clock
  /** Tells the connections of this run from those of any other. */
  readonly run: string
}

/** What is known of one connection. */
interface Connection {
  readonly id: string
  /** Monotonic ms. */
  lastHeard: number
  /** The answer to the client's last QoS 1 publish: acknowledgements leave in the order of the publishes. */
  tail: Promise<void>
}

/** The embedded broker. aedes sends PUBACK as soon as `authorizePublish` calls back: so the commit stands there. */
export class EmbeddedBroker implements Ingress {
  readonly #options: BrokerOptions
  readonly #connections = new WeakMap<Client, Connection>()
  readonly #sockets = new Set<Socket>()
  #broker!: Aedes
  #server!: Server
  #handlers!: IngressHandlers
  #count = 0

  constructor(options: BrokerOptions) {
    this.#options = options
  }

  get connected(): boolean {
    return this.#server?.listening ?? false
  }

  get address(): string {
    const bound = this.#server?.address()
    const port = typeof bound === 'object' && bound !== null ? bound.port : this.#options.port
    return `mqtt://${this.#options.host}:${port}`
  }

  async start(handlers: IngressHandlers): Promise<void> {
    this.#handlers = handlers
    this.#broker = await Aedes.createBroker({
      authenticate: (client, _username, _password, done) => this.#authenticate(client, done),
      authorizePublish: (client, packet, done) => this.#authorizePublish(client, packet as Incoming, done),
    })
    this.#broker.on('ping', (_packet, client) => this.#heard(client))
    this.#broker.on('subscribe', (_subscriptions, client) => this.#heard(client))
    this.#broker.on('ack', (_packet, client) => this.#heard(client))
    this.#broker.on('clientDisconnect', (client) => this.#ended(client))
    // Told by the log of the client's own library; here it only ends a connection.
    this.#broker.on('clientError', () => {})
    this.#broker.on('connectionError', () => {})
    this.#server = createServer((socket) => {
      socket.setNoDelay(true)
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      this.#broker.handle(socket)
    })
    await listen(this.#server, this.#options)
    await this.publish({ topic: this.#topic(stateTopic), payload: 'online', retain: true, correlation: null })
    handlers.connected({ remembers: false })
  }

  publish({ topic, payload, retain }: OutboundMessage): Promise<Acknowledgement> {
    return new Promise((resolve) => {
      this.#broker.publish({ cmd: 'publish', topic, payload, retain, qos: 1, dup: false }, (error) => {
        resolve(error ? { taken: false, reason: error.message } : { taken: true })
      })
    })
  }

  async stop(): Promise<void> {
    if (!this.connected) return
    await this.publish({ topic: this.#topic(stateTopic), payload: 'offline', retain: true, correlation: null })
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    await new Promise<void>((resolve) => this.#broker.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #topic(name: string): string {
    return `${this.#options.baseTopic}/${name}`
  }

  #connection(client: Client): Connection {
    let connection = this.#connections.get(client)
    if (connection === undefined) {
      connection = {
        id: `${this.#options.run}.${++this.#count}`,
        lastHeard: this.#options.clock.monotonic(),
        tail: Promise.resolve(),
      }
      this.#connections.set(client, connection)
    }
    return connection
  }

  #heard(client: Client | null): void {
    if (client !== null) this.#connection(client).lastHeard = this.#options.clock.monotonic()
  }

  #ended(client: Client): void {
    const clean = (client as unknown as { _disconnected: boolean })._disconnected
    const silentMs = this.#options.clock.monotonic() - this.#connection(client).lastHeard
    this.#handlers.ended({ client: client.id, clean, silentMs })
  }

  /** A will that opens a gate when somebody's network fails is refused with the connection that brings it. */
  #authenticate(client: Client, done: (error: AuthenticateError | null, success: boolean | null) => void): void {
    const will = (client as unknown as { _will?: { topic?: string } })._will?.topic
    if (will === undefined || this.#below(will) === null || matchInbound(this.#below(will) as string) === null) {
      return done(null, true)
    }
    this.#handlers.refused({ client: client.id, topic: will, reason: 'a will on a command topic' })
    done(Object.assign(new Error('a will on a command topic is refused'), { returnCode: 5 as AuthErrorCode }), false)
  }

  #below(topic: string): string | null {
    const base = `${this.#options.baseTopic}/`
    return topic.startsWith(base) ? topic.slice(base.length) : null
  }

  #authorizePublish(client: Client | null, packet: Incoming, done: (error?: Error | null) => void): void {
    if (client === null) return done(null)
    this.#heard(client)
    const connection = this.#connection(client)
    const topic = this.#below(packet.topic)
    let work: Promise<void> = Promise.resolve()
    if (topic !== null && matchInbound(topic) !== null) {
      const retain = packet.retain
      packet.retain = false
      work = this.#handlers.publish({
        client: client.id,
        connection: connection.id,
        messageId: packet.qos === 0 ? null : (packet.messageId ?? null),
        duplicate: packet.dup,
        topic,
        payload: typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload,
        retained: false,
        clearing: retain && packet.payload.length === 0 ? 'yes' : 'no',
        waited: false,
        expirySeconds: null,
        response: null,
      })
    } else if (topic !== null || packet.topic === this.#options.baseTopic) {
      this.#neutralise(client, packet)
    }
    // MQTT-4.6.0-2: acknowledgements leave in the order of the publishes, whoever was faster.
    const turn = connection.tail
    connection.tail = Promise.allSettled([turn, work]).then(() => {})
    Promise.all([work, turn]).then(
      () => done(null),
      (error: Error) => done(error),
    )
  }

  /** 3.1.1 has no way to refuse but to close, and clients then send it again for ever: so it is taken and goes nowhere. */
  #neutralise(client: Client, packet: Incoming): void {
    this.#handlers.refused({ client: client.id, topic: packet.topic, reason: 'only the hub publishes here' })
    packet.topic = '$dropped'
    packet.payload = Buffer.alloc(0)
    packet.retain = false
  }
}

type Incoming = PublishPacket & { messageId?: number }

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? `port ${port} on ${host} is taken by another program`
          : error.code === 'EACCES'
            ? `port ${port} on ${host} is not allowed for this user`
            : error.message
      reject(new Fault('invalid_config', `mqtt.broker.listen: ${reason}`, { key: 'mqtt.broker.listen' }, error))
    })
    server.listen(port, host, () => resolve())
  })
}
