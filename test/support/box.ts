import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HubOptions } from '../../src/hub/hub-options.ts'
import { freePort } from './folder.ts'
import { type StartedHub, startHub } from './hub.ts'
import { TestClient } from './mqtt-client.ts'
import { testClock as clock } from './world.ts'

const cleanUp: (() => unknown)[] = []
/** Ends everything that was started here: for `afterEach`. */
export async function stopBoxes(): Promise<void> {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
}

export interface BoxRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Null never answers, and `cut` closes the connection. */
export type BoxAnswer =
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  | 'cut'
  | null

export interface Box {
  readonly url: string
  readonly port: number
  readonly requests: readonly BoxRequest[]
}

/** A box at a real socket, whose interface is this function. */
export async function box(answer: (request: BoxRequest) => BoxAnswer | Promise<BoxAnswer>): Promise<Box> {
  const requests: BoxRequest[] = []
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const url = new URL(request.url ?? '/', 'http://box')
    const { method = '', headers } = request
    const body = Buffer.concat(pieces).toString()
    const asked = { method, path: url.pathname, query: url.searchParams, headers, body }
    requests.push(asked)
    const answered = await answer(asked)
    if (answered === null) return
    if (answered === 'cut') return void response.destroy()
    response.writeHead(answered.status, answered.headers ?? {}).end(answered.body ?? '')
  }
  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUp.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, requests }
}

export interface BoxWorld extends StartedHub {
  readonly client: TestClient
  send(id: string, text?: string): Promise<void>
  statuses(id: string): string[]
  /** The texts that were received, in their order. */
  received(): string[]
  /** Resolves when this text is in doubt. */
  doubted(id: string): Promise<void>
  doctor(): Promise<string>
}

/** A hub whose gateway `box` has this row. */
export async function boxHub(
  row: Readonly<Record<string, unknown>>,
  options: Partial<HubOptions> & { folder?: string } = {},
): Promise<BoxWorld> {
  const mqtt = await freePort()
  const yaml = `mqtt: { broker: { listen: 127.0.0.1:${mqtt} } }
gateways: { box: ${JSON.stringify({ timeout: 2, limits: { day: 'none' }, ...row })} }
limits: { client_per_hour: none }
sms: { destinations: any }
http: { enabled: false, url: "http://127.0.0.1:1/" }
`
  const started = await startHub(yaml, { clock, ...options })
  const { hub } = started
  cleanUp.push(() => hub.stop())
  const client = await TestClient.connect(`mqtt://127.0.0.1:${mqtt}`, { clientId: 'watcher', clean: false }, 'smshub/#')
  cleanUp.push(() => client.close())
  const of = (id: string) =>
    client.received.filter(({ topic, json }) => topic === 'smshub/sms/status' && json.client_id === id)
  return {
    ...started,
    client,
    async send(id, text = `text ${id}`) {
      await client.publish('smshub/sms/send', { id, to: '+4915155000001', text })
    },
    statuses: (id) => of(id).map(({ json }) => String(json.status)),
    received: () =>
      client.received.flatMap(({ topic, json }) => (topic === 'smshub/sms/received' ? [String(json.text)] : [])),
    doubted: (id) => client.until(() => of(id).some(({ json }) => json.in_doubt === true && json.error !== null)),
    doctor: async () =>
      ((await hub.gateways.get('box')?.can.examine?.()) ?? [])
        .map(({ severity, finding, fix }) => `${severity}: ${finding}; ${fix}`)
        .join('\n'),
  }
}
