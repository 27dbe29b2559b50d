import type { AddressInfo } from 'node:net'
import { serveDialects } from '../../src/http/dialects/serve-dialects.ts'
import { type HttpOptions, type HttpSource, serveHttp } from '../../src/http/server.ts'
import { serveAccess } from '../../src/http/sign-in.ts'
import type { HubOptions } from '../../src/hub/hub-options.ts'
import type { DialectName } from '../../src/message/dialect-names.ts'
import { freePort } from './folder.ts'
import { type StartedHub, startHub } from './hub.ts'
import { devicesYaml, hubNumber, startWorld, type TestWorld, testClock } from './world.ts'

/** The keys of a test, by their labels. */
const keys = {
  owner: { role: 'admin' },
  other: { role: 'admin' },
  sender: { scopes: ['messages:send'] },
  few: { role: 'admin', per_hour: 5 },
  reader: { role: 'reader' },
  family: { role: 'home_assistant' },
  gatekeeper: { role: 'operator', devices: ['gate'], commands: ['open'] },
} as const

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: any
}

export interface Ask {
  /** Null for nobody. */
  readonly as?: keyof typeof keys | null
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A hub on the simulated network that is served by HTTP. */
export interface HttpHub extends StartedHub {
  readonly world: TestWorld
  readonly url: string
  /** Of its broker, which everybody may use. */
  readonly mqttUrl: string
  readonly port: number
  readonly keys: Readonly<Record<keyof typeof keys, string>>
  ask(method: string, path: string, ask?: Ask): Promise<Answered>
  /** Cuts all connections, as a restart does. */
  cut(): void
  close(): Promise<void>
}

const unlimited = 'client_per_hour: none, device_per_day: none, gateway_per_day: none'
const people = `
sms: { destinations: any }
contacts: { owner: "+4915112345670", pair: ["+4915112345671", "+4915112345672"] }
`

export async function startHttpHub(
  options: {
    readonly yaml?: string
    readonly http?: Partial<HttpOptions>
    readonly limits?: string
    readonly dialects?: readonly DialectName[]
    /** Beside the modem: `name: { type: … }`. */
    readonly gateways?: readonly string[]
    readonly hub?: Partial<HubOptions>
  } = {},
): Promise<HttpHub> {
  const world = await startWorld()
  const broker = await freePort()
  const yaml = `
mqtt: { broker: { listen: 127.0.0.1:${broker} } }
gateways: { ${[`home: { type: modem, path: "${world.path}", number: "${hubNumber}" }`, ...(options.gateways ?? [])].join(', ')} }
${devicesYaml}
limits: { ${options.limits ?? unlimited} }
http: { enabled: false }
${options.yaml ?? people}
`
  const started = await startHub(yaml, options.hub)
  const { hub } = started
  const source: HttpSource = {
    health: () => hub.healthy,
    metrics: async () => ({ contentType: 'text/plain', body: '' }),
    request: (path, data, asker) => hub.request(path, data, asker),
    answered: () => {},
    liveEvents: hub.liveEvents,
    streaming: () => {},
    clock: testClock,
    now: () => hub.now(),
    log: (message) => started.log.push({ level: 'error', name: 'http', message }),
  }
  const server = await serveHttp(source, {
    host: '127.0.0.1',
    port: 0,
    hosts: [],
    origins: [],
    version: '1.2.3',
    access: (app) => {
      const proven = { ...source, access: hub.access, proxies: [] }
      serveAccess(app, proven)
      serveDialects(app, options.dialects ?? [], proven)
    },
    ...options.http,
  })
  // With a user, who is at this machine is nobody until it is proven.
  await hub.request('user/add', { name: 'ann', password: 'correct horse battery staple', role: 'admin' })
  const made: Record<string, string> = {}
  for (const [label, limits] of Object.entries(keys))
    made[label] = String((await hub.request('key/add', { label, ...limits })).key)
  const { port } = server.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    ...started,
    world,
    url,
    mqttUrl: `mqtt://127.0.0.1:${broker}`,
    port,
    keys: made as HttpHub['keys'],
    ask: (method, path, { as = 'owner', ...ask } = {}) => asked(`${url}${path}`, method, made[as ?? ''], ask),
    cut: () => server.server.closeAllConnections(),
    close: async () => {
      await server.close()
      await hub.stop()
      await world.world.close()
    },
  }
}

async function asked(
  url: string,
  method: string,
  key: string | undefined,
  { body, headers = {} }: Omit<Ask, 'as'>,
): Promise<Answered> {
  const answer = await fetch(url, {
    method,
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
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
