import { expect, test } from '@jest/globals'
import type { NetworkBehaviour } from '../../src/simulator/network/behaviour.ts'
import { type NetworkOptions, SimulatedNetwork, type SubmitAnswer } from '../../src/simulator/network/network.ts'
import { decodePdu } from '../../src/sms/decode-pdu.ts'
import type { Deliver, StatusReport } from '../../src/sms/tpdu.ts'
import { FakeClock } from '../fake-clock.ts'
import { friend, hub, Recipient, steady, submit } from './bench.ts'

function town(behaviour: Partial<NetworkBehaviour> = {}, options: Partial<NetworkOptions> = {}) {
  const clock = new FakeClock()
  const network = new SimulatedNetwork({ clock, behaviour: { ...steady, ...behaviour }, ...options })
  return { clock, network, sender: new Recipient(network, hub), recipient: new Recipient(network) }
}

function send(network: SimulatedNetwork, ...request: Parameters<typeof submit>): SubmitAnswer[] {
  const answers: SubmitAnswer[] = []
  network.submit(hub, submit(...request).pdu, (answer) => answers.push(answer))
  return answers
}

const textsOf = ({ pdus }: Recipient) => pdus.map((pdu) => (decodePdu(pdu) as Deliver).text)
const reportIn = ({ pdus }: Recipient) => decodePdu(pdus[0] as string) as StatusReport

test('a submission is accepted at one logged moment and delivered as an SMS-DELIVER of its sender', async () => {
  const { clock, network, recipient } = town({}, { zoneMinutes: 60, clockOffsetMs: 2000 })
  const answers = send(network, 'open', { messageReference: 7 })
  await clock.advance(999)
  expect(answers).toEqual([])
  await clock.advance(1)
  expect(answers).toEqual([{ accepted: true }])
  const [accepted] = network.log.of('accepted')
  expect(accepted).toMatchObject({ from: hub, to: friend, text: 'open', reference: 7, at: clock.wall(), message: 1 })
  expect(recipient.pdus).toEqual([])
  await clock.advance(1000)
  expect(decodePdu(recipient.pdus[0] as string)).toMatchObject({
    type: 'deliver',
    text: 'open',
    address: { number: '491710000001', ton: 'international', npi: 1 },
    smsc: { number: '491710760000', ton: 'international', npi: 1 },
    scts: '2026-11-22T13:00:03+01:00',
  })
  expect(network.log.events.map(({ kind }) => kind)).toEqual(['accepted', 'delivered'])
})

test('a delivery report comes to those who asked, with reference, recipient and both times', async () => {
  const { clock, network, sender } = town()
  send(network, 'quiet')
  await clock.advance(5000)
  expect(sender.pdus).toEqual([])
  send(network, 'asked', { statusReport: true, messageReference: 9 })
  await clock.advance(5000)
  expect(reportIn(sender)).toMatchObject({
    type: 'statusReport',
    mr: 9,
    address: { number: '491710000002', ton: 'international', npi: 1 },
    scts: '2026-11-22T12:00:06+00:00',
    dischargeTime: '2026-11-22T12:00:07+00:00',
    status: 0,
  })
})

test.each([
  ['never', { reports: false }, [], 0],
  ['late', { reportMs: [60_000, 60_000] }, [], 1],
  ['lost', { reportLoss: 1 }, ['report_lost'], 0],
] as const)('reports may come %s', async (_, behaviour, logged, later) => {
  const { clock, network, sender } = town(behaviour)
  send(network, 'asked', { statusReport: true })
  await clock.advance(5000)
  expect(sender.pdus).toEqual([])
  expect(network.log.events.map(({ kind }) => kind).slice(2)).toEqual(logged)
  await clock.advance(60_000)
  expect(sender.pdus.length).toBe(later)
})

test('a text for a recipient that is off waits, and arrives when it is switched on', async () => {
  const { clock, network, recipient } = town()
  network.switchOff(friend)
  send(network, 'one')
  send(network, 'two')
  await clock.advance(3_600_000)
  expect(recipient.pdus).toEqual([])
  network.switchOn(friend)
  expect(textsOf(recipient)).toEqual(['one', 'two'])
})

