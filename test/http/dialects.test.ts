import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { loadConfig } from '../../src/config/load.ts'
import { dialects } from '../../src/http/dialects/all-dialects.ts'
import { dialectNames } from '../../src/message/dialect-names.ts'
import { temporaryFolder } from '../support/folder.ts'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { until } from '../support/patience.ts'
import { accepted } from '../support/world.ts'

let hub: HttpHub
let port = 0
/** Keys: for texts to anybody, to contacts only, for reading only, and one that is used up after two texts. */
const keys = { admin: '', family: '', reader: '', few: '' }

beforeAll(async () => {
  hub = await startHttpHub({ dialects: dialectNames })
  port = hub.port
  const make = async (limits: object) => String((await hub.hub.request('key/add', { label: 'monitor', ...limits })).key)
  keys.admin = await make({ role: 'admin', scopes: ['messages:send'] })
  keys.family = await make({ role: 'home_assistant', scopes: ['messages:send'] })
  keys.reader = await make({ role: 'admin', scopes: ['messages:read'] })
  keys.few = await make({ role: 'admin', scopes: ['messages:send'], per_hour: 2 })
})
afterAll(() => hub.close())

interface Answer {
  readonly status: number
  readonly text: string
  readonly json: any
  readonly headers: Readonly<Record<string, unknown>>
}

/** A request with just these headers: those that its client sends. */
function send(method: string, path: string, headers: Readonly<Record<string, string>>, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const asked = request({ host: '127.0.0.1', port, method, path, headers: { ...headers, ...length } }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          text,
          json: text !== '' && /json/.test(response.headers['content-type'] ?? '') ? JSON.parse(text) : null,
          headers: response.headers,
        }),
      )
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

const json = { accept: 'application/json, text/plain, */*', 'content-type': 'application/json' }
const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
})

let last = 0
/** A number that no other test has sent to. */
const someone = () => `+49151300${String(++last).padStart(5, '0')}`
/** What the network has accepted for a number, once it has. */
async function arrived(number: string, count = 1): Promise<string[]> {
  await until(() => accepted(hub.world.world, number).length >= count)
  return accepted(hub.world.world, number).map(({ text }) => text ?? '')
}

