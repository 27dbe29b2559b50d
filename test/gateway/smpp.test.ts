import { afterEach, describe, expect, test } from '@jest/globals'
import { dialects, type ReceiptDialect } from '../../src/simulator/smsc/receipt-dialects.ts'
import { tlvsOf } from '../../src/smpp/tlvs.ts'
import { octetsOf } from '../../src/sms/octets.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { smppHub, smscWith, stopAll } from '../support/smpp-hub.ts'

afterEach(stopAll)

const to = '+4915155000001'
const range = (count: number) => Array.from({ length: count }, (_, i) => `m${i}`)

describe('through an SMSC', () => {
  test('a text goes out as the configuration wants it, and its receipt settles it', async () => {
    const smsc = await smscWith()
    const { send, statuses, client, state } = await smppHub(smsc.port, ', sender: SMSHUB')
    await send('a', to, 'Hi@€')
    await client.until(() => statuses('a').includes('delivered'))
    const [{ pdu }] = smsc.accepted as [(typeof smsc.accepted)[number]]
    expect(pdu.body).toMatchObject({
      source_addr_ton: 5,
      source_addr_npi: 0,
      source_addr: 'SMSHUB',
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      destination_addr: '4915155000001',
      esm_class: 0,
      registered_delivery: 1,
      data_coding: 0,
      short_message: octetsOf('4869001B65'),
    })
    expect(pdu.body.validity_period).toMatch(/^\d{12}000R$/)
    await client.until(() => state().status === 'ready')
    expect(state()).toMatchObject({
      status: 'ready',
      address: `127.0.0.1:${smsc.port}`,
      peer: 'SIMULATOR',
      last_error: null,
    })
    expect(state()).not.toHaveProperty('signal_dbm')
  })

  test.each([
    ['udh', 0x40],
    ['sar', 0],
    ['payload', 0x40],
  ])('a long text goes in parts by %s', async (parts, esm) => {
    const smsc = await smscWith()
    const { send, statuses, client } = await smppHub(smsc.port, `, parts: ${parts}`)
    const text = 'long '.repeat(50)
    await send('a', to, text)
    await client.until(() => statuses('a').includes('delivered'))
    expect(smsc.accepted.map(({ text }) => text).join('')).toBe(text)
    expect(smsc.accepted.map(({ pdu }) => pdu.body.esm_class)).toEqual([esm, esm])
  })

  test('a long text goes whole, and one receipt or late answer is about all of it', async () => {
    const smsc = await smscWith({ lateMs: 5_200 })
    const { send, statuses, client } = await smppHub(smsc.port, ', parts: whole, response_timeout: 5')
    const text = 'long '.repeat(50)
    await send('a', to, text)
    await client.until(() => statuses('a').includes('delivered'))
    smsc.next.push('late')
    await send('b', to, 'ä'.repeat(200))
    await client.until(() => statuses('b').includes('delivered'))
    await send('c', to, 'short')
    await client.until(() => statuses('c').includes('delivered'))
    expect(smsc.accepted.map(({ text }) => text)).toEqual([text, 'ä'.repeat(200), 'short'])
    expect(smsc.accepted.map(({ pdu }) => [pdu.body.esm_class, pdu.body.short_message.length > 0])).toEqual([
      [0, false],
      [0, false],
      [0, true],
    ])
  })

  test.each((Object.keys(dialects) as ReceiptDialect[]).filter((name) => name !== 'nameless'))(
    'receipts of the dialect %s settle their texts, in any order, before the answer too',
    async (dialect) => {
      const smsc = await smscWith({ dialect, answerMs: [0, 30], receiptMs: [-30, 30] })
      const keys = `${dialect === 'unmarked' ? ', receipts: text' : ''}, window: 20`
      const { send, statuses, client } = await smppHub(smsc.port, keys)
      await Promise.all(range(10).map((id) => send(id)))
      await client.until(() => range(10).every((id) => statuses(id).includes('delivered')))
      expect(smsc.accepted).toHaveLength(10)
    },
  )

  test('what throttles it gets less at once, and every text is accepted once', async () => {
    const smsc = await smscWith({ window: 5, answerMs: [1, 10] })
    const { send, statuses, client } = await smppHub(smsc.port, ', window: 50')
    await Promise.all(range(60).map((id, i) => send(id, `+49151550000${10 + i}`)))
    await client.until(() => range(60).every((id) => statuses(id).includes('delivered')))
    expect(smsc.accepted).toHaveLength(60)
    expect(smsc.throttled).toBeGreaterThan(0)
  })

  test('what it refuses fails with the status and its name', async () => {
    const smsc = await smscWith()
    smsc.next.push('barred')
    const { send, client, state } = await smppHub(smsc.port)
    await send('a')
    const failed = await client.wait(({ topic, json }) => topic === 'smshub/sms/status' && json.status === 'failed')
    expect(failed.json.error).toMatchObject({
      code: 'network_rejected',
      message: 'command_status 000B (ESME_RINVDSTADR)',
      details: { smpp: 0x0b },
    })
    await client.until(() => state().last_error === 'command_status 000B (ESME_RINVDSTADR)')
  })

  test.each(['cut', 'cut_within', 'wrong_length'] as const)(
    'a text whose answer is lost (%s) is in doubt, and is never sent again; its receipt settles it',
    async (fault) => {
      const smsc = await smscWith({ dialect: 'nameless', receiptMs: [300, 300] })
      smsc.next.push(fault)
      const { send, statuses, client } = await smppHub(smsc.port)
      await send('a')
      await client.until(() =>
        client.received.some(({ json }) => json?.client_id === 'a' && json.in_doubt === true && json.error !== null),
      )
      await send('b', '+4915155000002')
      await client.until(() => statuses('b').includes('sent') && statuses('a').includes('delivered'))
      expect(smsc.accepted.map(({ to }) => to).sort()).toEqual([to, '+4915155000002'])
    },
  )

  test('an answer that comes twice, without a body, or behind an unknown PDU is one', async () => {
    const smsc = await smscWith()
    smsc.next.push('twice', 'bare', 'unknown')
    const { send, statuses, client } = await smppHub(smsc.port, ', window: 1')
    for (const id of ['a', 'b', 'c']) await send(id)
    await client.until(() => statuses('a').includes('delivered') && statuses('c').includes('delivered'))
    await client.until(() => statuses('b').includes('sent'))
    expect(smsc.accepted).toHaveLength(3)
    expect(smsc.sessions).toBe(1)
  })

  test('texts come in, with parts in every form, and what looks like a receipt is a text', async () => {
    const smsc = await smscWith()
    const { client } = await smppHub(smsc.port)
    const from = { source_addr_ton: 1, source_addr_npi: 1, source_addr: '4915155000009' }
    const part = (seq: number) => ({ ...from, esm_class: 0x40, short_message: octetsOf(`050003AA020${seq}4${seq}`) })
    await Promise.all([
      smsc.text('+4915155000009', '12345', 'id:1 stat:DELIVRD'),
      smsc.text('ACME', '12345', 'Grüße, Ж'),
      smsc.deliver(part(2)),
      smsc.deliver(part(1)),
      ...[1, 2].map((seq) =>
        smsc.deliver(
          { ...from, short_message: octetsOf(`4${seq + 2}`) },
          tlvsOf({ sar_msg_ref_num: [9, 2], sar_total_segments: [2, 1], sar_segment_seqnum: [seq, 1] }),
        ),
      ),
      smsc.deliver(from, tlvsOf({ message_payload: octetsOf('45') }), 'data_sm'),
    ])
    const texts = () =>
      client.received.flatMap(({ topic, json }) => (topic === 'smshub/sms/received' ? [json.text as string] : []))
    await client.until(() => texts().length === 5)
    expect(texts().sort()).toEqual(['AB', 'CD', 'E', 'Grüße, Ж', 'id:1 stat:DELIVRD'])
  })

  test('equal texts are all published; one that is repeated behind a lost connection is not', async () => {
    const smsc = await smscWith()
    const { client } = await smppHub(smsc.port)
    const texts = () =>
      client.received.flatMap(({ topic, json }) => (topic === 'smshub/sms/received' ? [json.text as string] : []))
    const from = '+4915155000009'
    for (let n = 0; n < 3; n++) await smsc.text(from, '1', 'alarm')
    await client.until(() => texts().length === 3)
    smsc.cut()
    // Their acknowledgements have not arrived.
    await Promise.all([1, 2, 3].map(() => smsc.text(from, '1', 'alarm')))
    await smsc.text(from, '1', 'the end')
    await client.until(() => texts().includes('the end'))
    expect(texts()).toEqual(['alarm', 'alarm', 'alarm', 'the end'])
  })

  test('what can not be read is kept and acknowledged, and the connection goes on', async () => {
    const smsc = await smscWith()
    const { client } = await smppHub(smsc.port)
    // It announces more octets than it has.
    const { writePdu } = await import('../../src/smpp/smpp-pdu.ts')
    const pdu = writePdu({ name: 'deliver_sm', sequence: 77, body: { short_message: octetsOf('4142') } })
    pdu[pdu.length - 3] = 200
    await client.until(() => smsc.sessions === 1)
    expect(await smsc.raw(pdu, 77)).toBe(0)
    await client.wait(({ topic, json }) => topic === 'smshub/bridge/event' && json.type === 'undecodable')
    await smsc.text('ACME', '1', 'next')
    await client.wait(({ topic, json }) => topic === 'smshub/sms/received' && json.text === 'next')
  })
})