test('a text whose validity ends before delivery is dropped and reported as 46', async () => {
  const { clock, network, sender, recipient } = town()
  network.switchOff(friend)
  send(network, 'brief', { validitySeconds: 300, statusReport: true, messageReference: 3 })
  await clock.advance(1000 + 299_999)
  expect(network.log.of('expired')).toEqual([])
  await clock.advance(1)
  expect(network.log.of('expired')).toHaveLength(1)
  await clock.advance(1000)
  expect(reportIn(sender)).toMatchObject({ mr: 3, status: 0x46, statusClass: 'permanent' })
  network.switchOn(friend)
  expect(recipient.pdus).toEqual([])
})

test('a text without validity is kept for the time that the network gives it', async () => {
  const { clock, network } = town({ defaultValidityMs: 7_200_000 })
  network.switchOff(friend)
  send(network, 'patient')
  await clock.advance(7_200_000)
  expect(network.log.of('expired')).toEqual([])
  await clock.advance(1000)
  expect(network.log.of('expired')).toHaveLength(1)
})

test('a recipient without memory gets the text when it has some again, or at the next attempt', async () => {
  const { clock, network, recipient } = town({ retryMs: 60_000 })
  recipient.receipt = 'full'
  send(network, 'one')
  await clock.advance(5000)
  recipient.receipt = 'taken'
  network.alert(friend)
  expect(textsOf(recipient)).toEqual(['one'])
  recipient.receipt = 'not_acknowledged'
  send(network, 'two')
  await clock.advance(5000)
  recipient.receipt = 'taken'
  await clock.advance(60_000)
  expect(textsOf(recipient)).toEqual(['one', 'two'])
})

test('a number that nobody has is reported, or refused where the network is set so', async () => {
  const { clock, network, sender } = town()
  send(network, 'lost soul', { to: '+4917199', statusReport: true })
  await clock.advance(5000)
  expect(reportIn(sender)).toMatchObject({ status: 0x43, address: { number: '4917199' } })
  network.change({ unknownNumbers: 'refuse' })
  const answers = send(network, 'lost soul', { to: '+4917199' })
  await clock.advance(1000)
  expect(answers).toEqual([{ accepted: false, cause: 1 }])
})

test.each([
  ['01710000002', 'national'],
  ['00491710000002', 'with the prefix for abroad'],
  ['+491710000002', 'international'],
])('a number dialled as %s (%s) reaches its owner', async (to) => {
  const { clock, network, recipient } = town()
  send(network, 'hello', { to })
  await clock.advance(2000)
  expect(textsOf(recipient)).toEqual(['hello'])
})

test('congestion refuses with cause 42 and delivers nothing', async () => {
  const { clock, network, recipient } = town({ congestion: 1 })
  const answers = send(network, 'hello')
  await clock.advance(60_000)
  expect(answers).toEqual([{ accepted: false, cause: 42 }])
  expect(recipient.pdus).toEqual([])
  expect(network.log.of('refused')).toMatchObject([{ code: 42, text: 'hello' }])
  expect(network.log.of('accepted')).toEqual([])
})

test('what is no SMS-SUBMIT is refused', async () => {
  const { clock, network } = town()
  const answers: SubmitAnswer[] = []
  for (const pdu of ['nonsense', '00', network.serviceCentre]) network.submit(hub, pdu, (one) => answers.push(one))
  await clock.advance(1000)
  expect(answers).toEqual(Array(3).fill({ accepted: false, cause: 176 }))
})

test('a duplicate is rejected when the sender asks for that and the first is still held', async () => {
  const { clock, network, recipient } = town()
  network.switchOff(friend)
  const first = send(network, 'once', { messageReference: 5 })
  await clock.advance(2000)
  const second = send(network, 'once', { messageReference: 5, rejectDuplicates: true })
  await clock.advance(1000)
  expect([...first, ...second]).toEqual([{ accepted: true }, { accepted: false, cause: 197 }])
  network.switchOn(friend)
  await clock.advance(20_000)
  expect(textsOf(recipient)).toEqual(['once'])
})

