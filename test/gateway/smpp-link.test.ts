import { connect, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import { PduFrames } from '../../src/smpp/pdu-frames.ts'
import type { PduName } from '../../src/smpp/pdu-table.ts'
import { type Pdu, readPdu, type Written, writePdu } from '../../src/smpp/smpp-pdu.ts'
import { type Answer, SmppLink } from '../../src/smpplink/smpp-link.ts'
import { octetsOf } from '../../src/sms/octets.ts'
import { FakeClock } from '../fake-clock.ts'
import { until } from '../support/patience.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

const times = { enquireMs: 30_000, enquiryMs: 10_000 }

/** A link, and the other end of its connection. */
async function linked(message: (pdu: Uint8Array) => Promise<number> = async () => 0) {
  const clock = new FakeClock()
  const pdus: Pdu[] = []
  const frames = new PduFrames()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
  const socket = connect({ host: '127.0.0.1', port })
  const other = await accepted
  other.on('error', () => undefined)
  other.on('data', (piece: Uint8Array) => pdus.push(...frames.push(piece).map(readPdu)))
  cleanUp.push(() => {
    socket.destroy()
    other.destroy()
    server.close()
  })
  const closed: string[] = []
  const link = new SmppLink(socket, clock, times, {
    peer: 'the SMSC',
    request: (name, pdu) =>
      name === 'deliver_sm' || name === 'data_sm' ? message(pdu).then((status) => ({ status })) : null,
    closed: (reason) => closed.push(reason),
    log: () => undefined,
  })
  const write = <N extends PduName>(pdu: Written<N>) => other.write(writePdu(pdu))
  const seen = (name: PduName) => pdus.filter((pdu) => pdu.name === name)
  return { clock, link, other, closed, write, seen }
}

test('an other end that is silent is asked, and without an answer the link ends with all that is under way', async () => {
  const { clock, link, closed, seen } = await linked()
  const answer = link.request({ name: 'submit_sm' }, 300_000)
  await clock.advance(times.enquireMs)
  await until(() => seen('enquire_link').length === 1)
  expect(closed).toEqual([])
  await clock.advance(times.enquiryMs)
  const reason = 'no answer to enquire_link within 10 s'
  expect(closed).toEqual([reason])
  expect(await answer).toEqual({ kind: 'lost', reason })
  await expect(link.request({ name: 'submit_sm' }, 1_000)).rejects.toThrow('the connection is closed')
})

test('one that answers is asked again after the next silence', async () => {
  const { clock, closed, seen, write } = await linked()
  for (let n = 1; n <= 3; n++) {
    await clock.advance(times.enquireMs)
    await until(() => seen('enquire_link').length === n)
    const [{ sequence }] = seen('enquire_link').slice(-1) as [Pdu]
    write({ name: 'enquire_link_resp', sequence })
    // Its answer has arrived when this is answered.
    write({ name: 'enquire_link', sequence: n })
    await until(() => seen('enquire_link_resp').length === n)
  }
  expect(closed).toEqual([])
})

test('an answer after its time is late, once, and one to nothing changes nothing', async () => {
  const { clock, link, closed, seen, write } = await linked()
  const late: Answer[] = []
  const answer = link.request({ name: 'submit_sm' }, 5_000, (one) => late.push(one))
  await until(() => seen('submit_sm').length === 1)
  await clock.advance(5_000)
  expect(await answer).toEqual({ kind: 'timeout' })
  const [{ sequence }] = seen('submit_sm') as [Pdu]
  write({ name: 'submit_sm_resp', sequence: 4711, body: { message_id: 'other' } })
  for (let n = 0; n < 2; n++) write({ name: 'submit_sm_resp', sequence, body: { message_id: 'A1' } })
  await until(() => late.length > 0)
  write({ name: 'enquire_link', sequence: 1 })
  await until(() => seen('enquire_link_resp').length === 1)
  expect(late).toMatchObject([{ kind: 'response', status: 0, pdu: { body: { message_id: 'A1' } } }])
  expect(closed).toEqual([])
})

test('an answer of another kind than the request is none', async () => {
  const { link, seen, write } = await linked()
  const answer = link.request({ name: 'submit_sm' }, 5_000)
  await until(() => seen('submit_sm').length === 1)
  const [{ sequence }] = seen('submit_sm') as [Pdu]
  write({ name: 'enquire_link_resp', sequence })
  write({ name: 'submit_sm_resp', sequence, body: { message_id: 'A1' } })
  expect(await answer).toMatchObject({ kind: 'response', pdu: { name: 'submit_sm_resp' } })
})

test('what it does not know is refused, with its number, and the connection goes on', async () => {
  const { other, closed, seen, write } = await linked()
  other.write(octetsOf('00000010000200010000000000000000'))
  write({ name: 'submit_sm', sequence: 0xffff_ffff })
  write({ name: 'alert_notification', sequence: 5 })
  write({ name: 'enquire_link', sequence: 6 })
  await until(() => seen('enquire_link_resp').length === 1)
  expect(seen('generic_nack').map(({ sequence, status }) => [sequence, status])).toEqual([
    [0, 3],
    [0xffff_ffff, 3],
  ])
  expect(closed).toEqual([])
})

test('a length that can not be ends it, as nothing behind it can be read', async () => {
  const { other, closed, seen } = await linked()
  other.write(octetsOf('0000000F'))
  await until(() => closed.length === 1)
  expect(closed).toEqual(['command_length 15: a PDU has 16 to 65536 octets'])
  await until(() => seen('generic_nack').length === 1)
  expect(seen('generic_nack')).toMatchObject([{ sequence: 0, status: 2 }])
})

test('messages that can not be stored are refused for now, and the number of the other end comes back', async () => {
  const { seen, write } = await linked(async () => {
    throw new Error('disk full')
  })
  write({ name: 'deliver_sm', sequence: 0 })
  write({ name: 'data_sm', sequence: 0xffff_ffff })
  await until(() => seen('deliver_sm_resp').length === 1 && seen('data_sm_resp').length === 1)
  expect(seen('deliver_sm_resp')).toMatchObject([{ sequence: 0, status: 0x64 }])
  expect(seen('data_sm_resp')).toMatchObject([{ sequence: 0xffff_ffff, status: 0x64 }])
})

test('messages that can not be stored as fast as they come are left in the network', async () => {
  let stored = 0
  const { other } = await linked(() => {
    stored++
    return new Promise(() => undefined)
  })
  const message = writePdu({ name: 'deliver_sm', sequence: 1, body: { short_message: new Uint8Array(200) } })
  // More than sockets hold: it is not all taken.
  const count = 100_000
  for (let n = 0; n < count; n++) other.write(message)
  await until(() => stored >= 100)
  for (let n = 0; n < 50; n++) await new Promise((resolve) => setImmediate(resolve))
  expect(stored).toBeLessThan(5_000)
  expect(other.writableLength).toBeGreaterThan(0)
})

test('an unbind of the other end is confirmed, and ends it', async () => {
  const { closed, seen, write } = await linked()
  write({ name: 'unbind', sequence: 9 })
  await until(() => seen('unbind_resp').length === 1)
  expect(closed).toEqual(['the SMSC has unbound'])
})

test('an unbind is confirmed behind the answers to what was sent before it', async () => {
  const ends: ((status: number) => void)[] = []
  const { closed, seen, write } = await linked(() => new Promise((resolve) => ends.push(resolve)))
  write({ name: 'deliver_sm', sequence: 1 })
  write({ name: 'unbind', sequence: 2 })
  write({ name: 'enquire_link', sequence: 3 })
  await until(() => seen('enquire_link_resp').length === 1)
  expect(seen('unbind_resp')).toEqual([])
  ends[0]?.(0)
  await until(() => seen('unbind_resp').length === 1)
  expect(seen('deliver_sm_resp')).toMatchObject([{ sequence: 1, status: 0 }])
  expect(closed).toEqual(['the SMSC has unbound'])
})
