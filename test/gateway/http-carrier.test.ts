import { createHash, createHmac } from 'node:crypto'
import { afterEach, describe, expect, test } from '@jest/globals'
import { HttpCarrier, httpCarrierHub, stopAll } from '../support/http-carrier.ts'

afterEach(stopAll)

const started = async (keys = '') => {
  const carrier = await new HttpCarrier().listen()
  return { carrier, ...(await httpCarrierHub(carrier, { keys })) }
}

describe('through a carrier with an HTTP interface', () => {
  test('a text goes out whole, however long, and its report settles it', async () => {
    const { carrier, send, statuses, client, call } = await started()
    const text = 'long '.repeat(60)
    await send('a', '+4915155000001', text)
    await client.until(() => statuses('a').includes('sent'))
    expect(carrier.accepted).toMatchObject([{ to: '+4915155000001', text, fields: { From: '+4915112345600' } }])
    const report = { MessageSid: 'SM0001', MessageStatus: 'delivered', To: '+4915155000001' }
    const answer = await call(report)
    expect([answer.status, await answer.text()]).toEqual([200, '<Response/>'])
    await client.until(() => statuses('a').includes('delivered'))
  })

  test('a report of a failure ends it, and an earlier state that comes later changes nothing', async () => {
    const { send, statuses, client, call } = await started()
    await send('a')
    await client.until(() => statuses('a').includes('sent'))
    const report = { MessageSid: 'SM0001', To: '+4915155000001' }
    await call({ ...report, MessageStatus: 'undelivered', ErrorCode: '30003' })
    await client.until(() => statuses('a').includes('undelivered'))
    expect((await call({ ...report, MessageStatus: 'sent' })).status).toBe(200)
    expect(statuses('a').at(-1)).toBe('undelivered')
  })

  test('a text that comes three times is one', async () => {
    const { send, statuses, client, call } = await started()
    await send('a')
    await client.until(() => statuses('a').includes('sent'))
    const received = () => client.received.filter(({ topic }) => topic === 'smshub/sms/received')
    const text = { MessageSid: 'SM0009', SmsStatus: 'received', From: '+4915155000009', Body: 'Relay ON' }
    for (let i = 0; i < 3; i++) expect((await call(text)).status).toBe(200)
    await call({ ...text, MessageSid: 'SM0010', Body: 'Relay OFF' })
    await client.until(() => received().length === 2)
    expect(received().map(({ json }) => json.text)).toEqual(['Relay ON', 'Relay OFF'])
    expect(received()[0]?.json.from).toBe('+4915155000009')
  })

  test.each([
    ['with a wrong signature', { signature: 'AAAA' }, 403],
    ['without one', { signature: '' }, 403],
    ['at another address', { token: 'x' }, 404],
  ])('a call %s is not taken', async (_, change, status) => {
    const { send, statuses, client, call } = await started()
    await send('a')
    await client.until(() => statuses('a').includes('sent'))
    const answer = await call({ MessageSid: 'SM0001', MessageStatus: 'delivered', To: '+4915155000001' }, change)
    expect(answer.status).toBe(status)
    expect(statuses('a')).not.toContain('delivered')
  })

  test('a carrier that can not reach the hub is asked for reports and texts, and those of years ago are not taken', async () => {
    const { carrier, send, statuses, client } = await started(', poll: 5')
    const text = { from: '+4915155000009', body: 'Relay ON' }
    carrier.received.push(
      { ...text, sid: 'SM9001', date_created: new Date().toUTCString() },
      { ...text, sid: 'SM9000', body: 'Relay OFF', date_created: 'Thu, 24 Aug 2023 05:01:45 +0000' },
    )
    await send('a')
    await client.until(() => statuses('a').includes('delivered'))
    expect(carrier.accepted[0]?.fields).not.toHaveProperty('StatusCallback')
    const received = () => client.received.filter(({ topic }) => topic === 'smshub/sms/received')
    await client.until(() => received().length > 0)
    expect(received().map(({ json }) => json.text)).toEqual(['Relay ON'])
  })

  test('what it refuses fails, with its code', async () => {
    const { carrier, send, statuses, client } = await started()
    carrier.next.push('refuses')
    await send('a')
    await client.until(() => statuses('a').includes('failed'))
    const failed = client.received.find(({ json }) => json?.status === 'failed')
    expect(failed?.json.error).toMatchObject({ code: 'network_rejected', details: { http: '21610' } })
    expect(carrier.requests).toBe(1)
  })

  test.each(['accepts_and_fails', 'accepts_and_cuts', 'hangs'] as const)(
    'a text that may have been accepted (%s) is in doubt and is never sent again; its report settles it by its name',
    async (behaviour) => {
      const { carrier, send, statuses, client, call } = await started()
      carrier.next.push(behaviour)
      await send('a')
      await client.until(() =>
        client.received.some(({ json }) => json?.client_id === 'a' && json.in_doubt === true && json.error !== null),
      )
      expect(carrier.requests).toBe(1)
      if (behaviour === 'hangs') return
      await call({ MessageSid: 'SM0001', MessageStatus: 'delivered', To: '+4915155000001' })
      await client.until(() => statuses('a').includes('delivered'))
      expect(carrier.requests).toBe(1)
    },
  )

  test('one that limits gets the text again, and one that is away too', async () => {
    const { carrier, send, statuses, client } = await started()
    carrier.next.push('limits')
    await send('a')
    await client.until(() => statuses('a').includes('sent'))
    expect(carrier.requests).toBe(2)
    expect(carrier.accepted).toHaveLength(1)
  })

  test('a wrong password pauses the gateway, the text waits, and the doctor names the fix', async () => {
    const { carrier, send, statuses, client, hub } = await started(', user: AC2')
    await send('a')
    await client.until(() =>
      client.received.some(({ json }) => json?.client_id === 'a' && json.error?.code !== undefined),
    )
    expect(carrier.accepted).toEqual([])
    expect(statuses('a')).not.toContain('failed')
    expect(await hub.gateways.get('carrier')?.can.examine?.()).toContainEqual(
      expect.objectContaining({ severity: 'error', fix: expect.stringContaining('gateways.carrier.user') }),
    )
  })

  test.each([
    ['not JSON', '{"a":', 400],
    ['deep', '['.repeat(100), 400],
    ['too large', 'x'.repeat(1_100_000), 413],
    ['nothing that it knows', '{"hello":1}', 200],
  ])('a body that is %s is answered %i', async (_, body, status) => {
    const { send, statuses, client, carrier } = await started()
    await send('a')
    await client.until(() => statuses('a').includes('sent'))
    const digest = createHash('sha256').update(body).digest('hex')
    const url = `${carrier.accepted[0]?.fields.StatusCallback}&bodySHA256=${digest}`
    const signature = createHmac('sha1', 'secret').update(url).digest('base64')
    const headers = { 'content-type': 'application/json', 'x-twilio-signature': signature }
    expect((await fetch(url, { method: 'POST', body, headers })).status).toBe(status)
    expect(statuses('a')).not.toContain('delivered')
  })
})
