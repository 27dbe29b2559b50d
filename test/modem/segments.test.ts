import { describe, expect, test } from '@jest/globals'
import type { Segment } from '../../src/message/segment.ts'
import { personalities } from '../../src/simulator/modem/personalities.ts'
import { decodePdu } from '../../src/sms/decode-pdu.ts'
import { Bench, order } from './bench.ts'

const go = async () => 'go' as const

/** The PDUs that the driver wrote. */
const pdusOf = (bench: Bench) =>
  bench.written.filter((text) => text.endsWith('\x1a')).map((text) => decodePdu(text.slice(0, -1)))

describe('a segment', () => {
  test.each<[string, Partial<Segment>, object]>([
    ['of octets leaves as 8-bit data', { content: { alphabet: 'data', data: '00FF41' } }, { data: '00FF41', dcs: 4 }],
    ['of class 0 leaves as a flash message', { messageClass: 0 }, { text: 'x', dcs: 0x10 }],
    ['asks for a report where one is wanted', { report: true }, { statusReportRequest: true }],
    [
      'of a long text says which part it is',
      { concat: { ref: 300, bits: 16, total: 3, seq: 2 } },
      { concat: { ref: 300, bits: 16, total: 3, seq: 2 } },
    ],
    [
      'names the validity that TP-VP can say',
      { validitySeconds: 301 },
      { vp: { format: 'relative', value: 1, seconds: 600 } },
    ],
  ])('%s', async (_, changes, tpdu) => {
    const bench = await Bench.ready()
    expect(await bench.outcomeOf(bench.driver.submit({ ...order('x'), ...changes }, go))).toMatchObject({
      outcome: 'sent',
    })
    expect(pdusOf(bench)).toMatchObject([{ type: 'submit', ...tpdu }])
    await bench.stop()
  })

  test.each([
    ['a number that nobody has', { to: 'Gate' }],
    ['more than fits into one', { content: { alphabet: 'gsm7', text: 'x'.repeat(161) } }],
    ['characters that its alphabet lacks', { content: { alphabet: 'gsm7', text: 'Ж' } }],
  ] as const)('of %s is refused for good, and nothing leaves', async (_, changes) => {
    const bench = await Bench.ready()
    const outcome = await bench.outcomeOf(bench.driver.submit({ ...order('x'), ...changes }, go))
    expect(outcome).toMatchObject({ outcome: 'refused', cause: { by: 'gateway', accepted: 'no', next: 'give_up' } })
    expect(pdusOf(bench)).toEqual([])
    await bench.stop()
  })

  test.each(['text_only', 'huawei_mc509'] as const)(
    'of octets is refused where there is no PDU mode (%s)',
    async (name) => {
      const bench = new Bench({ modem: { personality: personalities[name] } })
      bench.driver.start(bench.told)
      await bench.until(() => bench.driver.ready)
      // Before, it may come to know PDU mode.
      await bench.clock.advance(60_000)
      const octets = { ...order('x'), content: { alphabet: 'data', data: '00FF' } } as const
      expect(await bench.outcomeOf(bench.driver.submit(octets, go))).toMatchObject({
        outcome: 'refused',
        cause: { next: 'give_up' },
      })
      await bench.stop()
    },
  )
})
