import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { patienceMs } from '../support/patience.ts'
import { smshub } from '../support/run-cli.ts'

const password = 'correct horse battery'
const devices = `
devices:
  gate: { profile: generic/text, number: "+4915112345671" }
  shed: { profile: generic/text, number: "+4915112345672" }
`

let hub: HubProcess
let port: number
let config: string
beforeAll(async () => {
  port = await freePort()
  const broker = await freePort()
  config = `mqtt: { broker: { listen: 127.0.0.1:${broker} } }\nhttp: { listen: "127.0.0.1:${port}", proxies: [127.0.0.9], origins: ["https://app.example"] }\n${devices}`
  hub = new HubProcess(temporaryFolder())
  await hub.start({ config })
  await listening()
}, patienceMs)
afterAll(() => hub.kill())

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly json: any
}

/** HTTP is answered once the hub has started. */
async function listening(): Promise<void> {
  for (let waited = 0; waited < patienceMs; waited += 50) {
    const answer = await ask('GET', '/healthz').catch(() => null)
    if (answer !== null) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`nobody listens on ${port}:\n${hub.stderr}`)
}

/** A request as octets on a socket: nothing adds, drops or corrects a header. */
function ask(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: unknown,
  { version = '1.1', from }: { version?: string; from?: string } = {},
): Promise<Answer> {
  const text = body === undefined ? '' : JSON.stringify(body)
  const all: Record<string, string> = {
    host: `127.0.0.1:${port}`,
    connection: 'close',
    ...(body !== undefined && {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
    }),
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ...(from !== undefined && { localAddress: from }) })
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(read(answer)))
    socket.write(`${method} ${path} HTTP/${version}\r\n${lines.join('')}\r\n${text}`)
  })
}

/** The status of a stream of events, which is closed then. */
function streamStatus(headers: Readonly<Record<string, string>>, query = ''): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.on('error', reject)
    socket.once('data', (chunk) => {
      socket.destroy()
      resolve(Number(String(chunk).split(' ')[1]))
    })
    const all = { host: `127.0.0.1:${port}`, accept: 'text/event-stream', ...headers }
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`GET /v1/events${query} HTTP/1.1\r\n${lines.join('')}\r\n`)
  })
}

function read(answer: string): Answer {
  const [head = '', ...rest] = answer.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  )
  const body = rest.join('\r\n\r\n')
  const start = body.indexOf('{')
  return {
    status: Number(first.split(' ')[1]),
    headers,
    json: start < 0 ? null : JSON.parse(body.slice(start, body.lastIndexOf('}') + 1)),
  }
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
const own = { 'sec-fetch-site': 'same-origin' }
const cookieOf = ({ headers }: Answer): Record<string, string> => ({
  cookie: (headers['set-cookie'] ?? '').split(';')[0] ?? '',
})
const statusOf = async (answer: Promise<Answer>) => (await answer).status

/** Everything that must never be in the log. */
const secrets: string[] = [password]

describe('while no password is set', () => {
  test('who is at the machine may do everything, and is asked to set one', async () => {
    expect((await ask('GET', '/v1/session')).json).toMatchObject({
      caller: { name: 'loopback', role: 'admin' },
      password_needed: true,
      hint: expect.stringMatching(/Set one: POST \/v1\/users/),
    })
    expect(await statusOf(ask('GET', '/v1/keys'))).toBe(200)
  })

  test.each<[string, Readonly<Record<string, string>>, { version?: string; from?: string }?]>([
    ['a proxy that names the client', { 'x-forwarded-for': '203.0.113.7' }],
    ['a proxy by RFC 7239', { forwarded: 'for=203.0.113.7' }],
    ['a proxy that names nothing but the protocol', { 'x-forwarded-proto': 'https' }],
    ['nginx with X-Real-IP alone', { 'x-real-ip': '203.0.113.7' }],
    ['a proxy that says Via', { via: '1.1 proxy' }],
    ['a proxy that speaks HTTP/1.0, as nginx does', {}, { version: '1.0' }],
    ['a proxy that passes the name on', { host: 'smshub.lan' }],
    ['a proxy of ours that shows nothing at all', {}, { from: '127.0.0.9' }],
    ['a page of another origin', { origin: 'https://evil.example' }],
    ['a page that is listed, without a key', { origin: 'https://app.example' }],
    ['a page of another port', { 'sec-fetch-site': 'same-site' }],
    ['a page behind a proxy that hides itself', { referer: 'https://sms.example.org/' }],
  ])('%s is not at the machine', async (_, headers, how = {}) => {
    expect((await ask('GET', '/v1/session', headers, undefined, how)).json).toMatchObject({ caller: null })
    expect(await statusOf(ask('GET', '/v1/keys', headers, undefined, how))).toBe(401)
    expect(await statusOf(ask('POST', '/v1/users', headers, { name: 'eve', password, role: 'admin' }, how))).toBe(401)
  })

  test('nobody logs in', async () => {
    const answer = await ask('POST', '/v1/session', own, { name: 'admin', password: 'admin' })
    expect([answer.status, answer.json.detail]).toEqual([403, expect.stringMatching(/no password is set yet/)])
  })

  test('the first user is an admin, with a password that is none at once', async () => {
    const add = (over: object) => ask('POST', '/v1/users', own, { name: 'owner', password, role: 'admin', ...over })
    expect((await add({ password: 'short' })).json.detail).toMatch(/at least 10 characters/)
    expect((await add({ role: 'operator' })).json.detail).toMatch(/first user must be an admin/)
    expect(await statusOf(add({}))).toBe(201)
    expect((await ask('GET', '/v1/session')).json).toEqual({ caller: null, password_needed: false, hint: null })
    expect(await statusOf(ask('GET', '/v1/keys'))).toBe(401)
  })
})

