import { createHash, createHmac } from 'node:crypto'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type BoxAnswer, type BoxRequest, box, boxHub, stopBoxes } from '../support/box.ts'
import { Faults, failingStore } from '../support/failing-store.ts'

afterEach(stopBoxes)

const json = (status: number, body: object): BoxAnswer => ({ status, body: JSON.stringify(body) })

interface Stored {
  readonly id: string
  readonly date: string
  readonly sender: string
  readonly message: string
}

/** RutOS 7, as its developers' pages have it: a token from a login, which a restart forgets. */
async function rutos(next: ('ok' | 'hangs' | 'fails')[] = []) {
  const state = {
    tokens: new Set<string>(),
    logins: 0,
    sent: [] as string[],
    inbox: [] as Stored[],
    keeps: false,
    lists: 0,
  }
  const answer = ({ path, headers, body }: BoxRequest): BoxAnswer => {
    const asked = body === '' ? {} : JSON.parse(body)
    if (path === '/api/login') {
      if (asked.username !== 'hub' || asked.password !== 'secret')
        return json(401, { success: false, errors: [{ code: 121, error: 'Login failed for any reason' }] })
      const token = `token${++state.logins}`
      state.tokens.add(token)
      return json(200, { success: true, data: { username: 'hub', token, expires: 299 } })
    }
    if (!state.tokens.has(String(headers.authorization).replace('Bearer ', '')))
      return json(401, { success: false, errors: [{ code: 123, error: 'Unauthorized access' }] })
    if (path === '/api/messages/status') {
      state.lists++
      return json(200, { success: true, data: state.inbox.map((one) => ({ ...one, modem_id: '1-1', status: 'read' })) })
    }
    if (path === '/api/messages/actions/remove_messages') {
      if (state.keeps) return json(422, { success: false, errors: [{ code: 1, error: 'busy' }] })
      state.inbox = state.inbox.filter(({ id }) => !asked.data.sms_id.includes(id))
      return json(200, { success: true })
    }
    const behaviour = next.shift() ?? 'ok'
    state.sent.push(asked.data.message)
    if (behaviour === 'hangs') return null
    return behaviour === 'fails' ? { status: 500 } : json(200, { success: true, data: { sms_used: 1 } })
  }
  const { url } = await box(answer)
  const row = {
    type: 'http',
    carrier: 'rutos',
    base: url,
    user: 'hub',
    secret: 'secret',
    account: { modem: '1-1' },
    poll: 5,
  }
  return { state, row }
}

const stored = (id: string, message: string, date = 'Tue Dec  1 12:00:00 2026'): Stored => ({
  id,
  message,
  date,
  sender: '+4915155000009',
})

