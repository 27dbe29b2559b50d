import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { Webhook } from 'standardwebhooks'

/** A call as it was received. */
export interface Received {
  readonly id: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly json: { readonly type: string; readonly timestamp: string; readonly data: Readonly<Record<string, any>> }
}

type Answer = (response: ServerResponse, call: Received) => void

export interface ReceiverOptions {
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer }
  readonly host?: string
  readonly port?: number
}

export const accepts: Answer = (response) => response.writeHead(204).end()
export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end()
/** Never answers. */
export const hangs: Answer = () => {}

/** A program that is called by webhooks: a real server, which notes what it receives and answers as it is set to. */
export class Receiver {
  readonly calls: Received[] = []
  answer: Answer
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** Connections since the start. */
  connections = 0

  private constructor(answer: Answer, tls: ReceiverOptions['tls']) {
    this.answer = answer
    const listener: RequestListener = (request, response) => this.#receive(request, response)
    this.#server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener)
    this.#server.on('connection', (socket: Socket) => {
      this.connections++
      this.#sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => this.#sockets.delete(socket))
    })
    this.#server.on('tlsClientError', (_, socket) => socket.destroy())
  }

  static async start(answer: Answer = accepts, { tls, host = '127.0.0.1', port = 0 }: ReceiverOptions = {}) {
    const receiver = new Receiver(answer, tls)
    await new Promise<void>((resolve) => receiver.#server.listen(port, host, resolve))
    return receiver
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`
  }

  /** Connections that are open. */
  get open(): number {
    return this.#sockets.size
  }

  get ids(): string[] {
    return this.calls.map(({ id }) => id)
  }

  /** The devices that the calls are about. */
  get devices(): string[] {
    return this.calls.map(({ json }) => json.data.device)
  }

  async stop(): Promise<void> {
    const stopped = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await stopped
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('error', () => request.destroy())
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const { headers } = request
      const call = { id: String(headers['webhook-id']), headers, body, json: JSON.parse(body) }
      this.calls.push(call)
      this.answer(response, call)
    })
  }
}

/**
 * Whether the library of Standard Webhooks takes a call as signed with this secret. It compares the time with that of
 * this machine, so the test's clock must be that one.
 */
export function isSigned({ body, headers }: Received, secret: string): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>)
    return true
  } catch {
    return false
  }
}
