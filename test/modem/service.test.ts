import { describe, expect, test } from '@jest/globals'
import { PinsOfThisRun } from '../../src/gateway/pin.ts'
import { personalities } from '../../src/simulator/modem/personalities.ts'
import { decodePdu } from '../../src/sms/decode-pdu.ts'
import { Bench, friend, hub, order } from './bench.ts'

const texts = (bench: Bench) =>
  bench.told.messages.map(({ body: pdu }) => {
    const tpdu = decodePdu(pdu)
    return tpdu.type === 'deliver' ? tpdu.text : tpdu.type
  })
const text = (bench: Bench, one: string) => bench.network.text({ from: friend, to: hub, text: one })
const direct = { modem: { personality: personalities.direct_only } }

describe('a make that hands texts over', () => {
  test('gets the acknowledgement that is due before the messages that wait', async () => {
    const bench = await Bench.ready(direct)
    const handovers = ['a', 'b', 'c'].map((one) => bench.driver.submit(order(one), async () => 'go'))
    text(bench, 'in')
    await bench.outcomeOf(Promise.all(handovers))
    const lines = bench.written.filter((line) => /^AT\+(CMGS|CNMA)/.test(line))
    expect(lines.indexOf('AT+CNMA=0')).toBeGreaterThan(0)
    expect(lines.indexOf('AT+CNMA=0')).toBeLessThan(3)
    expect(texts(bench)).toEqual(['in'])
  })

  test('and ceases to, because a long message was in the way, is told again at once', async () => {
    const bench = await Bench.ready({ ...direct, behaviour: { acceptMs: [25_000, 25_000], retryMs: 60_000 } })
    const handover = bench.driver.submit(order('long'), async () => 'go')
    text(bench, 'in')
    await bench.outcomeOf(handover)
    await bench.clock.advance(1_000)
    expect(bench.written.filter((line) => line === 'AT+CNMI?' || line.startsWith('AT+CNMI='))).toEqual([
      'AT+CNMI?',
      'AT+CNMI=2,2,0,1,0',
    ])
    expect(bench.told.states).toEqual(['initializing', 'ready'])
    await bench.clock.advance(120_000)
    expect(new Set(texts(bench))).toEqual(new Set(['in']))
    expect(await bench.send('next')).toMatchObject({ outcome: 'sent' })
  })
})

describe('a long text', () => {
  const part = (seq: number) => order(`part ${seq}`, false, 'gsm7', { ref: 7, bits: 8, total: 2, seq })

  test('keeps the radio link for its parts', async () => {
    const bench = await Bench.ready()
    for (const seq of [1, 2]) await bench.outcomeOf(bench.driver.submit(part(seq), async () => 'go'))
    expect(bench.written.filter((line) => /^AT\+CM/.test(line)).map((line) => line.slice(0, 7))).toEqual([
      'AT+CMMS',
      'AT+CMGS',
      'AT+CMGS',
    ])
  })

  test('asks a modem once that knows nothing of it', async () => {
    const bench = await Bench.ready({ modem: { personality: { ...personalities.standard, lacks: ['+CMMS'] } } })
    for (const seq of [1, 2, 1, 2])
      expect(await bench.outcomeOf(bench.driver.submit(part(seq), async () => 'go'))).toMatchObject({ outcome: 'sent' })
    expect(bench.written.filter((line) => line.startsWith('AT+CMMS'))).toHaveLength(1)
  })
})

test('a modem that refuses to send because its storage is full has it emptied', async () => {
  const bench = await Bench.ready()
  bench.modem.faults.add({ fault: 'lost_indication', times: 3 })
  for (const one of ['a', 'b', 'c']) text(bench, one)
  await bench.clock.advance(3_000)
  bench.modem.faults.add({ fault: 'error', at: 'before_acceptance', cms: 322, times: 1, command: '+CMGS' })
  expect(await bench.send('out')).toMatchObject({ outcome: 'refused', cause: { accepted: 'no', next: 'retry' } })
  await bench.clock.advance(500)
  expect(texts(bench)).toEqual(['a', 'b', 'c'])
  expect(await bench.send('out')).toMatchObject({ outcome: 'sent' })
})

test.each([
  ['unplug', { at: 'inside_answer' }],
  ['silence', { at: 'command' }],
] as const)(
  'a PIN whose answer nobody heard (%s) is entered once more at most, whoever starts',
  async (fault, strike) => {
    const pins = new PinsOfThisRun()
    let tries = 0
    for (let run = 0; run < 5; run++) {
      const bench = new Bench({ modem: { sim: { pin: '1234', locked: true } }, driver: { pin: '9999', pins } })
      bench.modem.faults.add({ fault, command: '+CPIN', ...strike } as never)
      bench.driver.start(bench.told)
      await bench.clock.advance(120_000)
      tries += bench.written.filter((line) => line.startsWith('AT+CPIN=')).length
      await bench.stop()
    }
    expect(tries).toBeLessThanOrEqual(2)
  },
)
