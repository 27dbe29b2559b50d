import { afterEach, describe, expect, test } from '@jest/globals'
import { readBody } from '../../src/smpp/message-body.ts'
import { readReceipt } from '../../src/smpp/receipt-text.ts'
import { characters } from '../../src/smpp/smpp-fields.ts'
import type { Pdu } from '../../src/smpp/smpp-pdu.ts'
import { tlvsOf } from '../../src/smpp/tlvs.ts'
import { Esme, stopEsmes } from '../support/esme.ts'
import { fastClock } from '../support/hub.ts'
import { until } from '../support/patience.ts'
import { stopAll } from '../support/smpp-hub.ts'
import { smppServer } from '../support/smpp-server.ts'

afterEach(async () => {
  stopEsmes()
  await stopAll()
})

const person = '+4915155000001'
const asks = { registered_delivery: 1, source_addr: '4711', source_addr_ton: 3 }
const idOf = (pdu: Pdu<'deliver_sm'>) => readReceipt(pdu).id
const textsOf = ({ delivered }: Esme) => delivered.map((pdu) => readBody(pdu, 'gsm').text)

describe('a receipt', () => {
  test('has the id of the submission, its end, and the addresses the other way round', async () => {
    const { smpp } = await smppServer()
    const esme = await Esme.bound(smpp)
    const answer = await esme.submit(person, 'hello', asks)
    await esme.submit(person, 'no receipt')
    await until(() => esme.delivered.length === 1)
    const [receipt] = esme.delivered as [Pdu<'deliver_sm'>]
    expect(receipt.body).toMatchObject({
      esm_class: 4,
      data_coding: 0,
      source_addr: '4915155000001',
      source_addr_ton: 1,
      destination_addr: '4711',
      dest_addr_ton: 3,
    })
    expect(characters(receipt.body.short_message)).toMatch(
      /^id:msg-\w+ sub:001 dlvrd:001 submit date:\d{10} done date:\d{10} stat:DELIVRD err:000 text:$/,
    )
    expect(readReceipt(receipt)).toMatchObject({ id: answer?.id, state: 'DELIVERED' })
    expect(receipt.tlvs).toEqual(tlvsOf({ message_state: [2, 1], receipted_message_id: answer?.id ?? '' }))
  })

  test('comes of the ends that were asked for, and for every part that asked', async () => {
    const { smpp, hub } = await smppServer()
    const esme = await Esme.bound(smpp)
    await hub.request('queue/pause', {})
    const cancelled = await esme.submit(person, 'a', { registered_delivery: 2 })
    const quiet = await esme.submit(person, 'b', { registered_delivery: 3 })
    for (const one of [cancelled, quiet])
      expect(await esme.request('cancel_sm', { message_id: one?.id ?? '' })).toMatchObject({ status: 0 })
    await until(() => esme.delivered.length === 1)
    expect(readReceipt(esme.delivered[0] as Pdu<'deliver_sm'>)).toMatchObject({ id: cancelled?.id, word: 'DELETED' })
    await hub.request('queue/resume', {})
    const part = (seq: number) => Uint8Array.from([5, 0, 3, 1, 2, seq, 65])
    const ids = []
    for (const seq of [1, 2])
      ids.push((await esme.submit(person, part(seq), { esm_class: 0x40, registered_delivery: 1 }))?.id)
    await until(() => esme.delivered.length === 3)
    expect(esme.delivered.slice(1).map(idOf).sort()).toEqual([...ids].sort())
  })

  test('of a text that the network refuses, or that is too late, is no success', async () => {
    const { smpp, smsc, hub } = await smppServer()
    const esme = await Esme.bound(smpp)
    smsc.next.push('barred')
    await esme.submit(person, 'a', asks)
    await until(() => esme.delivered.length === 1)
    expect(readReceipt(esme.delivered[0] as Pdu<'deliver_sm'>)).toMatchObject({ word: 'REJECTD' })
    await hub.request('queue/pause', {})
    await esme.submit(person, 'b', { ...asks, validity_period: '000000000001000R' })
    await until(() => esme.delivered.length === 2)
    expect(readReceipt(esme.delivered[1] as Pdu<'deliver_sm'>)).toMatchObject({ word: 'EXPIRED' })
  })
})