test('lost texts are accepted and never arrive; doubled ones arrive twice with one report', async () => {
  const { clock, network, sender, recipient } = town({ loss: 1 })
  const answers = send(network, 'gone')
  await clock.advance(60_000)
  expect(answers).toEqual([{ accepted: true }])
  expect(network.log.events.map(({ kind }) => kind)).toEqual(['accepted', 'lost'])
  network.change({ loss: 0, duplicates: 1 })
  send(network, 'twice', { statusReport: true })
  await clock.advance(60_000)
  expect(textsOf(recipient)).toEqual(['twice', 'twice'])
  expect(sender.pdus).toHaveLength(1)
})

test('texts for one recipient keep their order unless the network is set to reorder them', async () => {
  const { clock, network, recipient } = town({ acceptMs: [0, 0], deliverMs: [0, 10_000] })
  const texts = Array.from({ length: 20 }, (_, i) => String(i))
  for (const text of texts) send(network, text)
  await clock.advance(60_000)
  expect(textsOf(recipient)).toEqual(texts)
  recipient.pdus.length = 0
  network.change({ reordering: 0.5 })
  for (const text of texts) send(network, text)
  await clock.advance(120_000)
  expect(textsOf(recipient)).not.toEqual(texts)
  expect(textsOf(recipient).sort()).toEqual([...texts].sort())
})

test('the same seed gives the same day', async () => {
  const day = async (seed: number) => {
    const clock = new FakeClock(seed)
    const network = new SimulatedNetwork({
      clock,
      behaviour: { loss: 0.2, duplicates: 0.2, congestion: 0.2, reordering: 0.2 },
    })
    new Recipient(network, hub)
    new Recipient(network)
    for (let i = 0; i < 50; i++) send(network, String(i), { statusReport: true })
    await clock.advance(600_000)
    return network.log.events
  }
  expect(await day(1)).toEqual(await day(1))
  expect(await day(1)).not.toEqual(await day(2))
})

test('a text from outside comes from any number or name, with any time stamp, in as many segments as it takes', async () => {
  const { clock, network, recipient } = town()
  network.text({ from: 'ACME', to: friend, text: 'sale', scts: '2020-01-02T03:04:05-04:00' })
  network.text({ from: '12345', to: friend, text: 'code' })
  network.text({ from: '+15551234567', to: friend, text: 'ü€𝄞'.repeat(40) })
  await clock.advance(1000)
  const delivered = recipient.pdus.map((pdu) => decodePdu(pdu) as Deliver)
  expect(delivered[0]).toMatchObject({
    address: { number: 'ACME', ton: 'alphanumeric' },
    scts: '2020-01-02T03:04:05-04:00',
  })
  expect(delivered[1]).toMatchObject({ address: { number: '12345', ton: 'unknown' } })
  expect(delivered.slice(2).map(({ concat }) => concat?.seq)).toEqual([1, 2, 3])
  expect(
    delivered
      .slice(2)
      .map(({ text }) => text)
      .join(''),
  ).toBe('ü€𝄞'.repeat(40))
})

test('two subscribers with one number are an error of the set-up', () => {
  const { network } = town()
  expect(() => new Recipient(network)).toThrow('two subscribers have the number +491710000002')
})

test('the log keeps its newest events and calls its listeners', async () => {
  const { clock, network } = town({}, { logLimit: 10 })
  const seen: string[] = []
  const stop = network.log.watch(({ kind }) => seen.push(kind))
  for (let i = 0; i < 100; i++) send(network, String(i))
  await clock.advance(10_000)
  expect(seen).toHaveLength(200)
  expect(network.log.events.length).toBeLessThan(20)
  expect(network.log.events.at(-1)).toMatchObject({ kind: 'delivered', text: '99' })
  stop()
  send(network, 'unseen')
  await clock.advance(10_000)
  expect(seen).toHaveLength(200)
})
