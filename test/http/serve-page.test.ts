import { readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { serveIngress } from '../../src/http/serve-ingress.ts'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'

const built = fileURLToPath(new URL('../../dist/web', import.meta.url))
const script = readdirSync(join(built, 'assets')).find((name) => name.endsWith('.js')) as string

interface Got {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/** Without what fetch does by itself: the path is sent as it is, and nothing is decompressed. */
function get(port: number, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) }),
      )
    })
    asked.on('error', reject)
    asked.end()
  })
}

describe('the page', () => {
  let hub: HttpHub
  beforeAll(async () => {
    hub = await startHttpHub()
  })
  afterAll(() => hub.close())

  test('is there without signing in, is not kept, and carries out nothing but its own scripts', async () => {
    const { status, headers, body } = await get(hub.port, '/')
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    const policy = headers['content-security-policy']
    for (const part of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"])
      expect(policy).toContain(part)
    expect(policy).not.toContain('unsafe')
    expect(body.toString()).toContain('<div id="page">')
  })

  test('has files with a hash in their names, which are kept for a year', async () => {
    const { headers } = await get(hub.port, `/assets/${script}`)
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
  })

  test.each([
    ['br, gzip', 'br', brotliDecompressSync],
    ['gzip;q=0.5, deflate', 'gzip', gunzipSync],
    ['br;q=0, gzip', 'gzip', gunzipSync],
  ])('is compressed for %s by %s', async (accepted, encoding, decompress) => {
    const index = readdirSync(join(built, 'assets')).find((name) => name.endsWith('.css')) as string
    const { headers, body } = await get(hub.port, `/assets/${index}`, { 'accept-encoding': accepted })
    expect(headers).toMatchObject({ 'content-encoding': encoding, vary: expect.stringContaining('Accept-Encoding') })
    expect(decompress(body).equals(readFileSync(join(built, 'assets', index)))).toBe(true)
  })

  test('is the same whether it is compressed or not: the last step of the build compresses', () => {
    const files = readdirSync(built, { recursive: true, encoding: 'utf8' })
    const packed = files.filter((name) => /\.(?:br|gz)$/.test(name))
    expect(packed.length).toBeGreaterThan(20)
    for (const name of packed) {
      const octets = readFileSync(join(built, name))
      const unpacked = name.endsWith('.br') ? brotliDecompressSync(octets) : gunzipSync(octets)
      expect({ name, same: unpacked.equals(readFileSync(join(built, name.slice(0, -3)))) }).toEqual({
        name,
        same: true,
      })
    }
  })

  test.each([
    '/../package.json',
    '/assets/../../main.js',
    '/assets/..%2f..%2fmain.js',
    '/assets/%2e%2e/%2e%2e/main.js',
    '/assets//etc/passwd',
    '/index.html.br',
    '/assets/',
    '/assets/nothing.js',
    '/%00',
  ])('%s is no file of it', async (path) => {
    const { status, headers, body } = await get(hub.port, path)
    expect([400, 404]).toContain(status)
    expect(headers['content-type']).toBe('application/problem+json')
    expect(body.toString()).not.toMatch(/import|root:/)
  })
})

describe("Home Assistant's ingress", () => {
  let hub: HttpHub
  const user = 'c0ffee00c0ffee00c0ffee00c0ffee00'
  beforeAll(async () => {
    hub = await startHttpHub({
      http: {
        hosts: null,
        page: { frames: "'self'", tiles: 'https://tiles.example.org/{z}/{x}/{y}.png' },
        access: (server) =>
          serveIngress(server, {
            from: ['127.0.0.1'],
            admins: ['Jürgen'],
            role: 'operator',
            roles: { [user]: 'admin' },
          }),
      },
    })
  })
  afterAll(() => hub.close())

  const as = (id: string, more: Record<string, string> = {}) => ({
    host: 'homeassistant.example.org',
    'x-remote-user-id': id,
    ...more,
  })
  const who = async (headers: Record<string, string>) =>
    JSON.parse((await get(hub.port, '/v1/session', headers)).body.toString()).caller

  test('shows the page in a frame of the origin that it seems to have', async () => {
    const { status, headers } = await get(hub.port, '/', { host: 'homeassistant.example.org' })
    expect(status).toBe(200)
    expect(headers['content-security-policy']).toContain("frame-ancestors 'self'")
    // And the map that the owner has named, whose server wants to know who asks.
    expect(headers['content-security-policy']).toContain("img-src 'self' data: https://tiles.example.org;")
    expect(headers['referrer-policy']).toBe('strict-origin-when-cross-origin')
  })

  test('takes from the Supervisor who the user is, and gives the role of the configuration', async () => {
    expect(await who(as(user))).toMatchObject({ name: `ingress:${user}`, via: 'ingress', role: 'admin' })
    expect(await who(as('somebody'))).toMatchObject({ role: 'operator' })
    const named = { 'x-remote-user-name': Buffer.from('jürgen').toString('latin1') }
    expect(await who(as('somebody', named))).toMatchObject({ name: 'ingress:somebody', role: 'admin' })
    expect(await who({ host: 'x', ...named })).toBeNull()
    expect(await who({ host: 'x' })).toBeNull()
    expect(await who(as('../admin'))).toBeNull()
    expect((await get(hub.port, '/v1/config', as('somebody'))).status).toBe(403)
    expect((await get(hub.port, '/v1/config', as(user))).status).toBe(200)
    expect((await get(hub.port, '/v1/config', { host: 'x' })).status).toBe(401)
  })

  test.each<[string, Record<string, string>, number]>([
    ['another page by Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['another page by Origin', { origin: 'https://evil.example' }, 403],
    ['nowhere', { origin: 'null' }, 403],
    ['its own', { 'sec-fetch-site': 'same-origin' }, 200],
    ['its own without TLS', { origin: 'http://homeassistant.example.org' }, 200],
    ['its own by the name before the proxy', { origin: 'https://ha.lan:8123', 'x-forwarded-host': 'ha.lan:8123' }, 200],
  ])('a request of %s', async (_, headers, status) => {
    expect((await get(hub.port, '/v1/queue/pause', as(user, headers), 'POST')).status).toBe(status)
    expect((await get(hub.port, '/v1/events', as(user, headers))).status).toBe(status)
    expect((await get(hub.port, '/', as(user, headers))).status).toBe(200)
  })

  test('while no user is an administrator, tells the one who is there what to enter', async () => {
    const needed = async (options: object, headers: Record<string, string>) => {
      const other = await startHttpHub({
        http: {
          hosts: null,
          access: (server) =>
            serveIngress(server, { from: ['127.0.0.1'], admins: [], role: 'operator', roles: {}, ...options }),
        },
      })
      const { body } = await get(other.port, '/v1/session', headers)
      await other.close()
      return JSON.parse(body.toString()).admin_needed
    }
    const ann = as(user, { 'x-remote-user-name': 'ann' })
    expect(await needed({}, ann)).toBe('ann')
    expect(await needed({}, as(user))).toBe(user)
    expect(await needed({}, { host: 'x' })).toBeNull()
    expect(await needed({ admins: ['bob'] }, ann)).toBeNull()
    expect(await needed({ role: 'admin' }, ann)).toBeNull()
    expect(await needed({ roles: { bob: 'admin' } }, ann)).toBeNull()
  })

  test('answers nobody but the Supervisor, not even with its headers', async () => {
    const other = await startHttpHub({
      http: {
        hosts: null,
        access: (server) => serveIngress(server, { from: ['172.30.32.2'], admins: [], role: 'admin', roles: {} }),
      },
    })
    for (const path of ['/', '/v1/session', '/v1/config', '/healthz'])
      expect((await get(other.port, path, as(user))).status).toBe(403)
    await other.close()
  })
})