describe('a router with RutOS', () => {
  test('sends with the token of a login, and logs in again when a restart has forgotten it', async () => {
    const { state, row } = await rutos()
    const { send, statuses, client } = await boxHub(row)
    await send('a')
    await client.until(() => statuses('a').includes('sent'))
    state.tokens.clear()
    await send('b')
    await client.until(() => statuses('b').includes('sent'))
    expect(state.sent).toEqual(['text a', 'text b'])
    expect(state.logins).toBeGreaterThan(1)
  })

  test.each(['hangs', 'fails'] as const)('a text that it may have sent (%s) is in doubt and goes once', async (how) => {
    const { state, row } = await rutos([how])
    const { send, doubted } = await boxHub(row)
    await send('a')
    await doubted('a')
    expect(state.sent).toEqual(['text a'])
  })

  test('a wrong password sends nothing, the text waits, and the doctor names the fix', async () => {
    const { state, row } = await rutos()
    const { send, statuses, client, doctor } = await boxHub({ ...row, secret: 'wrong' })
    await send('a')
    await client.until(() => client.received.some(({ json: one }) => one?.client_id === 'a' && one.error?.code))
    expect(state.sent).toEqual([])
    expect(statuses('a')).not.toContain('failed')
    expect(await doctor()).toContain('correct gateways.box.user and .secret')
  })

  test('a text is deleted from it when it is on the disk, and not before', async () => {
    const { state, row } = await rutos()
    const faults = new Faults()
    state.inbox.push(stored('1', 'Relay ON'))
    faults.add('file', 'internal')
    const { received, client } = await boxHub(row, { makeStore: failingStore(faults) })
    await client.until(() => faults.struck.has('file'))
    expect(state.inbox).toHaveLength(1)
    await client.until(() => received().length === 1 && state.inbox.length === 0)
    expect(received()).toEqual(['Relay ON'])
  })

  test('one that can not be deleted comes again and is one; another one in its place is another one', async () => {
    const { state, row } = await rutos()
    state.inbox.push(stored('1', 'Relay ON'))
    state.keeps = true
    const { received, client } = await boxHub(row)
    await client.until(() => state.lists > 2 && received().length > 0)
    expect(received()).toEqual(['Relay ON'])
    state.keeps = false
    await client.until(() => state.inbox.length === 0)
    state.inbox.push(stored('1', 'Relay ON', 'Tue Dec  1 12:07:00 2026'))
    await client.until(() => received().length === 2 && state.inbox.length === 0)
  })

  test('what it has received is there after a kill between the commit and the deletion, once', async () => {
    const { state, row } = await rutos()
    state.inbox.push(stored('1', 'Relay ON'))
    state.keeps = true
    const first = await boxHub(row)
    await first.client.until(() => first.received().length === 1)
    await first.hub.stop()
    state.keeps = false
    const { received, client } = await boxHub(row, { folder: first.folder })
    await client.until(() => state.inbox.length === 0)
    expect(received()).toEqual([])
  })
})

describe('a router of the generation before', () => {
  const legacy = async (answers: readonly BoxAnswer[] = []) => {
    const next = [...answers]
    const inbox = new Map<string, string>()
    const made = await box(({ path, query }) => {
      if (query.get('username') !== 'hub' || query.get('password') !== 'secret') return { status: 403 }
      if (path === '/cgi-bin/sms_send')
        return next.length > 0 ? (next.shift() as BoxAnswer) : { status: 200, body: 'OK\n' }
      if (path === '/cgi-bin/sms_delete') inbox.delete(query.get('number') ?? '')
      else if (inbox.size > 0) return { status: 200, body: [...inbox].map(entryOf).join('') }
      return { status: 200, body: path === '/cgi-bin/sms_delete' ? 'OK\n' : 'NO MESSAGES\n' }
    })
    const sent = () => made.requests.filter(({ path }) => path === '/cgi-bin/sms_send')
    return {
      sent,
      inbox,
      row: { type: 'http', carrier: 'rutos-legacy', base: made.url, user: 'hub', secret: 'secret', poll: 5 },
    }
  }
  const entryOf = ([id, text]: readonly [string, string]) =>
    `Index: ${id}\nDate: Tue Dec  1 12:00:00 2026\nSender: +4915155000009\nText: ${text}\nStatus: unread\n${'-'.repeat(30)}\n`

  test('is given numbers with two zeros, and its inbox is read and emptied', async () => {
    const { sent, inbox, row } = await legacy()
    inbox.set('0', 'Relay ON\nsince noon').set('1', 'Index: 7')
    const { send, statuses, received, client } = await boxHub(row)
    await send('a')
    await client.until(() => statuses('a').includes('sent') && inbox.size === 0 && received().length === 2)
    expect(sent()[0]?.query.get('number')).toBe('004915155000001')
    expect(received()).toEqual(['Relay ON\nsince noon', 'Index: 7'])
  })

  test.each([
    ['a timeout of its modem', { status: 200, body: 'TIMEOUT\n' }],
    ['an error of its modem', { status: 200, body: 'ERROR\n' }],
    ['no answer', null],
    ['a lost connection', 'cut'],
    ['words of another program', { status: 200, body: '<html></html>' }],
  ] as const)('%s is a doubt, and the text goes once', async (_, answer) => {
    const { sent, row } = await legacy([answer])
    const { send, doubted } = await boxHub(row)
    await send('a')
    await doubted('a')
    expect(sent()).toHaveLength(1)
  })

  test('a wrong number fails', async () => {
    const { sent, row } = await legacy([{ status: 200, body: 'WRONG_NUMBER\n' }])
    const { send, statuses, client } = await boxHub(row)
    await send('a')
    await client.until(() => statuses('a').includes('failed'))
    expect(sent()).toHaveLength(1)
  })
})

