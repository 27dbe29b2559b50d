import { afterEach, describe, expect, test } from '@jest/globals'
import type { Body } from '../../src/smpp/pdu-table.ts'
import type { Pdu } from '../../src/smpp/smpp-pdu.ts'
import { absoluteTime } from '../../src/smpp/smpp-time.ts'
import { tlvsOf } from '../../src/smpp/tlvs.ts'
import { octetsOf } from '../../src/sms/octets.ts'
import { Esme, stopEsmes } from '../support/esme.ts'
import { Faults, failingStore } from '../support/failing-store.ts'
import { until } from '../support/patience.ts'
import { stopAll } from '../support/smpp-hub.ts'
import { type ServerWorld, secret, smppServer } from '../support/smpp-server.ts'

afterEach(async () => {
  stopEsmes()
  await stopAll()
})

const person = '+4915155000001'
const ucs2 = (text: string) => Buffer.from(text, 'utf16le').swap16()
const part = (ref: number, total: number, seq: number, text: string) =>
  Uint8Array.from([5, 0, 3, ref, total, seq, ...Buffer.from(text)])
const udhi = { esm_class: 0x40 }
const message = async ({ hub }: ServerWorld, id: string) =>
  (await hub.request('message/get', { id: id.replace('-', '_') })) as Record<string, any>
const sent = ({ smsc }: ServerWorld) => smsc.accepted.map(({ to, text }) => [to, text])

