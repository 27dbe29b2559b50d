import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { allRoutes } from '../../src/http/routes/all-routes.ts'
import { type Ask, type HttpHub, startHttpHub } from '../support/http-hub.ts'

let hub: HttpHub

beforeAll(async () => {
  hub = await startHttpHub()
})
afterAll(() => hub.close())

describe('what the page asks has the form that its types have:', () => {
  test.each<[string, string, string, unknown?]>([
    ['GET', '/v1/devices/gate/view', 'viewDevice'],
    ['GET', '/v1/devices/van/view', 'viewDevice'],
    ['GET', '/v1/devices/gate/setup', 'getSetup'],
    ['POST', '/v1/devices/gate/try', 'tryText', { text: 'nothing that it sends' }],
    ['POST', '/v1/devices/gate/draft', 'draftRule', { text: 'Level: 5 %' }],
    ['GET', '/v1/profiles', 'listProfiles'],
    ['GET', '/v1/profiles/coban/tk103', 'getProfile'],
    ['GET', '/v1/map', 'getMap'],
    ['GET', '/v1/config', 'getConfig'],
    ['GET', '/v1/log', 'getLog'],
    ['POST', '/v1/gateways/home/doctor', 'examineGateway'],
    ['GET', '/v1/gateways/home/trace', 'getTrace'],
  ])('%s %s', async (method, path, name, ...[body]) => {
    const { status, json } = await hub.ask(method, path, body === undefined ? {} : { body })
    const { error } = allRoutes.find((one) => one.name === name)?.answer.safeParse(json) ?? {}
    expect({ status, error: error?.message }).toEqual({ status: 200, error: undefined })
  })
})

test('profiles are sent once: who has them is answered 304, and asks again each time', async () => {
  const ask = (path: string, tag?: string) =>
    hub.ask('GET', path, tag === undefined ? {} : { headers: { 'if-none-match': tag } })
  const tags = new Set<string>()
  for (const path of ['/v1/profiles', '/v1/profiles?q=gate', '/v1/profiles/coban/tk103']) {
    const first = await ask(path)
    const tag = first.headers.get('etag') ?? ''
    expect([tag, first.headers.get('cache-control')]).toEqual([
      expect.stringMatching(/^"[\w-]{22}"$/),
      'private, no-cache',
    ])
    for (const seen of [tag, `"other", W/${tag}`]) {
      const again = await ask(path, seen)
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', tag])
    }
    for (const seen of tags) expect(await ask(path, seen)).toMatchObject({ status: 200, text: first.text })
    tags.add(tag)
  }
  expect(tags.size).toBe(3)
})

describe('a device for a person', () => {
  test('has its commands with their parameters in words, and the fields of its profile with their units', async () => {
    const { json } = await hub.ask('GET', '/v1/devices/gate/view')
    expect(json).toMatchObject({ id: 'gate', kind: 'gate', online: null, paused: false, numbers: ['+4915112345678'] })
    const open = json.commands.find(({ name }: { name: string }) => name === 'open')
    expect(open).toMatchObject({ label: expect.stringMatching(/^[A-Z]/), danger: null, repeat: 'never' })
    for (const { params } of json.commands)
      for (const { label, accepts } of params)
        expect([label, accepts]).toEqual([expect.any(String), expect.any(String)])
  })

  test('is shown to whom it belongs, without numbers where these are not for all', async () => {
    const seen = await hub.ask('GET', '/v1/devices/gate/view', { as: 'gatekeeper' })
    expect({ status: seen.status, numbers: seen.json.numbers }).toEqual({ status: 200, numbers: undefined })
    expect((await hub.ask('GET', '/v1/devices/van/view', { as: 'gatekeeper' })).status).toBe(403)
  })

  test('is paused with the whole queue, or by itself', async () => {
    const paused = async () => (await hub.ask('GET', '/v1/devices/gate/view')).json.paused
    await hub.ask('POST', '/v1/queue/pause', { body: { device: 'van' } })
    expect(await paused()).toBe(false)
    await hub.ask('POST', '/v1/queue/pause', { body: { device: 'gate' } })
    expect(await paused()).toBe(true)
    for (const device of ['van', 'gate']) await hub.ask('POST', '/v1/queue/resume', { body: { device } })
    await hub.ask('POST', '/v1/queue/pause')
    expect(await paused()).toBe(true)
    await hub.ask('POST', '/v1/queue/resume')
  })

  test('is found by its model and number, and by its gateway and state', async () => {
    const found = async (query: string) =>
      (await hub.ask('GET', `/v1/devices?${query}`)).json.data.map(({ id }: { id: string }) => id)
    expect(await found('q=king+pigeon')).toEqual(['gate'])
    expect(await found('q=4915112345678')).toEqual(['gate'])
    expect(await found('gateway=nowhere')).toEqual([])
    expect(await found('state=offline')).toEqual([])
    expect((await hub.ask('GET', '/v1/devices?state=sleeping')).status).toBe(422)
  })

  test('is found by its id among others, once, by whom it may be seen', async () => {
    const found = async (ids: string, as: 'owner' | 'gatekeeper' = 'owner') =>
      (await hub.ask('GET', `/v1/devices?ids=${ids}`, { as })).json.data.map(({ id }: { id: string }) => id)
    expect(await found('van,nobody,gate,van')).toEqual(['gate', 'van'])
    expect(await found('van,gate', 'gatekeeper')).toEqual(['gate'])
    expect(await found('a/b')).toEqual([])
    for (const ids of ['', Array.from({ length: 101 }, (_, i) => `d${i}`).join(',')])
      expect((await hub.ask('GET', `/v1/devices?ids=${ids}`)).status).toBe(422)
  })

  test('is on a page of all that there are in the order of their ids, whatever was added and removed meanwhile', async () => {
    const page = async (query: string, as: 'owner' | 'gatekeeper' = 'owner') => {
      const { json } = await hub.ask('GET', `/v1/devices?${query}`, { as })
      return { total: json.total, ids: json.data.map(({ id }: { id: string }) => id), next: json.next_cursor }
    }
    const first = await page('limit=2')
    expect(first).toMatchObject({ total: 3, ids: ['boiler', 'gate'] })
    expect(await page('limit=2&q=profile+or+nothing')).toEqual({ total: 0, ids: [], next: null })
    const device = { id: 'hut', profile: 'generic/text', number: '+4915112345690' }
    await hub.ask('POST', '/v1/devices', { body: device })
    expect(await page(`limit=2&cursor=${first.next}`)).toEqual({ total: 4, ids: ['hut', 'van'], next: null })
    const changed = async (method: string, ask: Ask = {}) => {
      const { headers } = await hub.ask('GET', '/v1/devices/hut')
      const { status } = await hub.ask(method, '/v1/devices/hut', {
        ...ask,
        headers: { 'if-match': headers.get('etag') ?? '' },
      })
      expect(status).toBeLessThan(300)
    }
    await changed('PATCH', { body: { name: 'Hut by the LAKE' } })
    expect(await page('q=lake')).toMatchObject({ total: 1, ids: ['hut'] })
    expect(await page('', 'gatekeeper')).toEqual({ total: 1, ids: ['gate'], next: null })
    await changed('DELETE')
    expect(await page(`limit=2&cursor=${first.next}`)).toEqual({ total: 3, ids: ['van'], next: null })
    expect(await page('q=lake')).toMatchObject({ total: 0 })
  })
})