test('Dinstar: the answer to a challenge, a report by the number of the text, and texts from where the last answer ended', async () => {
  const md5 = (text: string) => createHash('md5').update(text).digest('hex')
  let nonce = 'n1'
  const sent: { readonly user_id: number; readonly number: string }[] = []
  const texts = [1, 2, 3].map((i) => ({
    incoming_sms_id: i,
    number: '+4915155000009',
    timestamp: `12:00:0${i}`,
    text: `no ${i}`,
  }))
  const after: string[] = []
  const { url } = await box(({ method, path, query, headers, body }) => {
    const given = (key: string) => new RegExp(`\\b${key}="?([^",]+)`).exec(headers.authorization ?? '')?.[1] ?? ''
    const right = [md5('hub:UC:secret'), nonce, given('nc'), given('cnonce'), 'auth', md5(`${method}:${given('uri')}`)]
    const isRight = given('nonce') === nonce && given('response') === md5(right.join(':'))
    if (!isRight)
      return { status: 401, headers: { 'www-authenticate': `Digest realm="UC", qop="auth", nonce="${nonce}"` } }
    if (path === '/api/send_sms') {
      sent.push(JSON.parse(body).param[0])
      return json(200, { error_code: 202, sms_in_queue: 1, task_id: sent.length })
    }
    if (path === '/api/query_sms_result')
      return json(200, { error_code: 200, result: sent.map((one) => ({ ...one, port: 0, status: 'DELIVERED' })) })
    after.push(query.get('incoming_sms_id') ?? '')
    const from = Number(query.get('incoming_sms_id'))
    return json(200, { error_code: 200, sms: texts.filter((one) => one.incoming_sms_id > from).slice(0, 2) })
  })
  const { send, statuses, received, client } = await boxHub({
    type: 'http',
    carrier: 'dinstar',
    base: url,
    user: 'hub',
    secret: 'secret',
    poll: 5,
  })
  await send('a')
  await client.until(() => statuses('a').includes('delivered') && received().length === 3)
  expect(received()).toEqual(['no 1', 'no 2', 'no 3'])
  expect(after.slice(0, 2)).toEqual(['0', '2'])
  // A restart of the box: the old challenge is refused, which is no acceptance.
  nonce = 'n2'
  await send('b')
  await client.until(() => statuses('b').includes('delivered'))
  expect(sent).toHaveLength(2)
  // It counts from the beginning again.
  const again = { incoming_sms_id: 1, number: '+4915155000009', timestamp: '13:00:01', text: 'after the restart' }
  texts.splice(0, texts.length, again)
  await client.until(() => received().includes('after the restart'))
  expect(received()).toHaveLength(4)
})