describe('SMSEagle', () => {
  test('Zabbix: all of its parameters in the query, a content type without a body; 2xx is success', async () => {
    const to = someone()
    const query = new URLSearchParams({
      url: `http://127.0.0.1:${port}`,
      recipient: to,
      message: '[PROBLEM] disk full\nHost: db1',
      highpriority: '1',
      access_token: keys.admin,
      to,
    })
    const answer = await send('GET', `/http_api/send_sms?${query}`, { 'content-type': 'multipart/form-data' })
    expect(answer).toMatchObject({ status: 200, text: expect.stringMatching(/^OK; ID=\d+$/) })
    expect(await arrived(to)).toEqual(['[PROBLEM] disk full\nHost: db1'])
  })

  test('contacts and groups have calls of their own, and XML is answered with XML', async () => {
    const path = (call: string, more: Record<string, string>) =>
      `/http_api/${call}?${new URLSearchParams({ access_token: keys.family, message: 'hello', ...more })}`
    const contact = await send('GET', path('send_tocontact', { contactname: 'owner' }), {})
    expect(contact.text).toMatch(/^OK; ID=\d+$/)
    const group = await send('GET', path('send_togroup', { groupname: 'pair', responsetype: 'xml' }), {})
    expect(group.text).toMatch(/<xml><message_id>\d+,\d+<\/message_id><status>ok<\/status><\/xml>/)
    expect(await arrived('+4915112345672')).toContain('hello')
  })

  test('what is wrong is no success, and says so as it does there', async () => {
    const bad = await send('GET', '/http_api/send_sms?access_token=wrong&to=%2B491&message=x', {})
    expect(bad).toMatchObject({ status: 401, text: 'Invalid access token' })
    const none = await send('GET', `/http_api/send_sms?access_token=${keys.admin}&message=x`, {})
    expect(none).toMatchObject({ status: 422, text: expect.stringMatching(/^Wrong parameters: .*recipient.* to$/) })
    const later = `/http_api/send_sms?access_token=${keys.admin}&to=%2B4915130000000&message=x&date=203001010900`
    expect(await send('GET', later, {})).toMatchObject({
      status: 422,
      text: expect.stringMatching(/"date" is not supp/),
    })
    const unseen = someone()
    const head = `/http_api/send_sms?access_token=${keys.admin}&to=${encodeURIComponent(unseen)}&message=x`
    expect((await send('HEAD', head, {})).status).toBe(404)
    const hostile = `/http_api/send_sms?access_token=${keys.admin}&responsetype=xml&to=%3Cb%3E&message=x`
    expect((await send('GET', hostile, {})).text).not.toContain('<b>')
  })

  test('Uptime Kuma: version 2, where every recipient that is queued counts', async () => {
    const to = someone()
    const body = { text: 'down', encoding: 'standard', priority: 0, to: [to, 'nobody at all'] }
    const headers = { ...json, 'access-token': keys.admin }
    const answer = await send('POST', '/api/v2/messages/sms', headers, JSON.stringify(body))
    expect(answer.status).toBe(200)
    // As it decides.
    expect(answer.json.filter(({ status }: { status: string }) => status === 'queued')).toHaveLength(1)
    expect(answer.json[1]).toMatchObject({ status: 'error', message: expect.stringMatching(/nobody at all/) })
    expect(await arrived(to)).toEqual(['down'])
    const groups = await send('POST', '/api/v2/messages/sms', headers, JSON.stringify({ ...body, groups: [2] }))
    expect(groups).toMatchObject({
      status: 422,
      json: [{ status: 'error', message: expect.stringMatching(/address book/) }],
    })
  })

  test('a trial sends nothing, and what flashes does so in both versions', async () => {
    const headers = { ...json, 'access-token': keys.admin }
    const refusal = expect.stringMatching(/"test" is not supported: "dry_run"/)
    const unseen = encodeURIComponent(someone())
    const trial = `/http_api/send_sms?access_token=${keys.admin}&to=${unseen}&message=x&test=true`
    expect(await send('GET', trial, {})).toMatchObject({ status: 422, text: refusal })
    const body = { text: 'x', to: [unseen], test: true }
    expect(await send('POST', '/api/v2/messages/sms', headers, JSON.stringify(body))).toMatchObject({
      status: 422,
      json: [{ message: refusal }],
    })
    const [, , , version2] = dialects.smseagle
    const read = (more: object) =>
      version2?.read({ headers: {}, params: {}, query: {}, body: { text: '97%25 of 5', to: ['1'], ...more } })
    expect(read({ flash: true })).toMatchObject({ flash: true, text: '97%25 of 5' })
    // Of Zabbix, which encodes its text; one that does not is taken as it is.
    expect(read({ flash: false, recipient: '1' })).toEqual({ to: ['1'], text: '97% of 5' })
    expect(read({ recipient: '1', text: '97% of 5' })).toMatchObject({ text: '97% of 5' })
  })
})

test('the "SMS Gateway" of Uptime Kuma: a key in X-API-Key, and a status that is not "failed"', async () => {
  const to = someone()
  const headers = { ...json, 'X-API-Key': keys.admin }
  const answer = await send('POST', '/api/v1/sms/send', headers, JSON.stringify({ to, body: 'down' }))
  expect(answer).toMatchObject({ status: 200, json: { status: 'queued', to } })
  expect(await arrived(to)).toEqual(['down'])
  const wrong = await send('POST', '/api/v1/sms/send', { ...json, 'X-API-Key': 'x' }, JSON.stringify({ to, body: 'x' }))
  expect(wrong).toMatchObject({
    status: 401,
    json: { status: 'failed', message: expect.stringMatching(/key is wrong/) },
  })
})

