import { readFileSync } from 'node:fs'
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, test } from '@jest/globals'
import { writePdu } from '../../src/smpp/smpp-pdu.ts'
import { octetsOf } from '../../src/sms/octets.ts'
import { makeCertificates } from '../support/certificates.ts'
import { Esme, stopEsmes } from '../support/esme.ts'
import { fastClock } from '../support/hub.ts'
import { until } from '../support/patience.ts'
import { stopAll } from '../support/smpp-hub.ts'
import { secret, smppServer } from '../support/smpp-server.ts'

afterEach(async () => {
  stopEsmes()
  await stopAll()
})

describe('a bind', () => {
  test('is that of the user with this password; all others are answered alike', async () => {
    const { smpp, log } = await smppServer({
      users: `    far: { password: "${await secret()}", addresses: [192.0.2.1] }`,
    })
    const one = new Esme(smpp)
    expect(await one.bind()).toBe(0)
    expect(one.responses[0]).toMatchObject({ name: 'bind_transceiver_resp', body: { system_id: 'smshub' } })
    const refused = [
      ['acme', 'wrong'],
      ['nobody', 'secret12'],
      ['far', 'secret12'],
    ] as const
    for (const [name, password] of refused) {
      const other = new Esme(smpp)
      expect(await other.bind(name, password)).toBe(0x0e)
      await until(() => other.isClosed)
    }
    expect(log.filter(({ name }) => name === 'smpp').map(({ message }) => message)).toContain(
      'acme is bound as transceiver from 127.0.0.1',
    )
  })

  test('is refused to who guesses, for as long as that lasts, while who is bound goes on', async () => {
    const { smpp } = await smppServer()
    const good = await Esme.bound(smpp)
    for (let n = 0; n < 5; n++) expect(await new Esme(smpp).bind('acme', `guess${n}`)).toBe(0x0e)
    expect(await new Esme(smpp).bind('acme', 'secret12')).toBe(0x0d)
    expect(await good.submit('+4915155000001', 'hello')).toMatchObject({ status: 0 })
  })

  test('is possible in the ways and as often as the user may', async () => {
    const { smpp } = await smppServer({ keys: 'binds: [transmitter, receiver], max_binds: 2' })
    expect(await new Esme(smpp).bind()).toBe(0x0d)
    const sender = await Esme.bound(smpp, 'acme', 'secret12', 'transmitter')
    const receiver = await Esme.bound(smpp, 'acme', 'secret12', 'receiver')
    expect(await new Esme(smpp).bind('acme', 'secret12', 'receiver')).toBe(0x0d)
    expect(await receiver.submit('+4915155000001', 'hello')).toMatchObject({ status: 0x04 })
    expect(await sender.bind()).toBe(0x05)
    expect(await sender.request('unbind')).toMatchObject({ name: 'unbind_resp', status: 0 })
    await until(() => sender.isClosed)
    await Esme.bound(smpp, 'acme', 'secret12', 'transmitter')
  })

  test('comes first: before it, nothing is carried out', async () => {
    const { smpp, smsc } = await smppServer()
    const one = new Esme(smpp)
    expect(await one.request('enquire_link')).toMatchObject({ name: 'enquire_link_resp', status: 0 })
    expect(await one.submit('+4915155000001', 'hello')).toMatchObject({ status: 0x04 })
    expect(await one.request('query_sm', { message_id: 'x' })).toMatchObject({ status: 0x04 })
    expect(await one.request('unbind')).toMatchObject({ name: 'unbind_resp' })
    await until(() => one.isClosed)
    expect(smsc.accepted).toEqual([])
  })
})

test('with a certificate, binds are taken by TLS and no other way', async () => {
  const { ca, server } = makeCertificates()
  const { smpp } = await smppServer({ section: `  cert: ${server.cert}\n  key: ${server.key}` })
  const plain = new Esme(smpp)
  expect(await plain.bind()).toBeNull()
  const trusted = connectTls({ host: '127.0.0.1', port: smpp, ca: readFileSync(ca), servername: 'localhost' })
  const esme = new Esme(smpp, trusted)
  expect(await esme.bind()).toBe(0)
  expect(await esme.submit('+4915155000001', 'hello')).toMatchObject({ status: 0 })
})

describe('a connection', () => {
  test('without a bind is closed, and one that is silent is asked and then closed', async () => {
    const { smpp } = await smppServer({ clock: fastClock(30) })
    const idle = new Esme(smpp)
    const bound = await Esme.bound(smpp)
    await until(() => idle.isClosed)
    await until(() => bound.enquiries.length >= 2)
    expect(bound.isClosed).toBe(false)
    const deaf = await Esme.bound(smpp)
    deaf.socket.pause()
    deaf.socket.removeAllListeners('data')
    deaf.socket.resume()
    await until(() => deaf.isClosed)
  })

  test.each([
    ['a length that can not be', '00000001'],
    ['a length of four gigabytes', 'fffffff0000000040000000000000001'],
    ['words', Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex')],
  ])('with %s ends, and others go on', async (_, hex) => {
    const { smpp } = await smppServer()
    const good = await Esme.bound(smpp)
    const bad = await Esme.bound(smpp)
    bad.socket.write(octetsOf(hex))
    await until(() => bad.isClosed)
    expect(await good.submit('+4915155000001', 'hello')).toMatchObject({ status: 0 })
  })

  test('goes on behind PDUs that are cut off, and behind those that nobody knows', async () => {
    const { smpp, smsc } = await smppServer()
    const one = await Esme.bound(smpp)
    const whole = writePdu({ name: 'submit_sm', sequence: 77, body: { destination_addr: '4915155000001' } })
    // Each cut has its own length in its header.
    for (let length = 16; length < whole.length; length++) {
      const cut = whole.slice(0, length)
      new DataView(cut.buffer).setUint32(0, length)
      one.socket.write(cut)
    }
    await until(() => one.responses.filter(({ sequence }) => sequence === 77).length === whole.length - 16)
    const cuts = one.responses.filter(({ sequence }) => sequence === 77)
    expect(new Set(cuts.map(({ status }) => status))).toEqual(new Set([0x02]))
    one.socket.write(octetsOf('00000010000077770000000000000009'))
    await until(() => one.responses.some(({ name }) => name === 'generic_nack'))
    expect(await one.request('submit_multi')).toMatchObject({ status: 0x45 })
    expect(await one.request('replace_sm', { message_id: 'x' })).toMatchObject({ status: 0x13 })
    expect(await one.submit('+4915155000001', 'hello')).toMatchObject({ status: 0 })
    await until(() => smsc.accepted.length === 1)
  })

  test('is one of so many: those beyond are closed, and the bound ones stay', async () => {
    const { smpp } = await smppServer()
    const good = await Esme.bound(smpp)
    const crowd = Array.from({ length: 60 }, () => new Esme(smpp))
    await until(() => crowd.filter(({ isClosed }) => isClosed).length === 40)
    expect(await good.submit('+4915155000001', 'hello')).toMatchObject({ status: 0 })
    for (const one of crowd) one.destroy()
    await until(async () => (await new Esme(smpp).bind()) === 0)
  })
})