describe('a phone', () => {
  test('Traccar: it takes two keys and names no text; one that may have been sent is in doubt', async () => {
    const next: BoxAnswer[] = [{ status: 200 }, { status: 500, body: 'error' }, null]
    const made = await box(({ headers, body }) => {
      if (headers.authorization !== 'key') return { status: 401 }
      const known = Object.keys(JSON.parse(body)).every((one) => ['to', 'message', 'slot'].includes(one))
      return known ? (next.shift() ?? null) : { status: 500 }
    })
    const row = { type: 'http', carrier: 'traccar', base: made.url, secret: 'key', account: { host: 'phone' } }
    const { send, statuses, client, doubted, doctor } = await boxHub(row)
    await send('a')
    await client.until(() => statuses('a').includes('sent'))
    await send('b')
    await doubted('b')
    await send('c')
    await doubted('c')
    expect(made.requests).toHaveLength(3)
    expect(await doctor()).toContain('it has no reports and brings no texts')
  })

  test('SMSGate: reports name the text by the id that it was given, and two equal texts are two', async () => {
    const made = await box(() => json(202, { state: 'Pending' }))
    const row = {
      type: 'http',
      carrier: 'smsgate',
      base: made.url,
      user: 'u',
      secret: 'p',
      signing_secret: 'k',
      webhooks: true,
    }
    const { hub, send, statuses, received, client } = await boxHub(row)
    await send('a')
    await client.until(() => statuses('a').includes('sent'))
    const { id } = JSON.parse(made.requests[0]?.body ?? '{}')
    const gateway = hub.gateways.get('box')
    const [finding] = ((await gateway?.can.examine?.()) ?? []).filter(({ fix }) => fix?.includes('/hooks/'))
    const token = /\/hooks\/box\/([\w-]+)/.exec(finding?.fix ?? '')?.[1] ?? ''
    const call = async (event: string, payload: object, key = 'k') => {
      const body = Buffer.from(JSON.stringify({ event, payload }))
      const at = String(Math.floor(Date.now() / 1_000))
      const signature = createHmac('sha256', key).update(body).update(at).digest('hex')
      const headers = { 'x-signature': signature, 'x-timestamp': at, 'content-type': 'application/json' }
      return (await gateway?.hook?.(token, { method: 'POST', url: '/', headers, body }))?.status
    }
    expect(await call('sms:delivered', { messageId: id }, 'other')).toBe(403)
    const delivered = { messageId: id, phoneNumber: '+4915155000001' }
    expect(await call('sms:delivered', delivered)).toBe(200)
    expect(await call('sms:sent', delivered)).toBe(200)
    await client.until(() => statuses('a').includes('delivered'))
    expect(statuses('a').at(-1)).toBe('delivered')
    const text = { messageId: 'same', message: 'alarm', phoneNumber: '+4915155000009' }
    for (const minute of ['00', '00', '01'])
      await call('sms:received', { ...text, receivedAt: `2026-12-01T12:${minute}:00.000+01:00` })
    await client.until(() => received().length === 2)
  })
})

test.each([
  ['multitech', { account: {} }, 'ID: 7', 'Err: 601'],
  ['goip', { account: { line: '1' } }, 'Sending,L1 Send SMS to:1; ID:55c489da', null],
  ['yeastar', { account: { port: '1' } }, 'Response: Success\r\nMessage: Commit successfully!', null],
] as const)('%s takes a text in the words of its manual', async (carrier, row, good, bad) => {
  const made = await box(() => ({ status: 200, body: good }))
  const { send, statuses, client } = await boxHub({
    type: 'http',
    carrier,
    base: made.url,
    user: 'u',
    secret: 'p',
    ...row,
  })
  await send('a', 'Grüße & more')
  await client.until(() => statuses('a').includes('sent'))
  expect(made.requests).toHaveLength(1)
  expect([...(made.requests[0]?.query.values() ?? [])]).toContain('Grüße & more')
  if (bad === null) return
  const refusing = await box(() => ({ status: 200, body: bad }))
  const other = await boxHub({ type: 'http', carrier, base: refusing.url, user: 'u', secret: 'p', ...row })
  await other.send('b')
  await other.client.until(() =>
    other.client.received.some(({ json: one }) => one?.client_id === 'b' && one.error?.code),
  )
  expect(other.statuses('b')).not.toContain('failed')
})
