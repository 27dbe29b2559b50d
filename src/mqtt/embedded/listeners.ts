import { readFileSync } from 'node:fs'
import { createServer as createHttp, type Server as HttpServer } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { createServer as createTcp, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTls } from 'node:tls'
import { Fault } from '../../message/fault.ts'

export interface Listen {
  readonly host: string
  readonly port: number
}

/** Paths of PEM files. With `ca`, clients need a certificate signed by it. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
  readonly ca?: string | undefined
}

export interface ListenersOptions {
  readonly listen: Listen | null
  readonly tls: (TlsFiles & { readonly listen: Listen }) | null
  readonly websocket: {
    readonly listen: Listen
    readonly path: string
    /** Origins of web pages that may connect; otherwise any page could send commands to this machine's broker. */
    readonly origins: readonly string[]
    readonly tls: TlsFiles | null
  } | null
  readonly largestPacket: number
}

export interface ConnectionHandlers {
  /** A new connection, whose TLS or HTTP handshake may still fail. */
  opened(socket: Socket): void
  /** A stream of MQTT, and its socket. */
  handle(stream: Duplex, socket: Socket): void
}

/** The listening sockets of the broker. */
export class Listeners {
  readonly #servers: (Server | HttpServer)[] = []
  readonly #sockets = new Set<Socket>()
  readonly #addresses: string[] = []
  #opened: ConnectionHandlers['opened'] = () => {}

  get addresses(): readonly string[] {
    return this.#addresses
  }

  get open(): boolean {
    return this.#servers.length > 0 && this.#servers.every((server) => server.listening)
  }

  /** Rejects with `invalid_config` and the key when an address is in use or a file can't be read. */
  async start(options: ListenersOptions, { opened, handle }: ConnectionHandlers): Promise<void> {
    const { listen, tls, websocket, largestPacket } = options
    this.#opened = opened
    const direct = (socket: Socket) => {
      socket.setNoDelay(true)
      handle(socket, socket)
    }
    if (listen !== null) await this.#listen('mqtt.broker.listen', 'mqtt', createTcp(direct), listen)
    if (tls !== null) {
      const server = createTls(filesOf('mqtt.broker.tls', tls), direct)
      server.on('tlsClientError', () => {})
      await this.#listen('mqtt.broker.tls.listen', 'mqtts', server, tls.listen)
    }
    if (websocket !== null) {
      const { createWebSocketStream, WebSocketServer } = await import('ws')
      const key = 'mqtt.broker.websocket'
      const server = websocket.tls === null ? createHttp() : createHttps(filesOf(`${key}.tls`, websocket.tls))
      const sockets = new WebSocketServer({
        server,
        path: websocket.path,
        maxPayload: largestPacket + 16,
        handleProtocols: (names) => ['mqtt', 'mqttv3.1'].find((name) => names.has(name)) ?? false,
        verifyClient: ({ origin }: { readonly origin: string | undefined }) =>
          origin === undefined || websocket.origins.includes(origin),
      })
      sockets.on('error', () => {})
      sockets.on('connection', (socket, request) => {
        // MQTT-6.0.0-1
        socket.on('message', (_octets, isBinary) => isBinary || socket.terminate())
        handle(createWebSocketStream(socket), request.socket)
      })
      await this.#listen(
        `${key}.listen`,
        websocket.tls === null ? 'ws' : 'wss',
        server,
        websocket.listen,
        websocket.path,
      )
    }
  }

  async close(): Promise<void> {
    const closed = this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())))
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(closed)
  }

  async #listen(
    key: string,
    scheme: string,
    server: Server | HttpServer,
    { host, port }: Listen,
    path = '',
  ): Promise<void> {
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      // Failed TLS and HTTP handshakes end here as well, which is harmless.
      socket.on('error', () => {})
      socket.on('close', () => this.#sockets.delete(socket))
      this.#opened(socket)
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        const reason =
          error.code === 'EADDRINUSE'
            ? `port ${port} on ${host} is in use by another program: ${wayOut(host, port)}`
            : error.code === 'EACCES'
              ? `port ${port} on ${host} is not allowed for this user`
              : error.message
        reject(new Fault('invalid_config', `${key}: ${reason}`, { key }, error))
      })
      server.listen(port, host, () => resolve())
    })
    this.#servers.push(server)
    const bound = server.address()
    const actual = typeof bound === 'object' && bound !== null ? bound.port : port
    this.#addresses.push(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${actual}${path}`)
  }
}

function filesOf(key: string, { cert, key: privateKey, ca }: TlsFiles) {
  const read = (name: string, path: string) => {
    try {
      return readFileSync(path)
    } catch (error) {
      throw new Fault('invalid_config', `${key}.${name}: ${(error as Error).message}`, { key: `${key}.${name}` }, error)
    }
  }
  const mutual = ca === undefined ? {} : { ca: read('ca', ca), requestCert: true, rejectUnauthorized: true }
  return { cert: read('cert', cert), key: read('key', privateKey), minVersion: 'TLSv1.2' as const, ...mutual }
}

/** The usual reason is another broker. */
function wayOut(host: string, port: number): string {
  const server = `mqtt: { server: mqtt://127.0.0.1:${port} }`
  return `if it is mosquitto or another broker, use that with ${server}; else choose another port, like ${host}:${port + 1}`
}