describe('what waits for a client', () => {
  test('outlives its connection and the hub, and goes to whichever receiver is there', async () => {
    const world = await smppServer()
    const { smpp, smsc, folder, hub } = world
    const sender = await Esme.bound(smpp, 'acme', 'secret12', 'transmitter')
    const ids = []
    for (const text of ['a', 'b', 'c']) ids.push((await sender.submit(person, text, asks))?.id)
    await until(async () => (await hub.readings()).stored.outlets['smpp:acme']?.waiting === 3)
    expect(sender.delivered).toEqual([])
    await hub.stop()
    await smppServer({ folder, smsc, port: smpp })
    await Esme.bound(smpp, 'acme', 'secret12', 'transmitter')
    const receiver = await Esme.bound(smpp, 'acme', 'secret12', 'receiver')
    await until(() => receiver.delivered.length === 3)
    expect(receiver.delivered.map(idOf)).toEqual(ids)
  })

  test('comes again until it is answered: by another connection, and after a refusal for now; another refusal ends it', async () => {
    const { smpp, hub } = await smppServer({ clock: fastClock(20) })
    const deaf = await Esme.bound(smpp)
    deaf.answer = () => null
    await deaf.submit(person, 'a', asks)
    await until(() => deaf.delivered.length === 1)
    deaf.destroy()
    const busy = await Esme.bound(smpp)
    const answers = [0x64, 0x14, 0x58, 0]
    busy.answer = () => answers.shift() ?? 0
    await until(() => busy.delivered.length === 4)
    expect(new Set(busy.delivered.map(idOf)).size).toBe(1)
    busy.answer = () => 0x65
    await busy.submit(person, 'b', asks)
    await until(() => busy.delivered.length === 5)
    const figures = async () => (await hub.readings()).stored.outlets['smpp:acme']
    await until(async () => (await figures())?.parked === 1)
    expect(await figures()).toEqual({ waiting: 0, parked: 1 })
    busy.answer = () => 0
    await busy.submit(person, 'c', asks)
    await until(() => busy.delivered.length === 6)
  })

  test('is no more than its window at once', async () => {
    const { smpp } = await smppServer({ keys: 'deliver_window: 2' })
    const slow = await Esme.bound(smpp)
    slow.answer = () => null
    for (const text of ['a', 'b', 'c', 'd']) await slow.submit(person, text, asks)
    await until(() => slow.delivered.length === 2)
    expect(await slow.request('enquire_link')).toMatchObject({ status: 0 })
    expect(slow.delivered).toHaveLength(2)
    slow.destroy()
    const quick = await Esme.bound(smpp)
    await until(() => quick.delivered.length >= 4)
    expect(new Set(quick.delivered.map(idOf)).size).toBe(4)
  })

  test('is given up when it is too old', async () => {
    const { smpp, hub, log } = await smppServer({ clock: fastClock(60), keys: 'keep_days: 0.01' })
    const sender = await Esme.bound(smpp, 'acme', 'secret12', 'transmitter')
    await sender.submit(person, 'a', asks)
    const waiting = async () => (await hub.readings()).stored.outlets['smpp:acme']?.waiting
    await until(async () => (await waiting()) === 1)
    await until(async () => (await waiting()) === 0)
    // The line is written behind the commit.
    const line = '1 receipts and texts for acme are given up: it was away for too long'
    await until(() => log.some(({ message }) => message === line))
  })
})