describe('a rule from a text', () => {
  const text = 'Tank level 42 percent'

  test('reads the text that it was made from, once the device has it', async () => {
    await hub.ask('POST', '/v1/devices', {
      body: { id: 'tank', profile: 'generic/text', number: '+4915112345600' },
    })
    const { json: before } = await hub.ask('POST', '/v1/devices/tank/draft', { body: { text } })
    expect(before.pattern).toContain('{')
    const added = await hub.ask('POST', '/v1/devices/tank/rules', {
      body: { name: 'level_report', pattern: before.pattern, text },
    })
    expect(added).toMatchObject({ status: 201, json: { message: 'level_report' } })
    // A second one leaves the first.
    const other = await hub.ask('POST', '/v1/devices/tank/draft', { body: { text: 'Pump stopped' } })
    await hub.ask('POST', '/v1/devices/tank/rules', {
      body: { name: 'pump_report', pattern: other.json.pattern, text: 'Pump stopped' },
    })
    const { json: after } = await hub.ask('POST', '/v1/devices/tank/try', { body: { text } })
    expect(after.matches.map(({ message }: { message: string }) => message)).toContain('level_report')
  })

  test('that does not read its own text is refused, and a device of the file is changed there', async () => {
    const rule = { name: 'other', pattern: 'Level {level:int}', text: 'nothing of the kind' }
    expect((await hub.ask('POST', '/v1/devices/tank/rules', { body: rule })).status).toBe(422)
    const fits = { name: 'other', pattern: 'Hello', text: 'Hello' }
    expect((await hub.ask('POST', '/v1/devices/gate/rules', { body: fits })).status).toBe(403)
  })

  test('is for administrators', async () => {
    expect((await hub.ask('POST', '/v1/devices/tank/draft', { body: { text }, as: 'gatekeeper' })).status).toBe(403)
  })
})

describe('secrets', () => {
  test('are masked in the configuration', async () => {
    const { json, text } = await hub.ask('GET', '/v1/config')
    expect(json.config).toMatchObject({ gateways: { home: { type: 'modem' } }, contacts: 2 })
    expect(text).not.toMatch(/scrypt:/)
    expect((await hub.ask('GET', '/v1/config', { as: 'reader' })).status).toBe(403)
  })

  test('a PIN that is no PIN is refused before anything gets it, and is in no answer', async () => {
    const { status, text } = await hub.ask('POST', '/v1/gateways/home/pin', { body: { pin: '12a4' } })
    expect(status).toBe(422)
    expect(text).not.toContain('12a4')
  })
})

test('the log has the lines after a number, and never more than are asked for', async () => {
  const { json } = await hub.ask('GET', '/v1/log?limit=2')
  expect(json.lines.length).toBeLessThanOrEqual(2)
  const last = json.lines.at(-1)?.seq ?? 0
  await hub.ask('POST', '/v1/queue/pause')
  await hub.ask('POST', '/v1/queue/resume')
  const { json: after } = await hub.ask('GET', `/v1/log?after=${last}`)
  expect(after.lines.map(({ message }: { message: string }) => message).join('\n')).toMatch(/paused[\s\S]*resumed/)
  expect(after.lines.every(({ seq }: { seq: number }) => seq > last)).toBe(true)
})
