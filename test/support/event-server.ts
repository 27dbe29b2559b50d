import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { carryOut } from '../../src/api/carry-out.ts'
import type { ApiDeps } from '../../src/api/operation.ts'
import { serveHttp } from '../../src/http/server.ts'
import type { Caller } from '../../src/message/caller.ts'
import type { HubEvent } from '../../src/message/hub-event.ts'
import { LiveLog } from '../../src/outlet/live-log.ts'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { FakeClock } from '../fake-clock.ts'
import { EventClient } from './event-client.ts'
import { temporaryFolder } from './folder.ts'

const admin = { via: 'key', rights: { role: 'admin' }, scopes: null, perHour: null } as const

/** Who reads, by what stands behind `Bearer`; any other name is an administrator, too. */
const callers: Readonly<Record<string, Caller>> = {
  gatekeeper: { ...admin, name: 'key:gatekeeper', rights: { role: 'operator', devices: ['gate'] } },
  reader: { ...admin, name: 'key:reader', rights: { role: 'reader' } },
  sender: { ...admin, name: 'key:sender', scopes: ['messages:send'] },
}

/** The events of a store on HTTP, without a hub: what happens is what the test emits, and time stands still. */
export class EventServer {
  readonly clock = new FakeClock()
  readonly folder = temporaryFolder()
  /** Those whose key has been removed. */
  readonly ended = new Set<string>()
  readonly logged: string[] = []
  /** The server's side of each stream, by who reads. */
  readonly responses = new Map<string, ServerResponse>()
  streaming = 0
  port = 0
  store!: Store
  #log!: LiveLog
  #server!: Awaited<ReturnType<typeof serveHttp>>

  async start(): Promise<this> {
    const { clock } = this
    this.store = await SqliteStore.open({ path: `${this.folder}/hub.db`, durable: false, now: () => clock.wall() })
    await this.store.run('openOutlets', { names: [] })
    const liveEvents = new LiveLog(this.store, clock)
    this.#log = liveEvents
    this.#server = await serveHttp(
      {
        health: () => {
          throw new Error('not asked for')
        },
        metrics: async () => ({ contentType: 'text/plain', body: '' }),
        request: (path, data, asker) => carryOut(path, data, { liveEvents } as Partial<ApiDeps> as ApiDeps, asker),
        answered: () => {},
        liveEvents,
        clock,
        now: () => clock.wall(),
        log: (line) => this.logged.push(line),
        streaming: (count) => {
          this.streaming = count
        },
      },
      {
        host: '127.0.0.1',
        port: this.port,
        hosts: [],
        origins: [],
        version: 'test',
        access: (app) => {
          app.addHook('onRequest', async (request, reply) => {
            const name = request.headers.authorization?.replace('Bearer ', '')
            if (name === undefined || name === '') return
            const caller = callers[name] ?? { ...admin, name: `key:${name}` }
            request.caller = caller
            request.proven = () => (this.ended.has(name) ? null : caller)
            this.responses.set(name, reply.raw)
          })
        },
      },
    )
    this.port = (this.#server.server.address() as AddressInfo).port
    return this
  }

  /** As at the end of the hub: its server first. */
  async stop(): Promise<void> {
    await this.#server.close()
    this.#log.stop()
    await this.store.close()
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  client(name = 'owner', query = '', headers: Readonly<Record<string, string>> = {}): EventClient {
    return new EventClient(`${this.url}/v1/events${query}`, { authorization: `Bearer ${name}`, ...headers })
  }

  /** A request that is no stream. */
  async ask(path: string, { as = 'owner', method = 'GET' }: { as?: string | null; method?: string } = {}) {
    const headers = as === null ? {} : { authorization: `Bearer ${as}` }
    const answer = await fetch(`${this.url}${path}`, { method, headers })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, json: text === '' ? null : JSON.parse(text) }
  }

  emit(...events: HubEvent[]): Promise<void> {
    return this.store.run('emit', events)
  }

  /** Alarms of a device with their numbers. */
  alarms(device: string, from: number, count: number, text = ''): Promise<void> {
    const events = Array.from({ length: count }, (_, i) => alarm(device, from + i, text))
    return this.emit(...events)
  }
}

export const alarm = (device: string, number: number, text = ''): HubEvent => ({
  kind: 'device_event',
  subject: device,
  data: { event_type: 'alarm', number, ...(text !== '' && { text }) },
})