test('what a client has sent and was sent is shown, with its connections and what waits for it', async () => {
  const { smpp, hub } = await smppServer()
  const list = async () => ((await hub.request('smpp/list', {})) as { clients: Record<string, any>[] }).clients
  const empty = { system_id: 'acme', binds: [], submitted: 0, refused: 0, delivered: 0, waiting: 0 }
  expect(await list()).toEqual([empty])
  expect(hub.healthy).toMatchObject({ smpp: true })
  const sender = await Esme.bound(smpp, 'acme', 'secret12', 'transmitter')
  await sender.submit(person, 'a', asks)
  await sender.submit('', 'a')
  const bind = { role: 'transmitter', address: '127.0.0.1', since: expect.any(String), submitted: 1, delivered: 0 }
  await until(async () => (await list())[0]?.waiting === 1)
  expect(await list()).toEqual([{ ...empty, binds: [bind], submitted: 1, refused: 1, waiting: 1 }])
  const receiver = await Esme.bound(smpp, 'acme', 'secret12', 'receiver')
  await until(async () => (await list())[0]?.delivered === 1)
  expect((await hub.readings()).smpp).toMatchObject([{ systemId: 'acme', submitted: 1, refused: 1, delivered: 1 }])
  receiver.destroy()
  await until(async () => (await list())[0]?.binds.length === 1)
})

describe('a received text', () => {
  const long = 'a text of many words '.repeat(12).trim()
  const parts = (esme: Esme) => esme.delivered.map((pdu) => readBody(pdu, 'gsm'))

  test('comes with its sender, in its alphabet; one of a device, or of another gateway, does not', async () => {
    const { smpp, smsc } = await smppServer({
      keys: 'receives: [carrier]',
      gateway: ', number: "+4915112345600"',
      users: '',
      more: 'devices: { tag: { profile: generic/text, number: "+4915155000077" } }',
    })
    const esme = await Esme.bound(smpp)
    await smsc.text('+4915155000077', '+4915112345600', 'of a device')
    await smsc.text('+4915155000009', '+4915112345600', 'Hi {€}')
    await smsc.text('+4915155000009', '+4915112345600', 'Привет 😀')
    await until(() => esme.delivered.length === 2)
    expect(textsOf(esme)).toEqual(['Hi {€}', 'Привет 😀'])
    expect(esme.delivered.map(({ body }) => body)).toMatchObject([
      {
        source_addr: '4915155000009',
        source_addr_ton: 1,
        destination_addr: '4915112345600',
        data_coding: 0,
        esm_class: 0,
      },
      { data_coding: 8 },
    ])
  })

  test.each(['udh', 'sar', 'payload'])('that is long comes by %s', async (form) => {
    const { smpp, smsc } = await smppServer({ keys: `receives: all, long_texts: ${form}` })
    const esme = await Esme.bound(smpp)
    // The SMSC brings it in parts of its own.
    const words = long.match(/.{1,150}/g) as string[]
    for (const [i, text] of words.entries())
      await smsc.deliver({
        source_addr: '4915155000009',
        source_addr_ton: 1,
        esm_class: 0x40,
        short_message: Uint8Array.from([5, 0, 3, 9, words.length, i + 1, ...Buffer.from(text)]),
      })
    await until(
      () =>
        parts(esme)
          .map(({ text }) => text)
          .join('') === long,
    )
    const concats = parts(esme).map(({ concat }) => concat && [concat.seq, concat.total])
    expect(concats).toEqual(
      form === 'payload'
        ? [null]
        : [
            [1, 2],
            [2, 2],
          ],
    )
    expect(esme.delivered.map(({ body }) => body.esm_class)).toEqual({ udh: [64, 64], sar: [0, 0], payload: [0] }[form])
  })

  test('waits for a client that is away, and comes once', async () => {
    const { smpp, smsc } = await smppServer({ keys: 'receives: all' })
    await smsc.text('+4915155000009', '+4915112345600', 'while it was away')
    const esme = await Esme.bound(smpp)
    await smsc.text('+4915155000009', '+4915112345600', 'while it is there')
    await until(() => esme.delivered.length === 2)
    expect(textsOf(esme)).toEqual(['while it was away', 'while it is there'])
  })
})
