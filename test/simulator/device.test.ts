import { expect, test } from '@jest/globals'
import { type Answerer, SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import { SimulatedNetwork } from '../../src/simulator/network/network.ts'
import { decodePdu } from '../../src/sms/decode-pdu.ts'
import { segmentText } from '../../src/sms/segment-text.ts'
import type { Deliver } from '../../src/sms/tpdu.ts'
import { FakeClock } from '../fake-clock.ts'
import { friend, hub, Recipient, steady, submit } from './bench.ts'

const echo: Answerer = { answer: (text) => [{ text: `OK ${text}`, afterMs: 2000 }] }

function scene(answerer: Answerer = echo) {
  const clock = new FakeClock()
  const network = new SimulatedNetwork({ clock, behaviour: steady })
  const asker = new Recipient(network, hub)
  return { clock, network, asker, device: new SimulatedDevice({ network, number: friend, answerer }) }
}

function sendSegments(network: SimulatedNetwork, text: string, ref: number, order = (seqs: number[]) => seqs) {
  const { segments } = segmentText(text)
  for (const seq of order(segments.map((_, i) => i + 1))) {
    const concat = { ref, total: segments.length, seq, bits: 8 } as const
    const { pdu } = submit(segments[seq - 1]?.text ?? '', { concat })
    network.submit(hub, pdu, () => {})
  }
}

test('a device answers a text after its time', async () => {
  const { clock, asker, device, network } = scene()
  network.submit(hub, submit('status').pdu, () => {})
  await clock.advance(4999)
  expect(device.received).toMatchObject([{ from: hub, text: 'status' }])
  expect(asker.pdus).toEqual([])
  await clock.advance(1)
  expect(decodePdu(asker.pdus[0] as string)).toMatchObject({ text: 'OK status', address: { number: '491710000002' } })
})

test('a device may send no answer, several, or a text unasked', async () => {
  const answers = new Map([
    ['talk', [1, 2, 3].map((n) => ({ text: String(n), afterMs: n * 10_000 }))],
    ['hush', []],
  ])
  const { clock, asker, device, network } = scene({ answer: (text) => answers.get(text) ?? [] })
  network.submit(hub, submit('hush').pdu, () => {})
  network.submit(hub, submit('talk').pdu, () => {})
  await clock.advance(60_000)
  device.send(hub, 'alarm')
  await clock.advance(1000)
  expect(asker.pdus.map((pdu) => (decodePdu(pdu) as Deliver).text)).toEqual(['1', '2', '3', 'alarm'])
})

test('a device sees a long text whole, whatever the order of its segments', async () => {
  const { clock, device, network } = scene({ answer: () => [] })
  const long = Array.from({ length: 60 }, (_, i) => `word${i}`).join(' ')
  sendSegments(network, long, 1)
  sendSegments(network, long, 2, (seqs) => seqs.reverse())
  await clock.advance(10_000)
  expect(device.received.map(({ text }) => text)).toEqual([long, long])
})

test('an incomplete text stays unseen and spoils no later one with its reference', async () => {
  const { clock, device, network } = scene({ answer: () => [] })
  const old = 'old '.repeat(60)
  const young = 'new '.repeat(60)
  sendSegments(network, old, 1, (seqs) => seqs.slice(0, 1))
  await clock.advance(2 * 3_600_000)
  expect(device.received).toEqual([])
  sendSegments(network, young, 1, (seqs) => seqs.reverse())
  await clock.advance(10_000)
  expect(device.received.map(({ text }) => text)).toEqual([young])
})