describe('Grafana OnCall, formatted', () => {
  const path = (to: string, key = keys.admin) => `/hooks/oncall/${key}?to=${encodeURIComponent(to)}`
  const zabbix = {
    alert_uid: '41234',
    title: 'Disk full on db1',
    state: 'alerting',
    message: 'Problem started at 17:40\r\n\r\nHost: db1',
    link_to_upstream_details: 'http://zabbix/tr_events.php?triggerid=1&eventid=2',
  }

  test('Zabbix: a problem and its end, and nothing but 200 is success', async () => {
    const to = someone()
    const problem = await send('POST', path(to), { 'content-type': 'application/json' }, JSON.stringify(zabbix))
    expect(problem.status).toBe(200)
    await arrived(to)
    const end = { ...zabbix, state: 'ok', message: '' }
    expect((await send('POST', path(to), json, JSON.stringify(end))).status).toBe(200)
    const [first, second] = await arrived(to, 2)
    expect(first).toMatch(/^ALERT: Disk full on db1\nProblem started/)
    expect(second).toBe('OK: Disk full on db1')
  })

  test('Uptime Kuma: without an id', async () => {
    const to = someone()
    const body = { title: 'shop is down', message: 'timeout', state: 'alerting' }
    expect((await send('POST', path(to), json, JSON.stringify(body))).status).toBe(200)
    expect(await arrived(to)).toEqual(['ALERT: shop is down\ntimeout'])
  })

  test('an endless alert is cut, and a missing recipient is named', async () => {
    const to = someone()
    await send('POST', path(to), json, JSON.stringify({ ...zabbix, message: '🔥'.repeat(1_000) }))
    const parts = await arrived(to)
    expect(parts.join('').length).toBeLessThanOrEqual(459)
    const nobody = await send('POST', `/hooks/oncall/${keys.admin}`, json, JSON.stringify(zabbix))
    expect(nobody).toMatchObject({ status: 422, json: { message: expect.stringMatching(/\?to=/) } })
  })

  test('the key in the path is nowhere in an answer', async () => {
    const wrong = await send('POST', path('owner', `${keys.admin}x`), json, JSON.stringify(zabbix))
    expect(wrong.status).toBe(401)
    expect(wrong.text).not.toContain(keys.admin)
    const broken = await send('POST', path('owner'), json, '{"title":')
    expect(broken).toMatchObject({ status: 400, json: { instance: '/hooks/oncall/:key' } })
    expect(broken.text).not.toContain(keys.admin)
  })
})

describe('Alertmanager', () => {
  const alert = (instance: string, summary: string, status = 'firing') => ({
    status,
    labels: { alertname: 'DiskFull', instance, severity: 'critical' },
    annotations: { summary },
    startsAt: '2026-11-22T17:40:00Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prom/graph',
    fingerprint: 'b6c1d3a2e4f50718',
  })
  const body = (alerts: readonly object[], status = 'firing') => ({
    version: '4',
    groupKey: '{}:{alertname="DiskFull"}',
    truncatedAlerts: 0,
    status,
    receiver: 'sms',
    notification_reason: 'first notification',
    groupLabels: { alertname: 'DiskFull' },
    commonLabels: { alertname: 'DiskFull', severity: 'critical' },
    commonAnnotations: {},
    routeLabels: {},
    externalURL: 'http://am:9093',
    alerts,
  })
  const call = (to: string, content: object, key = keys.admin) =>
    send(
      'POST',
      `/hooks/alertmanager?to=${encodeURIComponent(to)}`,
      { 'content-type': 'application/json', 'user-agent': 'Alertmanager/0.28.0', authorization: `Bearer ${key}` },
      JSON.stringify(content),
    )

  test('what fires is listed once, and what is over is an all-clear', async () => {
    const to = someone()
    const firing = [alert('db1', 'disk 97% full'), alert('db2', 'disk 99% full'), alert('db3', 'ok', 'resolved')]
    expect((await call(to, body(firing))).status).toBe(200)
    expect(await arrived(to)).toEqual(['FIRING 2: DiskFull\ndisk 97% full (db1)\ndisk 99% full (db2)'])
    await call(to, body([alert('db1', 'disk 97% full', 'resolved')], 'resolved'))
    expect((await arrived(to, 2))[1]).toBe('RESOLVED: DiskFull\ndisk 97% full (db1)')
  })

  test('what is called again for want of an answer is one text, and whatever is new another', async () => {
    const [to, other] = [someone(), someone()]
    const first = body([alert('db1', 'disk 97% full'), alert('db2', 'disk 97% full')])
    const answers = await Promise.all([call(to, first), call(to, first)])
    expect([...answers, await call(to, first)].map(({ status, json }) => [status, json])).toEqual(
      Array(3).fill([200, { status: 'ok' }]),
    )
    const [db1, db2] = first.alerts as [object, object]
    const news = [
      // Another one of the group, one that is over, one that has come back, other words, another group, another receiver.
      body([...first.alerts, { ...alert('db3', 'disk 97% full'), fingerprint: '0000000000000001' }]),
      body([db1, { ...db2, status: 'resolved' }]),
      body([{ ...db1, startsAt: '2026-11-22T17:43:00Z' }, db2]),
      body([alert('db1', 'disk 98% full'), db2]),
      { ...first, groupKey: '{}:{alertname="Other"}' },
      { ...first, receiver: 'night' },
    ]
    for (const one of news) expect((await call(to, one)).status).toBe(200)
    await call(other, first)
    // Sooner than a group is repeated on purpose by the defaults, and later than it is tried again.
    const [route] = dialects.alertmanager
    const read = route?.read({ headers: {}, params: {}, query: { to }, body: first })
    expect(read?.once).toEqual({ id: expect.stringMatching(/^alertmanager:[\w-]{22}$/), forMs: 180_000 })
    // A call by hand, which names no group.
    const { groupKey: _, ...byHand } = first
    for (const one of [byHand, byHand]) await call(to, one)
    await arrived(other)
    expect(await arrived(to, 1 + news.length + 2)).toHaveLength(1 + news.length + 2)
  })

  test('a quota that is used up is 503 with a time, never 429: only 5xx is tried again', async () => {
    const firing = body([alert('db1', 'disk 97% full')])
    let answer = await call(someone(), firing, keys.few)
    for (let i = 0; i < 3 && answer.status === 200; i++) answer = await call(someone(), firing, keys.few)
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': expect.stringMatching(/^\d+$/) } })
  })
})

