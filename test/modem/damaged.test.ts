import { describe, expect, test } from '@jest/globals'
import { type Damage, damages } from '../../src/simulator/modem/equipment/faults.ts'
import { type Personality, standard } from '../../src/simulator/modem/equipment/personality.ts'
import { personalities } from '../../src/simulator/modem/personalities.ts'
import { decodePdu } from '../../src/sms/decode-pdu.ts'
import { Bench, type BenchOptions, friend, hub } from './bench.ts'

const minute = 60_000
const words = 'the cellar is dry and warm'
/** What can't be seen to be one message is damage; the rest is another way to say the same. */
const harmless: readonly string[] = ['no_centre', 'in_two_lines', 'indication_inside']
const faults = Object.keys(damages).filter((how) => !harmless.includes(how)) as Damage[]
const stored = (bench: Bench) => Object.values(bench.modem.memories).reduce((sum, { used }) => sum + used, 0)

function textsOf(bench: Bench): (string | undefined)[] {
  return bench.told.messages.map(({ body: pdu }) => {
    const tpdu = decodePdu(pdu)
    return tpdu.type === 'deliver' ? tpdu.text : tpdu.type
  })
}

async function comes(bench: Bench, text = words): Promise<void> {
  bench.network.text({ from: friend, to: hub, text })
  await bench.clock.advance(minute)
}

const make = (changes: Partial<Personality>): BenchOptions => ({ modem: { personality: { ...standard, ...changes } } })
const direct = make({ values: { '+CNMI': '(0-2),(0,2),(0,2),(0,1),(0,1)' } })

describe('a PDU that the line has damaged', () => {
  test.each(faults)('(%s) in the answer to +CMGR is read again, filed whole and then deleted', async (how) => {
    const bench = await Bench.ready()
    bench.modem.faults.add({ fault: 'damaged', command: '+CMGR', how, times: 1 })
    await comes(bench)
    expect(textsOf(bench)).toEqual([words])
    expect(stored(bench)).toBe(0)
  })

  test.each(faults)('(%s) in a listing is read again by itself', async (how) => {
    const bench = await Bench.ready()
    bench.modem.faults.add({ fault: 'lost_indication', times: 1 })
    bench.modem.faults.add({ fault: 'damaged', command: '+CMGL', how, times: 1 })
    await comes(bench)
    expect(textsOf(bench)).toEqual([words])
    expect(stored(bench)).toBe(0)
  })

  test.each(faults)(
    '(%s) each time it is read is filed once as it came, warned of, and stays in the modem',
    async (how) => {
      const bench = await Bench.ready()
      bench.modem.faults.add({ fault: 'damaged', command: '+CMGR', how })
      bench.modem.faults.add({ fault: 'damaged', command: '+CMGL', how })
      await comes(bench)
      await bench.clock.advance(10 * minute)
      expect(stored(bench)).toBe(1)
      expect(bench.told.messages).toHaveLength(1)
      expect(() => decodePdu(bench.told.messages[0]?.body ?? '')).toThrow()
      expect(bench.told.lines.filter((line) => line.includes("can't be read and stays there"))).toHaveLength(1)
      bench.modem.faults.clear()
      await bench.clock.advance(2 * minute)
      expect(bench.told.messages).toHaveLength(2)
      expect(stored(bench)).toBe(0)
    },
  )

  test.each(faults)(
    '(%s) and comes directly is filed as far as it goes, warned of, and not acknowledged',
    async (how) => {
      const bench = await Bench.ready({ ...direct, behaviour: { retryMs: minute } })
      bench.modem.faults.add({ fault: 'damaged', command: '+CMT', how, times: 1 })
      bench.network.text({ from: friend, to: hub, text: words })
      await bench.clock.advance(20_000)
      expect(bench.told.messages).toHaveLength(1)
      expect(bench.told.lines).toContainEqual(expect.stringContaining('a message that came directly is damaged'))
      await bench.clock.advance(3 * minute)
      expect(bench.told.messages.length).toBeGreaterThan(1)
      const [, again] = bench.told.messages
      expect(decodePdu(again?.body ?? '')).toMatchObject({ text: words })
    },
  )

  test('whose digits come in two lines, with something between, or without the service centre, is whole', async () => {
    for (const how of harmless as readonly Damage[]) {
      const bench = await Bench.ready()
      bench.modem.faults.add({ fault: 'damaged', how })
      await comes(bench)
      expect(textsOf(bench)).toEqual([words])
      expect(stored(bench)).toBe(0)
      const other = await Bench.ready(direct)
      other.modem.faults.add({ fault: 'damaged', how })
      await comes(other)
      expect(textsOf(other)).toEqual([words])
      expect(other.told.lines.filter((line) => line.includes('damaged'))).toEqual([])
    }
  })

  test('whose length the modem miscounts, always alike, is read twice and taken', async () => {
    const bench = await Bench.ready()
    await comes(bench, 'known')
    const pdu = (bench.told.messages[0]?.body ?? '') as string
    bench.modem.faults.add({ fault: 'answer', command: '+CMGR', lines: [`+CMGR: 0,,${pdu.length / 2}`, pdu] })
    await comes(bench, 'known')
    expect(textsOf(bench)).toEqual(['known', 'known'])
    expect(stored(bench)).toBe(0)
  })
})