const logIn = async (headers: Readonly<Record<string, string>> = own, name = 'owner', word = password) => {
  const answer = await ask('POST', '/v1/session', headers, { name, password: word })
  const cookie = cookieOf(answer)
  if (answer.status === 200) secrets.push(cookie.cookie?.split('=')[1] ?? '')
  return { answer, cookie }
}

describe('a session in a browser', () => {
  test('has a cookie that scripts and other sites do not get', async () => {
    const { answer, cookie } = await logIn()
    expect(answer.json).toMatchObject({ caller: { name: 'user:owner', via: 'session', role: 'admin', scopes: null } })
    expect(answer.headers['set-cookie']).toMatch(
      /^smshub=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    expect(await statusOf(ask('GET', '/v1/keys', cookie))).toBe(200)
  })

  test('over TLS has a cookie that is sent over TLS only, and is refused elsewhere', async () => {
    const tls = { ...own, 'x-forwarded-proto': 'https' }
    const { answer, cookie } = await logIn(tls)
    expect(answer.headers['set-cookie']).toMatch(
      /^__Host-smshub=[\w-]{43}; .*; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    )
    expect(await statusOf(ask('GET', '/v1/keys', { ...cookie, ...tls }))).toBe(200)
    expect(await statusOf(ask('GET', '/v1/keys', cookie))).toBe(401)
    const renamed = { cookie: cookie.cookie?.replace('__Host-', '') ?? '' }
    expect(await statusOf(ask('GET', '/v1/keys', renamed))).toBe(401)
    expect(await statusOf(ask('GET', '/v1/keys', { ...renamed, ...tls }))).toBe(401)
  })

  test.each<[string, Readonly<Record<string, string>>, number]>([
    ['its own page', own, 204],
    ['a bookmark', { 'sec-fetch-site': 'none' }, 204],
    ['its own page in an older browser', { origin: 'http://127.0.0.1:PORT' }, 204],
    ['a foreign page', { 'sec-fetch-site': 'cross-site' }, 403],
    [
      'a foreign page with a header that it may set',
      { 'sec-fetch-site': 'cross-site', origin: 'http://127.0.0.1:PORT' },
      403,
    ],
    ['a page of another port of this machine', { 'sec-fetch-site': 'same-site' }, 403],
    ['the same in an older browser', { origin: 'http://127.0.0.1:1' }, 403],
    ['a foreign page in an older browser', { origin: 'https://evil.example' }, 403],
    ['a page that is listed', { origin: 'https://app.example' }, 403],
    ['a page in a sandbox', { origin: 'null' }, 403],
    ['something that names no page', {}, 403],
  ])('is changed by %s: %j', async (_, headers, status) => {
    const { cookie } = await logIn()
    const sent = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', String(port))]),
    )
    expect(await statusOf(ask('DELETE', '/v1/session', { ...cookie, ...sent }))).toBe(status)
    expect(await statusOf(ask('GET', '/v1/keys', cookie))).toBe(status === 204 ? 401 : 200)
  })

  describe('is read', () => {
    let cookie: Record<string, string>
    beforeAll(async () => {
      cookie = (await logIn()).cookie
    })

    test.each<[string, Readonly<Record<string, string>>, number]>([
      ['its own page', own, 200],
      ['its own page in an older browser', { origin: 'http://127.0.0.1:PORT' }, 200],
      ['something that names no page', {}, 200],
      ['a foreign page', { 'sec-fetch-site': 'cross-site' }, 403],
      ['a page of another port of this machine', { 'sec-fetch-site': 'same-site' }, 403],
      ['the same in an older browser', { origin: 'http://127.0.0.1:1' }, 403],
      ['a foreign page in an older browser', { origin: 'https://evil.example' }, 403],
      ['a page that is listed', { origin: 'https://app.example' }, 403],
      ['a page in a sandbox', { origin: 'null' }, 403],
    ])('by %s: %j', async (_, headers, status) => {
      const sent = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', String(port))]),
      )
      for (const path of ['/v1/messages', '/v1/events', '/v1/session'])
        expect(await statusOf(ask('GET', path, { ...cookie, ...sent }))).toBe(status)
      expect(await streamStatus({ ...cookie, ...sent })).toBe(status)
      expect(await statusOf(ask('POST', '/v1/events/ticket', { ...cookie, ...sent }))).toBe(
        status === 200 && Object.keys(headers).length > 0 ? 201 : 403,
      )
    })

    test('by another page that is listed, with a ticket that its own page got', async () => {
      const made = await ask('POST', '/v1/events/ticket', { ...cookie, ...own })
      expect(await streamStatus({ origin: 'https://app.example' }, `?ticket=${made.json.ticket}`)).toBe(200)
    })
  })

  test('queues no text where no gateway is configured, and says so', async () => {
    const { cookie } = await logIn()
    const answer = await ask('POST', '/v1/messages', { ...cookie, ...own }, { to: 'gate', text: 'x' })
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '60' },
      json: { code: 'no_gateway', detail: 'no gateway is configured: nothing can be sent', retryable: true },
    })
  })

  test('takes no form that a foreign page can send without asking', async () => {
    const { cookie } = await logIn()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      expect(
        await statusOf(
          ask('POST', '/v1/keys', { ...cookie, ...own, 'content-type': type }, { label: 'x', role: 'admin' }),
        ),
      ).toBe(415)
  })

  test('begins from no foreign page', async () => {
    expect((await logIn({ origin: 'https://evil.example' })).answer.json.code).toBe('foreign_origin')
    expect((await logIn({ ...own, host: 'evil.example' })).answer.json.code).toBe('foreign_host')
  })

  test('is listed, and ended by another one', async () => {
    const [one, other] = [await logIn(), await logIn()]
    const { data } = (await ask('GET', '/v1/sessions', one.cookie)).json
    expect(data.at(-1)).toMatchObject({ user: 'owner', address: '127.0.0.1', secure: false })
    expect(JSON.stringify(data)).not.toContain(other.cookie.cookie?.split('=')[1])
    expect(await statusOf(ask('DELETE', `/v1/sessions/${data.at(-1).id}`, { ...one.cookie, ...own }))).toBe(204)
    expect(await statusOf(ask('GET', '/v1/keys', other.cookie))).toBe(401)
    expect(await statusOf(ask('DELETE', '/v1/sessions/unknown', { ...one.cookie, ...own }))).toBe(404)
  })
})

