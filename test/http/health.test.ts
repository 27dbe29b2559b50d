import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { serveHttp } from '../../src/http/server.ts'
import type { GatewayState } from '../../src/message/gateway-state.ts'
import { type HealthParts, healthOf } from '../../src/message/health.ts'
import type { EventPage, LiveEvents } from '../../src/message/live-events.ts'
import { testClock } from '../support/world.ts'

/** Nobody reads events here. */
const noEvents: LiveEvents = {
  open: () => ({ take: async () => nothing, more: async () => {}, close: () => {} }),
  page: async () => nothing,
  past: async () => nothing,
}
const nothing: EventPage = { reset: false, events: [], next: 0, isEnd: true }

const gateway = (status: GatewayState['status'], last_error: string | null = null) =>
  ({ status, last_error }) as GatewayState
const well: HealthParts = {
  stopping: false,
  storeFault: null,
  hasRoom: true,
  brokerLostMs: null,
  brokerTrouble: null,
  takesMail: null,
  takesBinds: null,
  gateways: { home: gateway('ready') },
}

let server: Awaited<ReturnType<typeof serveHttp>> | null = null
afterEach(async () => void (await server?.close()))

/** What a hub in this state answers on /healthz, asked by this name. */
async function ask(parts: HealthParts, host = '127.0.0.1', path = '/healthz', hosts: readonly string[] = []) {
  const nothing = async () => ({ contentType: 'text/plain', body: 'figures' })
  const source = {
    health: () => healthOf(parts),
    metrics: nothing,
    request: async () => ({}),
    answered: () => {},
    liveEvents: noEvents,
    streaming: () => {},
    clock: testClock,
    now: () => 0,
    log: () => {},
  }
  server = await serveHttp(source, {
    host: '127.0.0.1',
    port: 0,
    hosts,
    origins: [],
    version: 'test',
    access: () => {},
  })
  const { port } = server.server.address() as AddressInfo
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

describe('/healthz', () => {
  test.each<[string, Partial<HealthParts>, number, string, RegExp]>([
    ['a hub that works', {}, 200, 'ok', /^$/],
    ['a disk that is full', { hasRoom: false }, 503, 'failed', /^store: the disk/],
    ['a store that is damaged', { storeFault: 'smshub.db is damaged' }, 503, 'failed', /^store: smshub.db is damaged/],
    ['a broker that is gone for a moment', { brokerLostMs: 30_000 }, 200, 'degraded', /^mqtt: .* 30 s/],
    ['a broker that is gone for long', { brokerLostMs: 600_000 }, 503, 'failed', /^mqtt: .* 600 s/],
    [
      'all modems gone',
      { gateways: { home: gateway('offline', 'there is no such port'), other: gateway('no_sim') } },
      200,
      'degraded',
      /^gateway home: offline, there is no such port\ngateway other: no_sim$/,
    ],
    ['a modem that starts', { gateways: { home: gateway('initializing') } }, 200, 'ok', /^$/],
    ['a hub that ends', { stopping: true }, 503, 'failed', /stopping/],
    ['two at once', { hasRoom: false, brokerLostMs: 600_000 }, 503, 'failed', /^store: .*\nmqtt: /],
  ])('%s', async (_what, parts, status, word, problems) => {
    const answer = await ask({ ...well, ...parts })
    const body = JSON.parse(answer.body)
    expect({ status: answer.status, word: body.status, ok: body.ok }).toEqual({ status, word, ok: status === 200 })
    expect(body.problems.join('\n')).toMatch(problems)
  })
})

describe('a web page that has its own name point at this machine learns nothing:', () => {
  test.each<[string, number]>([
    ['evil.example', 403],
    ['evil.example:8080', 403],
    ['EVIL.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost.evil.example', 403],
    ['127.0.0.1:8080', 200],
    ['192.168.1.5', 200],
    ['[::1]:8080', 200],
    ['localhost:8080', 200],
    ['smshub', 200],
    ['hub.lan:8080', 200],
    ['hub.home.arpa', 200],
    ['metrics.example', 200],
  ])('Host: %s', async (host, status) => {
    expect((await ask(well, host, '/metrics', ['Metrics.example'])).status).toBe(status)
    await server?.close()
    expect((await ask(well, host, '/healthz', ['metrics.example'])).status).toBe(status)
  })
})
