import type { AddressInfo } from 'node:net'
import { type HttpOptions, serveHttp } from '../../src/http/server.ts'
import type { Caller } from '../../src/message/caller.ts'
import { freePort } from './folder.ts'
import { type StartedHub, startHub } from './hub.ts'
import { devicesYaml, hubNumber, startWorld, type TestWorld } from './world.ts'

/** Who makes the requests of a test, by what stands behind `Bearer`. */
export const callers: Readonly<Record<string, Caller>> = {
  owner: { name: 'key:owner', via: 'key', rights: { role: 'admin' }, scopes: null, perHour: null },
  other: { name: 'key:other', via: 'key', rights: { role: 'admin' }, scopes: null, perHour: null },
  sender: { name: 'key:sender', via: 'key', rights: { role: 'admin' }, scopes: ['messages:send'], perHour: null },
  few: { name: 'key:few', via: 'key', rights: { role: 'admin' }, scopes: null, perHour: 5 },
  reader: { name: 'key:reader', via: 'key', rights: { role: 'reader' }, scopes: null, perHour: null },
  family: { name: 'key:family', via: 'key', rights: { role: 'home_assistant' }, scopes: null, perHour: null },
  gatekeeper: {
    name: 'key:gatekeeper',
    via: 'key',
    rights: { role: 'operator', devices: ['gate'], commands: ['open'] },
    scopes: null,
    perHour: null,
  },
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: any
}

export interface Ask {
  readonly as?: keyof typeof callers | null
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A hub on the simulated network that is served by HTTP. */
export interface HttpHub extends StartedHub {
  readonly world: TestWorld
  readonly url: string
  readonly port: number
  ask(method: string, path: string, ask?: Ask): Promise<Answered>
  close(): Promise<void>
}

export async function startHttpHub(
  options: { readonly yaml?: string; readonly http?: Partial<HttpOptions>; readonly limits?: string } = {},
): Promise<HttpHub> {
  const world = await startWorld()
  const broker = await freePort()
  const unlimited = 'client_per_hour: none, device_per_day: none, gateway_per_day: none'
  const started = await startHub(
    `
mqtt: { broker: { listen: 127.0.0.1:${broker} } }
gateways: { home: { type: modem, path: "${world.path}", number: "${hubNumber}" } }
${devicesYaml}
limits: { ${options.limits ?? unlimited} }
http: { enabled: false }
${options.yaml ?? 'sms: { destinations: any }\ncontacts: { owner: "+4915112345670", pair: ["+4915112345671", "+4915112345672"] }'}
`,
  )
  const { hub } = started
  const server = await serveHttp(
    {
      health: () => hub.healthy,
      metrics: async () => ({ contentType: 'text/plain', body: '' }),
      request: (path, data, asker) => hub.request(path, data, asker),
      answered: () => {},
      now: () => hub.now(),
      log: (message) => started.log.push({ level: 'error', name: 'http', message }),
    },
    {
      host: '127.0.0.1',
      port: 0,
      hosts: [],
      origins: [],
      version: '1.2.3',
      access: (app) => {
        app.addHook('onRequest', async (request) => {
          request.caller = callers[request.headers.authorization?.replace('Bearer ', '') ?? ''] ?? null
        })
      },
      ...options.http,
    },
  )
  const { port } = server.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    ...started,
    world,
    url,
    port,
    ask: (method, path, ask) => asked(`${url}${path}`, method, ask),
    close: async () => {
      await server.close()
      await hub.stop()
      await world.world.close()
    },
  }
}

async function asked(url: string, method: string, { as = 'owner', body, headers = {} }: Ask = {}): Promise<Answered> {
  const answer = await fetch(url, {
    method,
    headers: {
      ...(as !== null && { authorization: `Bearer ${as}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    redirect: 'manual',
  })
  const text = await answer.text()
  const isJson = /json/.test(answer.headers.get('content-type') ?? '')
  return { status: answer.status, headers: answer.headers, text, json: isJson && text !== '' ? JSON.parse(text) : null }
}