describe('a user who is no admin', () => {
  const guest = { name: 'guest', password: 'the word of the guest' }
  let cookie: Record<string, string>
  beforeAll(async () => {
    const { cookie: admin } = await logIn()
    secrets.push(guest.password, 'another word of the guest')
    const add = { ...guest, role: 'reader', devices: ['gate'] }
    expect(await statusOf(ask('POST', '/v1/users', { ...admin, ...own }, add))).toBe(201)
    cookie = (await logIn(own, guest.name, guest.password)).cookie
  })

  test('manages neither keys nor users, and sees the own sessions', async () => {
    for (const path of ['/v1/keys', '/v1/users']) expect(await statusOf(ask('GET', path, cookie))).toBe(403)
    const { data } = (await ask('GET', '/v1/sessions', cookie)).json
    expect(new Set(data.map(({ user }: { user: string }) => user))).toEqual(new Set(['guest']))
    const change = { password: 'another word of the guest' }
    expect(await statusOf(ask('POST', '/v1/users/owner/password', { ...cookie, ...own }, change))).toBe(403)
  })

  test('changes the own password with the old one, which ends the other sessions', async () => {
    const { cookie: other } = await logIn(own, guest.name, guest.password)
    const change = (old_password: string) =>
      ask(
        'POST',
        '/v1/session/password',
        { ...cookie, ...own },
        { old_password, password: 'another word of the guest' },
      )
    expect(await statusOf(change('wrong'))).toBe(403)
    const changed = await change(guest.password)
    expect(changed.status).toBe(200)
    for (const old of [cookie, other]) expect((await ask('GET', '/v1/session', old)).json.caller).toBeNull()
    expect((await ask('GET', '/v1/session', cookieOf(changed))).json.caller.name).toBe('user:guest')
  })
})