test.each(['+CMGR: 1,,-7', '+CMGR: 1,,', '+CMGR: 0,,x'])(
  'a PDU behind "%s" that is none is no text: it is filed as it came, warned of, and read whole when a listing shows it',
  async (header) => {
    const bench = await Bench.ready()
    bench.modem.faults.add({ fault: 'answer', command: '+CMGR', lines: [header, '0791'] })
    await comes(bench)
    const [first, ...others] = bench.told.messages.splice(0)
    expect(first?.body).toBe(`${header}\n0791`)
    expect(bench.told.lines.filter((line) => line.includes("can't be read and stays there"))).toHaveLength(1)
    bench.told.messages.push(...others)
    expect(textsOf(bench)).toEqual([words])
    expect(stored(bench)).toBe(0)
  },
)

describe('a modem that shows text whatever AT+CMGF took', () => {
  const text = { ...standard, showsText: true }

  test.each([
    ['stored', text],
    ['handed over', { ...text, values: { '+CNMI': '(0-2),(0,2),(0,2),(0,1),(0,1)' } }],
  ] as const)('is read all the same: %s', async (_, personality) => {
    const bench = await Bench.ready({ modem: { personality } })
    await comes(bench, 'hello')
    await bench.until(() => bench.driver.ready, 5 * minute)
    await comes(bench, 'Grüße, "Ü"')
    await comes(bench, '2. line')
    expect(textsOf(bench)).toEqual(['hello', expect.stringContaining('Gr'), '2. line'])
    expect(stored(bench)).toBe(0)
    expect(bench.driver.ready).toBe(true)
  })

  test.each(['OK', 'ERROR', '+CMS ERROR: 500', 'one\ntwo', 'one\nOK\ntwo', 'OK\nOK', 'one\nERROR'])(
    'is read whole where it looks like a result code: %j',
    async (words) => {
      for (const personality of [text, { ...text, values: { '+CNMI': '(0-2),(0,2),(0,2),(0,1),(0,1)' } }]) {
        const bench = await Bench.ready({ modem: { personality } })
        await bench.until(() => bench.driver.ready, 5 * minute)
        await comes(bench, words)
        await bench.clock.advance(2 * minute)
        expect(textsOf(bench)).toEqual([words])
        expect(stored(bench)).toBe(0)
      }
    },
  )

  test.each([
    ['a time that nobody can read', '+CMGR: "REC UNREAD","+4917612345678",,"yesterday"', 'hello'],
    ['no time', '+CMGR: "REC UNREAD","+4917612345678",,', 'hello'],
    ['a month that is none', '+CMGR: "REC UNREAD","+4917612345678",,"26/13/45,10:00:00+04"', 'hello'],
    ['a name with a comma', '+CMGR: "REC READ","+4917612345678","Doe, John","26/11/22,10:00:00+04"', 'hello'],
    ['UCS2 in hex', '+CMGR: "REC READ","+4917612345678",,"26/11/22,10:00:00+04"', '00680065006C006C006F'],
    ['a number in UCS2', '+CMGR: "REC READ","002B0034003900310037",,"26/11/22,10:00:00+04"', 'hello'],
    ['<stat> as a number', '+CMGR: 0,"+4917612345678",,"26/11/22,10:00:00+04"', 'hello'],
    ['a length', '+CMGR: "REC READ","+4917612345678",,"26/11/22,10:00:00+04",145,4,0,0,"+49171",145,5', 'hello'],
    ['nothing but the number', '+CMGR: "REC READ","+4917612345678"', 'hello'],
  ])('with %s', async (_, header, body) => {
    const bench = await Bench.ready({ modem: { personality: text } })
    bench.modem.faults.add({ fault: 'answer', command: '+CMGR', lines: [header, body] })
    await comes(bench)
    expect(textsOf(bench)).toEqual(['hello'])
    expect(stored(bench)).toBe(0)
  })
})