test('sms-gammu-gateway: Basic, JSON or a form, and several numbers in one field', async () => {
  const [one, other] = [someone(), someone()]
  const headers = { ...basic('admin', keys.admin), 'content-type': 'application/json' }
  const answer = await send('POST', '/sms', headers, JSON.stringify({ text: 'hello', number: `${one}, ${other}` }))
  expect(answer).toMatchObject({
    status: 200,
    json: { status: 200, message: expect.stringMatching(/^\["msg_.*","msg_/) },
  })
  expect([await arrived(one), await arrived(other)]).toEqual([['hello'], ['hello']])
  const form = { ...basic('admin', keys.admin), 'content-type': 'application/x-www-form-urlencoded' }
  await send('POST', '/sms', form, new URLSearchParams({ message: 'again', target: one }).toString())
  expect(await arrived(one, 2)).toEqual(['hello', 'again'])
})

test.each([
  ['JSON', 'application/json;charset=UTF-8', (to: string) => `{"phone":"${to}","message":"caf\u00e9 \\"x\\""}`],
  [
    'a form',
    'application/x-www-form-urlencoded;charset=UTF-8',
    (to: string) => `to=${encodeURIComponent(to)}&message=caf%C3%A9+%22x%22`,
  ],
])('Traccar sends %s by its template, with the key alone or behind Bearer', async (_, type, body) => {
  for (const authorization of [keys.admin, `Bearer ${keys.admin}`]) {
    const to = someone()
    const answer = await send('POST', '/hooks/traccar', { authorization, 'content-type': type }, body(to))
    expect(answer.status).toBe(200)
    expect(await arrived(to)).toEqual(['café "x"'])
  }
})

describe('Twilio', () => {
  const path = '/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages.json'
  const headers = (key = keys.admin) => ({
    ...basic('AC00000000000000000000000000000000', key),
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  })
  const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString()

  test('a text whose content is to be discarded is private', async () => {
    const To = someone()
    const fields = { To, From: '+15005550006', Body: 'code 481516', ContentRetention: 'discard' }
    expect(await send('POST', path, headers(), form(fields))).toMatchObject({ status: 201, json: { body: '' } })
    await arrived(To)
    const [message] = (await hub.ask('GET', `/v1/messages?to=${encodeURIComponent(To)}`)).json.data
    expect(message).toMatchObject({ text: null, private: true })
  })

  test('a message is made with 201 and the shape that its libraries read', async () => {
    const To = someone()
    const answer = await send(
      'POST',
      path,
      headers(),
      form({ To, From: '+15005550006', Body: 'Grüße', ValidityPeriod: '3600' }),
    )
    expect(answer).toMatchObject({
      status: 201,
      json: {
        sid: expect.stringMatching(/^SM[0-9a-f]{32}$/),
        account_sid: 'AC00000000000000000000000000000000',
        status: 'queued',
        to: To,
        from: '+15005550006',
        body: 'Grüße',
        num_segments: '1',
        error_code: null,
      },
    })
    expect(await arrived(To)).toEqual(['Grüße'])
  })

  test('a message may be for later', async () => {
    const SendAt = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, '')
    const fields = { To: someone(), MessagingServiceSid: 'MG0', Body: 'later', ScheduleType: 'fixed', SendAt }
    expect(await send('POST', path, headers(), form(fields))).toMatchObject({
      status: 201,
      json: { status: 'scheduled' },
    })
    const { commands } = (await hub.hub.request('queue/list', {})) as any
    expect(commands.at(-1)).toMatchObject({ to: fields.To, send_at: Date.parse(SendAt) })
  })

  test.each([
    ['a time without its type', '', { To: '+4915130000000', Body: 'x', SendAt: '2026-12-24T18:00:00Z' }, 422, 21211],
    ['a wrong key', 'wrong', { To: '+4915130000000', Body: 'x' }, 401, 20003],
    ['no number', '', { To: 'nobody at all', Body: 'x' }, 422, 21211],
    ['a picture', '', { To: '+4915130000000', Body: 'x', MediaUrl: 'http://x/y.png' }, 422, 20001],
  ])('%s is its error', async (_, key, fields, status, code) => {
    const answer = await send('POST', path, headers(key || keys.admin), form(fields as Record<string, string>))
    expect(answer).toMatchObject({ status, json: { status, code, message: expect.any(String) } })
  })
})

describe('every dialect', () => {
  const routes = Object.values(dialects).flat()

  test.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s asks for a key that is for texts, whatever else there is',
    async (_, { method, path }) => {
      const target = path.replace(':account', 'AC0').replace(':key', keys.reader)
      const cookie = { cookie: 'smshub_session=x', ...json }
      const nobody = await send(method, target.replace(keys.reader, 'none'), cookie, method === 'GET' ? '' : '{}')
      expect(nobody.status).toBe(401)
      expect(nobody.headers['www-authenticate']).toMatch(/Bearer/)
      const headers = {
        ...cookie,
        'access-token': keys.reader,
        'x-api-key': keys.reader,
        authorization: `Bearer ${keys.reader}`,
      }
      const reader = await send(method, `${target}?access_token=${keys.reader}`, headers, method === 'GET' ? '' : '{}')
      expect(reader.status).toBe(403)
    },
  )

  test('a body that is not what it says is refused', async () => {
    const headers = { ...json, 'x-api-key': keys.admin }
    expect((await send('POST', '/api/v1/sms/send', headers, '{"to":')).status).toBe(400)
    expect((await send('POST', '/api/v1/sms/send', headers, '["x"]')).status).toBe(422)
    expect((await send('POST', '/api/v1/sms/send', { ...headers, 'content-type': 'text/xml' }, '<x/>')).status).toBe(
      415,
    )
    const long = (octets: number) => send('POST', '/api/v1/sms/send', headers, `{${' '.repeat(octets - 2)}}`)
    expect([(await long(65_536)).status, (await long(65_537)).status]).toEqual([422, 413])
  })

  test('is off unless it is switched on, and an unknown one is an error that names those that there are', async () => {
    const other = await startHttpHub({ dialects: ['twilio'] })
    const answer = await fetch(`${other.url}/sms`, { method: 'POST', body: '{}', headers: json })
    await other.close()
    expect(answer.status).toBe(404)
    const config = join(temporaryFolder(), 'smshub.yaml')
    writeFileSync(config, 'http: { dialects: [pager] }\n')
    expect(() => loadConfig({ config, env: {}, cwd: '/' })).toThrow(/http\.dialects.*smseagle/s)
  })
})