describe('a submission', () => {
  test('is the same text as one over REST, and its id is the answer', async () => {
    const world = await smppServer()
    const esme = await Esme.bound(world.smpp)
    const answer = await esme.submit(person, 'Hello world')
    expect(answer).toEqual({ status: 0, id: expect.stringMatching(/^msg-/) })
    await until(() => world.smsc.accepted.length === 1)
    expect(sent(world)).toEqual([[person, 'Hello world']])
    await until(async () => (await message(world, answer?.id ?? '')).status === 'delivered')
    expect(await message(world, answer?.id ?? '')).toMatchObject({
      to: person,
      text: 'Hello world',
      gateway: 'carrier',
    })
  })

  const texts: readonly (readonly [string, string | Uint8Array, Partial<Body<'submit_sm'>>, string])[] = [
    ['GSM 7-bit', Uint8Array.of(0x00, 0x02, 0x11, 0x1b, 0x65), {}, '@$_€'],
    ['ASCII', '@$_{}', { data_coding: 1 }, '@$_{}'],
    ['Latin-1', Uint8Array.of(0xe4, 0xf6, 0xfc, 0xdf), { data_coding: 3 }, 'äöüß'],
    ['UCS-2', ucs2('Привет 😀'), { data_coding: 8 }, 'Привет 😀'],
    ['GSM of a message class', 'flash', { data_coding: 0xf0 }, 'flash'],
  ]
  test.each(texts)('in %s is read as what it is', async (_, octets, more, text) => {
    const world = await smppServer()
    const esme = await Esme.bound(world.smpp)
    expect(await esme.submit(person, octets, more)).toMatchObject({ status: 0 })
    await until(() => world.smsc.accepted.length === 1)
    expect(world.smsc.accepted[0]?.text).toBe(text)
  })

  test('in message_payload, and one by data_sm, are texts of any length', async () => {
    const world = await smppServer()
    const esme = await Esme.bound(world.smpp)
    const long = 'a long text '.repeat(30).trim()
    const payload = tlvsOf({ message_payload: Buffer.from(long) })
    const answer = await esme.submit(person, '', {}, payload)
    expect(answer?.status).toBe(0)
    const to = { dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: person.slice(1) }
    const data = await esme.request('data_sm', { ...to }, tlvsOf({ message_payload: Buffer.from('by data_sm') }))
    expect(data).toMatchObject({
      name: 'data_sm_resp',
      status: 0,
      body: { message_id: expect.stringMatching(/^msg-/) },
    })
    expect(await message(world, answer?.id ?? '')).toMatchObject({ text: long, parts: 3 })
  })

  const refused: readonly (readonly [string, number, string | Uint8Array, Partial<Body<'submit_sm'>>])[] = [
    ['no number', 0x0b, 'x', { destination_addr: 'SHOP' }],
    ['an emergency number', 0x0b, 'x', { destination_addr: '112', dest_addr_ton: 0 }],
    ['no text', 0x01, '', {}],
    ['octets that are no text', 0x45, Uint8Array.of(1, 2, 3), { data_coding: 4 }],
    ['an application port', 0x45, octetsOf('0605040b8423f0aabb'), udhi],
    ['a header that can not be read', 0x43, octetsOf('ff0003'), udhi],
    ['a receipt', 0x43, 'id:1 stat:DELIVRD', { esm_class: 4 }],
    ['a validity that is no time', 0x62, 'x', { validity_period: '261399000000000+' }],
    ['a validity that is over', 0x62, 'x', { validity_period: '200101000000000+' }],
    ['a schedule that is no time', 0x61, 'x', { schedule_delivery_time: 'tomorrow' }],
    ['a schedule in two years', 0x61, 'x', { schedule_delivery_time: '020000000000000R' }],
    ['a replacement', 0x54, 'x', { replace_if_present_flag: 1 }],
    ['a text of the SMSC', 0x63, 'x', { sm_default_msg_id: 1 }],
  ]
  test('that can not be carried out is refused with the status for it', async () => {
    const world = await smppServer()
    const esme = await Esme.bound(world.smpp)
    for (const [what, status, text, more] of refused)
      expect([what, (await esme.submit(person, text, more))?.status]).toEqual([what, status])
    const both = await esme.submit(person, 'x', {}, tlvsOf({ message_payload: Buffer.from('y') }))
    expect(both?.status).toBe(0x01)
    expect(world.smsc.accepted).toEqual([])
  })

  test('has the validity and the time that it names, relative or absolute', async () => {
    const world = await smppServer()
    const esme = await Esme.bound(world.smpp)
    const now = Date.now()
    const [soon, later] = [absoluteTime(now + 3_600_000), absoluteTime(now + 7_200_000)]
    const relative = await esme.submit(person, 'a', {
      validity_period: '000000010000000R',
      schedule_delivery_time: soon,
    })
    expect(relative).toMatchObject({ status: 0x62 })
    const scheduled = await esme.submit(person, 'a', { schedule_delivery_time: soon, validity_period: later })
    const shown = await message(world, scheduled?.id ?? '')
    expect(Math.abs(Date.parse(shown.send_at) - now - 3_600_000)).toBeLessThan(2_000)
    expect(Math.abs(Date.parse(shown.expires_at) - now - 7_200_000)).toBeLessThan(4_000)
  })

  test('goes to contacts only where the user may not send to others', async () => {
    const world = await smppServer({ keys: 'recipients: registered', more: 'contacts: { mum: "+4915155000009" }' })
    const esme = await Esme.bound(world.smpp)
    expect(await esme.submit(person, 'x')).toMatchObject({ status: 0x0b })
    expect(await esme.submit('+4915155000009', 'x')).toMatchObject({ status: 0 })
  })

  test('is from a sender that the user may name, which selects the gateway', async () => {
    const world = await smppServer({ keys: 'senders: { "+4915112345600": carrier, SHOP: carrier }' })
    const esme = await Esme.bound(world.smpp)
    const from = (source_addr: string, source_addr_ton: number) =>
      esme.submit(person, 'x', { source_addr, source_addr_ton })
    expect(await from('4915112345600', 1)).toMatchObject({ status: 0 })
    expect(await from('SHOP', 5)).toMatchObject({ status: 0 })
    expect(await from('BANK', 5)).toMatchObject({ status: 0x0a })
    expect(await from('', 0)).toMatchObject({ status: 0x0a })
  })

  test('beyond the quota of its user is throttled, one to a full queue is refused, and one that can’t be stored fails', async () => {
    const faults = new Faults()
    const world = await smppServer({ keys: 'per_hour: 2', makeStore: failingStore(faults) })
    const esme = await Esme.bound(world.smpp)
    faults.add('enqueue', 'storage_full')
    expect(await esme.submit(person, 'a')).toMatchObject({ status: 0x08 })
    expect(await esme.submit(person, 'a', { priority_flag: 2 })).toMatchObject({ status: 0 })
    expect(await esme.submit(person, 'b', { priority_flag: 2 })).toMatchObject({ status: 0 })
    expect(await esme.submit(person, 'c', { priority_flag: 2 })).toMatchObject({ status: 0x58 })
  })

  test('to a queue that is full is refused for now', async () => {
    const world = await smppServer({ keys: 'per_hour: none' })
    await world.hub.request('queue/pause', {})
    const esme = await Esme.bound(world.smpp)
    const hundred = await Promise.all(Array.from({ length: 100 }, (_, n) => esme.submit(person, `text ${n}`)))
    expect(hundred.map((one) => one?.status)).toEqual(hundred.map(() => 0))
    expect(await esme.submit(person, 'one more')).toMatchObject({ status: 0x14 })
  })

  test('that is the same within the window for it is a repetition, and without one another text', async () => {
    const world = await smppServer({ keys: 'repeat_window: 60' })
    const esme = await Esme.bound(world.smpp)
    const first = await esme.submit(person, 'same', { validity_period: absoluteTime(Date.now() + 3_600_000) })
    const again = await Promise.all(
      [1, 2].map(() => esme.submit(person, 'same', { validity_period: absoluteTime(Date.now() + 3_600_000) })),
    )
    expect(again.some((one) => one?.id === first?.id)).toBe(true)
    const other = await esme.submit(person, 'same', {}, tlvsOf({ user_message_reference: [7, 2] }))
    expect(other?.id).not.toBe(first?.id)
  })
})