describe('the connection', () => {
  test('is made again after a restart of the SMSC, and what waits is sent then', async () => {
    const smsc = await smscWith()
    const { client, send, statuses, state } = await smppHub(smsc.port)
    await client.until(() => state().status === 'ready')
    const restarted = smsc.restart(300)
    await client.until(() => state().status === 'offline')
    await send('a')
    await restarted
    await client.until(() => statuses('a').includes('delivered'))
    await client.until(() => state().status === 'ready' && state().last_error === null)
  })

  test('is two, where the SMSC wants a transmitter and a receiver', async () => {
    const smsc = await smscWith()
    const { client, send, statuses } = await smppHub(smsc.port, ', bind: both')
    await send('a')
    await client.until(() => statuses('a').includes('delivered'))
    expect(smsc.sessions).toBe(2)
  })

  test('that is refused is an error that names its cause and fix', async () => {
    const smsc = await smscWith({ bindStatus: 0x53 })
    const { hub, client, state } = await smppHub(smsc.port)
    await client.until(() => state().status === 'error')
    expect(state().last_error).toBe(`127.0.0.1:${smsc.port} refuses the bind: command_status 0053 (ESME_RINVSYSTYP)`)
    expect(hub).toBeDefined()
  })

  test('to nobody is offline, with the address', async () => {
    const port = await freePort()
    const { client, state } = await smppHub(port)
    await client.until(() => state().status === 'offline')
    expect(state().last_error).toContain(`127.0.0.1:${port}: connect ECONNREFUSED`)
  })

  test('whose PDUs come octet by octet is like any other', async () => {
    const smsc = await smscWith({ piecemeal: true })
    const { client, send, statuses } = await smppHub(smsc.port)
    await send('a')
    await client.until(() => statuses('a').includes('delivered'))
  })

  test('ends with unbind, and nothing that was answered comes again', async () => {
    const smsc = await smscWith()
    const folder = temporaryFolder()
    const { hub, client } = await smppHub(smsc.port, '', { folder })
    await smsc.text('ACME', '1', 'one')
    await client.wait(({ topic, json }) => topic === 'smshub/sms/received' && json.text === 'one')
    await hub.stop()
    expect(smsc.sessions).toBe(0)
    const again = await smppHub(smsc.port, '', { folder })
    await smsc.text('ACME', '1', 'two')
    await again.client.wait(({ topic, json }) => topic === 'smshub/sms/received' && json.text === 'two')
    const texts = again.client.received.filter(({ topic }) => topic === 'smshub/sms/received')
    expect(texts.map(({ json }) => json.text)).toEqual(['two'])
  })
})