describe('a storage that lists less than it holds', () => {
  test.each([
    ['lists nothing', make({ hidesMessages: true })],
    ['knows no listing', make({ lacks: ['+CMGL'] })],
    ['names no slots in use', make({ hidesMessages: true, answers: { '+CMGD=?': ['+CMGD: (1-20),(0-4)'] } })],
    ['does not count them', make({ hidesMessages: true, lacks: ['+CPMS'] })],
    ['knows no test of +CMGD', make({ hidesMessages: true, answers: { '+CMGD=?': [] } })],
  ])('is read slot by slot: it %s', async (_, options) => {
    const bench = new Bench(options)
    for (const text of ['one', 'two', 'three']) bench.network.text({ from: friend, to: hub, text })
    await bench.clock.advance(10_000)
    expect(stored(bench)).toBe(3)
    bench.driver.start(bench.told)
    await bench.clock.advance(2 * minute)
    expect(textsOf(bench).sort()).toEqual(['one', 'three', 'two'])
    expect(stored(bench)).toBe(0)
    expect(bench.driver.state.status).toBe('ready')
  })

  test('keeps its drafts', async () => {
    const bench = new Bench(make({ hidesMessages: true }))
    bench.network.text({ from: friend, to: hub, text: 'one' })
    await bench.clock.advance(10_000)
    const draft = '0011000C919471010000200000A705E8329BFD06'
    bench.modem.memories.SM.put(draft, 2)
    bench.modem.memories.SM.put(draft, 3)
    bench.driver.start(bench.told)
    await bench.clock.advance(20 * minute)
    expect(textsOf(bench)).toEqual(['one'])
    expect(stored(bench)).toBe(2)
  })

  test('is read in both storages at the start', async () => {
    const bench = new Bench(make({ hidesMessages: true }))
    bench.network.text({ from: friend, to: hub, text: 'card' })
    await bench.clock.advance(10_000)
    const [, message] = bench.modem.memories.SM.list()[0] ?? []
    bench.modem.memories.ME.put(message?.pdu ?? '', 0)
    bench.driver.start(bench.told)
    await bench.clock.advance(2 * minute)
    expect(textsOf(bench)).toEqual(['card', 'card'])
    expect(stored(bench)).toBe(0)
  })
})

describe('a modem whose storage', () => {
  test('is chosen by three names only is read, and new texts go on to the card', async () => {
    const bench = await Bench.ready(make({ fewestMemories: 3 }))
    await comes(bench, 'hello')
    expect(textsOf(bench)).toEqual(['hello'])
    expect(stored(bench)).toBe(0)
    expect(bench.driver.state.status).toBe('ready')
  })

  test('can be neither listed nor counted is degraded, and says why', async () => {
    const bench = new Bench(make({ lacks: ['+CMGL', '+CPMS'] }))
    bench.driver.start(bench.told)
    await bench.clock.advance(10_000)
    expect(bench.facts).toMatchObject({
      status: 'degraded',
      last_error: expect.stringContaining('texts that it stores are not read'),
    })
  })
})

test.each(Object.entries(personalities))('%s: nothing is damaged by reading', async (_, personality) => {
  const bench = new Bench({ modem: { personality } })
  bench.driver.start(bench.told)
  await bench.until(() => bench.driver.ready, 2 * minute)
  await comes(bench)
  expect(textsOf(bench)).toEqual([words])
  expect(bench.told.lines.filter((line) => line.includes('damaged') || line.includes("can't be read"))).toEqual([])
})
