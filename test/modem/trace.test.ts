import { expect, test } from '@jest/globals'
import { parseTrace, ReplayedModem } from '../../src/simulator/replay.ts'
import { Bench, friend, hub } from './bench.ts'

test('a trace plays the modem back to the driver: it starts, sends and receives as then', async () => {
  const bench = new Bench()
  bench.driver.start(bench.told)
  await bench.clock.advance(5_000)
  expect(await bench.send('hello')).toMatchObject({ outcome: 'sent', reference: '1' })
  bench.network.text({ from: friend, to: hub, text: 'answer' })
  await bench.clock.advance(10_000)
  const trace = bench.driver.can.trace()
  expect(trace).not.toMatch(/[0-9A-F]{30}/)

  const other = new Bench({
    driver: {
      open: async () => {
        let told: (data: Uint8Array) => void = () => {}
        return {
          name: 'replay',
          write: (data) => modem.receive(data, (octets) => told(Buffer.from(octets, 'latin1'))),
          onData: (listener) => {
            told = listener
          },
          onLost: () => {},
          close: async () => {},
        }
      },
    },
  })
  const modem = new ReplayedModem(parseTrace(trace), other.clock)
  other.driver.start(other.told)
  await other.until(() => other.driver.ready)
  await other.clock.advance(5_000)
  expect(await other.send('hello')).toMatchObject({ outcome: 'sent', reference: '1' })
  await other.clock.advance(20_000)
  expect(other.told.messages.length).toBeGreaterThanOrEqual(1)
  expect(modem.left).toBe(0)
})

test.each([1, 7, 20])('a message that comes in pieces of %d octets is hidden whole', async (length) => {
  const chunk = (data: Buffer) =>
    Array.from({ length: Math.ceil(data.length / length) }, (_, i) => data.subarray(i * length, (i + 1) * length))
  const bench = await Bench.ready({ chunk })
  bench.network.text({ from: friend, to: hub, text: 'a secret text of some length' })
  await bench.clock.advance(10_000)
  expect(bench.told.messages).toHaveLength(1)
  const { body: pdu = '' } = bench.told.messages[0] ?? {}
  const said = bench.driver.can.trace().replace(/[^0-9A-F]/g, '')
  // The text is the last octets of the PDU: not even a piece of it is there.
  for (let at = 40; at + 12 <= pdu.length; at += 2) expect(said).not.toContain(pdu.slice(at, at + 12))
})

test('what is no trace is told with its line', () => {
  expect(() => parseTrace('> AT␍\nhello\n')).toThrow('line 2 is not a line of a trace: hello')
})
