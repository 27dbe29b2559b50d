import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { serveHooks } from '../../src/http/serve-hooks.ts'
import { type HttpSource, serveHttp } from '../../src/http/server.ts'
import type { HubOptions } from '../../src/hub/hub-options.ts'
import { freePort } from './folder.ts'
import { type StartedHub, startHub } from './hub.ts'
import { TestClient } from './mqtt-client.ts'
import { testClock as clock } from './world.ts'

const cleanUp: (() => unknown)[] = []
/** Ends everything that was started here: for `afterEach`. */
export async function stopAll(): Promise<void> {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
}

interface Accepted {
  readonly sid: string
  readonly to: string
  readonly text: string
  readonly fields: Readonly<Record<string, string>>
}

type Behaviour =
  | 'accepts'
  | 'hangs'
  | 'accepts_and_hangs'
  | 'accepts_and_fails'
  | 'accepts_and_cuts'
  | 'refuses'
  | 'limits'

/** A carrier with the interface of Twilio, as its documentation has it. */
export class HttpCarrier {
  readonly accepted: Accepted[] = []
  /** What it does with the next texts, one after the other; then it accepts. */
  readonly next: Behaviour[] = []
  requests = 0
  /** Texts that others have sent to the account; only who asks gets them. */
  readonly received: {
    readonly sid: string
    readonly from: string
    readonly body: string
    readonly date_created: string
  }[] = []
  port = 0
  readonly #server = createServer((request, response) => {
    this.#take(request, response).catch(() => response.destroy())
  })

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.port = (this.#server.address() as { port: number }).port
    cleanUp.push(() => this.close())
    return this
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  /** All messages, as `GET Messages.json` has them: everything that was sent has been delivered. */
  #list(response: ServerResponse): void {
    const sent = this.accepted.map(({ sid, to }) => ({
      sid,
      to,
      direction: 'outbound-api',
      status: 'delivered',
      error_code: null,
    }))
    const received = this.received.map((one) => ({ ...one, direction: 'inbound', status: 'received' }))
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ messages: [...received, ...sent] }))
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') return this.#list(response)
    this.requests++
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const fields = Object.fromEntries(new URLSearchParams(Buffer.concat(pieces).toString()))
    const behaviour = this.next.shift() ?? 'accepts'
    const json = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    const right = `Basic ${Buffer.from('AC1:secret').toString('base64')}`
    if (request.headers.authorization !== right)
      return void json(401, { code: 20003, message: 'Authenticate', status: 401 })
    if (behaviour === 'hangs') return
    if (behaviour === 'refuses') return void json(400, { code: 21610, message: 'unsubscribed', status: 400 })
    if (behaviour === 'limits') return void json(429, { code: 20429, message: 'Too Many Requests', status: 429 })
    const sid = `SM${String(this.accepted.length + 1).padStart(4, '0')}`
    this.accepted.push({ sid, to: fields.To ?? '', text: fields.Body ?? '', fields })
    if (behaviour === 'accepts_and_hangs') return
    if (behaviour === 'accepts_and_fails') return void response.writeHead(500).end()
    if (behaviour === 'accepts_and_cuts') return void response.destroy()
    json(201, { sid, status: 'queued', num_segments: '1', error_code: null })
  }
}

export interface CarrierWorld extends StartedHub {
  readonly client: TestClient
  readonly server: FastifyInstance
  send(id: string, to?: string, text?: string): Promise<void>
  statuses(id: string): string[]
  /** The carrier calls the hub, signed as Twilio has it; answers the status. */
  call(fields: Readonly<Record<string, string>>, change?: { signature?: string; token?: string }): Promise<Response>
}

/** A hub with an account at this carrier. */
export async function httpCarrierHub(
  carrier: HttpCarrier,
  { keys = '', ...options }: Partial<HubOptions> & { folder?: string; keys?: string } = {},
): Promise<CarrierWorld> {
  const [mqtt, port] = [await freePort(), await freePort()]
  const user = `${keys.includes('user:') ? '' : ', user: AC1'}${keys.includes('poll:') ? '' : ', webhooks: true'}`
  const row = `type: http, carrier: twilio, base: "http://127.0.0.1:${carrier.port}", secret: secret, sender: "+4915112345600", timeout: 2, limits: { day: none }${user}`
  const yaml = `mqtt: { broker: { listen: 127.0.0.1:${mqtt} } }
gateways: { carrier: { ${row}${keys} } }
limits: { client_per_hour: none }
sms: { destinations: any }
http: { enabled: false, url: "http://127.0.0.1:${port}/" }
`
  const started = await startHub(yaml, { clock, ...options })
  const { hub } = started
  cleanUp.push(() => hub.stop())
  const source = {
    health: () => hub.healthy,
    metrics: async () => ({ contentType: 'text/plain', body: '' }),
    request: (path, data, asker) => hub.request(path, data, asker),
    answered: () => {},
    liveEvents: hub.liveEvents,
    streaming: () => {},
    clock,
    now: () => hub.now(),
    log: () => {},
  } satisfies HttpSource
  const server = await serveHttp(source, {
    host: '127.0.0.1',
    port,
    hosts: [],
    origins: [],
    version: '1.2.3',
    access: (app) => serveHooks(app, hub),
  })
  cleanUp.push(() => server.close())
  const client = await TestClient.connect(`mqtt://127.0.0.1:${mqtt}`, { clientId: 'watcher', clean: false }, 'smshub/#')
  cleanUp.push(() => client.close())
  return {
    ...started,
    client,
    server,
    async send(id, to = '+4915155000001', text = `text ${id}`) {
      await client.publish('smshub/sms/send', { id, to, text })
    },
    statuses: (id) =>
      client.received.flatMap(({ topic, json }) =>
        topic === 'smshub/sms/status' && json.client_id === id ? [String(json.status)] : [],
      ),
    call(fields, { signature, token } = {}) {
      const own = carrier.accepted[0]?.fields.StatusCallback ?? ''
      return callHub(token === undefined ? own : own.replace(/[^/]+$/, token), fields, signature)
    },
  }
}

/** The carrier calls the hub, signed as Twilio has it. */
export function callHub(url: string, fields: Readonly<Record<string, string>>, signature?: string): Promise<Response> {
  const text =
    url +
    Object.keys(fields)
      .sort()
      .map((key) => key + fields[key])
      .join('')
  const right = createHmac('sha1', 'secret').update(text).digest('base64')
  const headers = { 'x-twilio-signature': signature ?? right }
  return fetch(url, { method: 'POST', headers, body: new URLSearchParams(fields) })
}
