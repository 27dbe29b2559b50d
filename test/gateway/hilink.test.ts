import { afterEach, describe, expect, test } from '@jest/globals'
import { boxHub, stopBoxes } from '../support/box.ts'
import { Faults, failingStore } from '../support/failing-store.ts'
import { type HilinkText, hilinkBox } from '../support/hilink-box.ts'

afterEach(stopBoxes)

const rowOf = (url: string) => ({ type: 'hilink', address: url, poll: 5, timeout: 4 })

const text = (index: string, words: string, at = '2026-12-01 12:00:00', type = '1'): HilinkText => ({
  Index: index,
  Content: words,
  Date: at,
  SmsType: type,
  Phone: '+4915155000009',
})

describe('a HiLink box', () => {
  test.each(['token', 'SesTokInfo'] as const)(
    'sends a text with a session by %s, and what it reports is the end',
    async (token) => {
      const box = await hilinkBox({ token })
      const { send, statuses, client } = await boxHub(rowOf(box.url))
      await send('a', 'Tor <auf> & zu')
      await send('b', 'Ворота')
      await client.until(() => statuses('a').includes('sent') && statuses('b').includes('sent'))
      expect(box.sent).toMatchObject([
        { to: '+4915155000001', text: 'Tor <auf> & zu', coding: '1' },
        { text: 'Ворота', coding: '0' },
      ])
    },
  )

  test('gets a new session when somebody has opened its page, and repeats only what was refused', async () => {
    const box = await hilinkBox()
    const { send, statuses, client } = await boxHub(rowOf(box.url))
    for (const id of ['a', 'b', 'c']) {
      await send(id)
      await client.until(() => statuses(id).includes('sent'))
      box.forget()
    }
    expect(box.sent.map((one) => one.text)).toEqual(['text a', 'text b', 'text c'])
  })

  test.each(['plain', 'hashed', 'scram'] as const)(
    'is logged into by %s password, again after a restart',
    async (login) => {
      const box = await hilinkBox({ login })
      const { send, statuses, client } = await boxHub({ ...rowOf(box.url), password: 'secret' })
      await send('a')
      await client.until(() => statuses('a').includes('sent'))
      box.forget()
      await send('b')
      await client.until(() => statuses('b').includes('sent'))
      expect(box.sent).toHaveLength(2)
    },
  )

  test.each(['hangs', 'accepts_and_cuts', 'never_ends'] as const)(
    'a text that it may have sent (%s) is in doubt and goes once',
    async (how) => {
      const box = await hilinkBox()
      box.next.push(how)
      const { send, doubted, statuses, client } = await boxHub(rowOf(box.url))
      await send('a')
      await doubted('a')
      await send('b')
      await client.until(() => statuses('b').includes('sent'))
      expect(box.sent.filter((one) => one.text === 'text a').length).toBeLessThanOrEqual(1)
      expect(
        box.requests.filter(({ path, body }) => path === '/api/sms/send-sms' && body.includes('text a')),
      ).toHaveLength(1)
    },
  )

  test.each(['busy', 'fails'] as const)('one that it has not sent (%s) is sent again', async (how) => {
    const box = await hilinkBox()
    box.next.push(how)
    const { send, statuses, client } = await boxHub(rowOf(box.url))
    await send('a')
    await client.until(() => statuses('a').includes('sent'))
    expect(box.requests.filter(({ path }) => path === '/api/sms/send-sms')).toHaveLength(2)
  })

  test('a text is deleted from it when it is on the disk, and not before; a report in its inbox is no text', async () => {
    const box = await hilinkBox()
    const faults = new Faults()
    box.inbox.push(text('40001', 'x', '2026-12-01 12:00:01', '7'), text('40000', 'Relay ON &amp; OFF'))
    faults.add('file', 'internal')
    const { received, client } = await boxHub(rowOf(box.url), { makeStore: failingStore(faults) })
    await client.until(() => faults.struck.has('file'))
    expect(box.inbox).toHaveLength(2)
    await client.until(() => box.inbox.length === 0 && received().length === 1)
    expect(received()).toEqual(['Relay ON & OFF'])
  })

  test('one that stays after a restart of the hub is one; another one in its place is another one', async () => {
    const box = await hilinkBox()
    box.keeps = true
    box.inbox.push(text('40000', 'Relay ON'))
    const first = await boxHub(rowOf(box.url))
    await first.client.until(() => first.received().length === 1 && box.lists > 1)
    await first.hub.stop()
    const { received, client } = await boxHub(rowOf(box.url), { folder: first.folder })
    const seen = box.lists
    await client.until(() => box.lists > seen)
    box.keeps = false
    await client.until(() => box.inbox.length === 0)
    box.inbox.push(text('40000', 'Relay ON', '2026-12-01 12:07:00'))
    await client.until(() => received().length > 0 && box.inbox.length === 0)
    expect(received()).toEqual(['Relay ON'])
  })

  test.each([
    ['a wrong password', { password: 'other' }, {}, 'correct gateways.box.user and .password'],
    ['no password', {}, {}, 'set gateways.box.password'],
    ['a SIM with a PIN', { password: 'secret' }, { sim: '260' }, 'the SIM wants its PIN'],
    ['no SIM', { password: 'secret' }, { sim: '255' }, 'there is no SIM'],
    ['no network', { password: 'secret' }, { service: '0' }, 'check the antenna'],
    ['nothing at its address', { address: 'http://127.0.0.1:1' }, {}, 'check the cable and gateways.box.address'],
  ])('the doctor names %s', async (_, row, change, words) => {
    const box = Object.assign(await hilinkBox({ login: 'hashed' }), change)
    const { doctor } = await boxHub({ ...rowOf(box.url), ...row })
    expect(await doctor()).toContain(words)
    expect(box.sent).toEqual([])
  })
})