describe('a long text in parts', () => {
  test('by header or by parameters, in any order, is one text, and every part is answered with an id of its own', async () => {
    const world = await smppServer()
    const esme = await Esme.bound(world.smpp)
    const ids: Awaited<ReturnType<Esme['submit']>>[] = []
    for (const seq of [3, 1, 2]) ids.push(await esme.submit(person, part(9, 3, seq, `part ${seq}, `), udhi))
    const sar = (seq: number) =>
      tlvsOf({ sar_msg_ref_num: [777, 2], sar_total_segments: [2, 1], sar_segment_seqnum: [seq, 1] })
    for (const seq of [1, 2]) ids.push(await esme.submit(person, `sar ${seq}`, {}, sar(seq)))
    expect(ids.map((one) => one?.status)).toEqual([0, 0, 0, 0, 0])
    expect(new Set(ids.map((one) => one?.id)).size).toBe(5)
    await until(() => world.smsc.accepted.length === 2)
    expect(world.smsc.accepted.map(({ text }) => text)).toEqual(['part 1, part 2, part 3, ', 'sar 1sar 2'])
    const query = async (id = '') => (await esme.request('query_sm', { message_id: id })) as Pdu<'query_sm_resp'>
    await until(async () => (await query(ids[0]?.id)).body.message_state === 2)
    expect(await query(ids[2]?.id)).toMatchObject({ status: 0, body: { message_state: 2, message_id: ids[2]?.id } })
  })

  test('outlives the hub: what was answered is not lost, and a last part that is sent again is sent once', async () => {
    const world = await smppServer()
    const { smpp, smsc, folder } = world
    const first = await Esme.bound(smpp)
    expect(await first.submit(person, part(1, 2, 1, 'one '), udhi)).toMatchObject({ status: 0 })
    await world.hub.stop()
    const again = await smppServer({ folder, smsc, port: smpp })
    const esme = await Esme.bound(again.smpp)
    const last = await esme.submit(person, part(1, 2, 2, 'two'), udhi)
    expect(last).toMatchObject({ status: 0, id: expect.stringMatching(/^msg-/) })
    await until(() => smsc.accepted.length === 1)
    expect(sent(again)).toEqual([[person, 'one two']])
  })

  test('that has begun is not throttled, while another one is', async () => {
    const world = await smppServer({ keys: 'per_second: 1, per_hour: 2' })
    const esme = await Esme.bound(world.smpp)
    const begun = await esme.submit(person, part(1, 3, 1, 'a'), udhi)
    expect(begun).toMatchObject({ status: 0 })
    expect(await esme.submit(person, 'another')).toMatchObject({ status: 0x58 })
    for (const seq of [2, 3]) expect(await esme.submit(person, part(1, 3, seq, 'a'), udhi)).toMatchObject({ status: 0 })
    expect(await esme.submit(person, part(2, 2, 1, 'b'), udhi)).toMatchObject({ status: 0x58 })
  })
})

describe('a text that was submitted', () => {
  test('can be asked for and cancelled while it waits, by its own client only', async () => {
    const world = await smppServer({
      users: `    other: { password: "${await secret()}" }`,
    })
    const esme = await Esme.bound(world.smpp)
    const other = await Esme.bound(world.smpp, 'other')
    await world.hub.request('queue/pause', {})
    const answer = await esme.submit(person, 'wait')
    const id = answer?.id ?? ''
    expect(await esme.request('query_sm', { message_id: id })).toMatchObject({
      status: 0,
      body: { message_id: id, final_date: '', message_state: 1 },
    })
    for (const name of ['query_sm', 'cancel_sm'] as const)
      expect(await other.request(name, { message_id: id })).toMatchObject({ status: 0x0c })
    expect(await esme.request('cancel_sm', { message_id: id })).toMatchObject({ status: 0 })
    expect(await esme.request('query_sm', { message_id: id })).toMatchObject({
      body: { final_date: expect.stringMatching(/^\d{15}\+$/), message_state: 4 },
    })
    await world.hub.request('queue/resume', {})
    const sent = await esme.submit(person, 'go')
    await until(async () => (await message(world, sent?.id ?? '')).status === 'delivered')
    expect(await esme.request('cancel_sm', { message_id: sent?.id ?? '' })).toMatchObject({ status: 0x11 })
  })
})