describe('a key', () => {
  const make = async (over: object) => {
    const { cookie } = await logIn()
    const answer = await ask('POST', '/v1/keys', { ...cookie, ...own }, { label: 'shop', ...over })
    expect(answer.status).toBe(201)
    secrets.push(answer.json.key.slice(13))
    return answer.json as { id: string; key: string }
  }

  test('is sent as Bearer, or as the password of the user key; browsers need not ask for their own origin', async () => {
    const { key } = await make({ role: 'admin' })
    expect(await statusOf(ask('GET', '/v1/keys', bearer(key)))).toBe(200)
    const basic = (user: string) => ({ authorization: `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}` })
    expect(await statusOf(ask('GET', '/v1/keys', basic('key')))).toBe(200)
    const other = await ask('GET', '/v1/keys', basic('owner'))
    expect([other.status, other.headers['www-authenticate']]).toEqual([
      401,
      expect.stringMatching(/^Basic realm="smshub"/),
    ])
    const foreign = { origin: 'https://evil.example' }
    const body = { label: 'x', role: 'reader' }
    expect(await statusOf(ask('POST', '/v1/keys', { ...bearer(key), ...foreign }, body))).toBe(201)
    expect(await statusOf(ask('POST', '/v1/keys', { ...basic('key'), ...foreign }, body))).toBe(403)
    expect([await streamStatus({ ...bearer(key), ...foreign }), await streamStatus(basic('key'))]).toEqual([200, 200])
    expect(await streamStatus({ ...basic('key'), ...foreign })).toBe(403)
  })

  test('that is wrong, removed or expired is refused with a challenge and the reason', async () => {
    const { id, key } = await make({ role: 'reader' })
    const { cookie } = await logIn()
    expect(await statusOf(ask('DELETE', `/v1/keys/${id}`, { ...cookie, ...own }))).toBe(204)
    for (const wrong of ['', 'x', key, `${key}x`, 'smk_00000000_00000000000000000000000000000000']) {
      const answer = await ask('GET', '/v1/health', bearer(wrong))
      expect([answer.status, answer.headers['www-authenticate'], answer.json.code]).toEqual([
        401,
        'Bearer realm="smshub", error="invalid_token"',
        'unauthenticated',
      ])
    }
    const old = await make({ role: 'reader' })
    const next = await ask('POST', `/v1/keys/${old.id}/rotate`, { ...cookie, ...own }, { overlap: '0' })
    secrets.push(next.json.key.slice(13))
    expect((await ask('GET', '/v1/health', bearer(old.key))).json.detail).toMatch(/expired on/)
    expect(await statusOf(ask('GET', '/v1/health', bearer(next.json.key)))).not.toBe(401)
  })

  test('is for its scopes only', async () => {
    const { key } = await make({ scopes: ['gateways:read'] })
    expect(await statusOf(ask('GET', '/v1/gateways', bearer(key)))).toBe(200)
    const answer = await ask('GET', '/v1/keys', bearer(key))
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([
      403,
      'Bearer error="insufficient_scope", scope="hub:manage"',
    ])
  })

  test('is for its networks only: the address is that of the client, whom only our own proxy may name', async () => {
    const { key } = await make({ role: 'admin', networks: ['203.0.113.0/24'] })
    const named = { ...bearer(key), 'x-forwarded-for': '203.0.113.7' }
    expect(await statusOf(ask('GET', '/v1/keys', named))).toBe(403)
    expect(await statusOf(ask('GET', '/v1/keys', named, undefined, { from: '127.0.0.9' }))).toBe(200)
    const forged = { ...bearer(key), 'x-forwarded-for': '203.0.113.7, 198.51.100.1' }
    expect(await statusOf(ask('GET', '/v1/keys', forged, undefined, { from: '127.0.0.9' }))).toBe(403)
  })

  test('for a device that there is not, or with a misspelt scope, is not made', async () => {
    const { cookie } = await logIn()
    const add = (over: object) => ask('POST', '/v1/keys', { ...cookie, ...own }, { label: 'x', ...over })
    expect((await add({ role: 'operator', devices: ['gaet'] })).json.detail).toMatch(/did you mean "gate"/)
    expect((await add({ scopes: ['message:send'] })).status).toBe(422)
    expect((await add({})).json.detail).toMatch(/name a role, scopes, or both/)
    expect((await add({ role: 'reader', networks: ['10.0.0.0/33'] })).json.detail).toMatch(/10.0.0.0\/8/)
    expect((await add({ role: 'reader', expires: '2020-01-01' })).json.detail).toMatch(/future/)
    const { id } = await make({ scopes: ['gateways:read'] })
    const change = (over: object) => ask('PATCH', `/v1/keys/${id}`, { ...cookie, ...own, 'if-match': '*' }, over)
    expect((await change({ devices: ['gaet'] })).json.detail).toMatch(/did you mean "gate"/)
    expect((await change({ scopes: null })).json.detail).toMatch(/name the role, too/)
    expect((await change({ expires: '' })).json.detail).toMatch(/key\/update.expires: must be a span/)
    expect((await change({ key: 'smk_x' })).status).toBe(422)
    expect((await change({ commands: ['open'] })).json.detail).toMatch(/has a command "open"/)
    expect((await change({ devices: ['gate'], scopes: ['devices:read'] })).json).toMatchObject({
      id,
      devices: ['gate'],
    })
  })
})

test(
  'a thousand wrong passwords at once are slowed down, while the owner logs in from elsewhere',
  async () => {
    const guess = (i: number) =>
      ask('POST', '/v1/session', {}, { name: 'owner', password: `wrong ${i}` }, { from: '127.0.0.77' })
    // As many connections as clients of one machine have.
    const flood = Array.from({ length: 50 }, async (_, lane) => {
      const statuses = []
      for (let i = 0; i < 20; i++) statuses.push(await guess(lane * 20 + i))
      return statuses
    })
    expect((await logIn()).answer.status).toBe(200)
    const answers = (await Promise.all(flood)).flat()
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5)
    const slowed = answers.filter(({ status }) => status === 429)
    expect(slowed).toHaveLength(995)
    for (const { headers } of slowed) expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  },
  patienceMs,
)

test(
  'on the command line keys and users are managed without a password',
  async () => {
    const made = await smshub(['keys', 'add', 'shop', '--scope', 'gateways:read', '--expires', '90d'], hub.folder)
    const key = made.out.trim()
    secrets.push(key.slice(13))
    expect([made.code, key]).toEqual([0, expect.stringMatching(/^smk_[0-9a-z]{8}_[0-9A-Za-z]{32}$/)])
    expect(await statusOf(ask('GET', '/v1/gateways', bearer(key)))).toBe(200)
    const list = await smshub(['keys', 'list'], hub.folder)
    expect(list.out).toMatch(/shop +admin +gateways:read/)
    expect(list.out).not.toContain(key.slice(13))
    expect((await smshub(['users', 'list'], hub.folder)).out).toMatch(/guest +reader of gate +\d+ +added/)
    expect((await smshub(['users', 'remove', 'guest'], hub.folder)).code).toBe(0)
    const rotated = await smshub(['keys', 'rotate', key.slice(4, 12)], hub.folder)
    secrets.push(rotated.out.trim().slice(13))
    expect(await statusOf(ask('GET', '/v1/gateways', bearer(rotated.out.trim())))).toBe(200)
    expect((await smshub(['keys', 'remove', key.slice(4, 12)], hub.folder)).code).toBe(0)
    expect(await statusOf(ask('GET', '/v1/gateways', bearer(key)))).toBe(401)
    expect((await smshub(['users', 'add', 'eve', '--role', 'admin'], hub.folder)).err).toMatch(/no password/)
  },
  patienceMs,
)

test(
  'sessions and keys outlast a restart, a kill and a backup that is restored',
  async () => {
    const { cookie } = await logIn()
    const made = await ask('POST', '/v1/keys', { ...cookie, ...own }, { label: 'lasting', role: 'admin' })
    const { key } = made.json
    secrets.push(key.slice(13))
    const works = async () => {
      expect(await statusOf(ask('GET', '/v1/keys', bearer(key)))).toBe(200)
      expect(await statusOf(ask('GET', '/v1/keys', cookie))).toBe(200)
    }
    let log = hub.stderr
    await hub.kill()
    await hub.start({ config })
    await listening()
    await works()
    expect((await smshub(['backup', 'copy'], hub.folder)).code).toBe(0)
    log += hub.stderr
    await hub.stop()
    expect((await smshub(['restore', 'copy', '--force'], hub.folder)).code).toBe(0)
    await hub.start({ config })
    await listening()
    await works()
    log += hub.stderr
    expect(log).toMatch(/user \\"owner\\" logged in/)
    expect(secrets.filter((secret) => secret.length > 5 && log.includes(secret))).toEqual([])
  },
  3 * patienceMs,
)
