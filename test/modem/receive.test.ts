import { duplexPair } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import { type ModemFault, type Point, points } from '../../src/simulator/modem/equipment/faults.ts'
import { type Personality, standard } from '../../src/simulator/modem/equipment/personality.ts'
import { personalities } from '../../src/simulator/modem/personalities.ts'
import { decodePdu } from '../../src/sms/decode-pdu.ts'
import { encodePdu } from '../../src/sms/encode-pdu.ts'
import { Bench, type BenchOptions, friend, hub, order } from './bench.ts'

/** The texts that were filed, each once. */
function textsOf(bench: Bench): string[] {
  const texts = bench.told.messages.map(({ body: pdu }) => {
    const tpdu = decodePdu(pdu)
    return tpdu.type === 'deliver' ? (tpdu.text ?? '') : tpdu.type
  })
  return [...new Set(texts)].sort()
}

const stored = (bench: Bench) => Object.values(bench.modem.memories).reduce((sum, { used }) => sum + used, 0)

function text(bench: Bench, ...texts: string[]): void {
  for (const one of texts) bench.network.text({ from: friend, to: hub, text: one })
}

/** Somebody before the driver had wanted it. */
async function serviceOne(bench: Bench): Promise<void> {
  const [here, there] = duplexPair()
  here.on('data', () => {})
  bench.modem.attach(there)
  here.write('AT+CSMS=1\r')
  await bench.clock.advance(100)
  bench.modem.detach()
  here.destroy()
}

const minute = 60_000
/** A make that stores nothing by +CNMI: texts come directly or not at all. */
const onlyDirect: BenchOptions = {
  modem: { personality: { ...personalities.standard, values: { '+CNMI': '(0-2),(0,2),(0,2),(0,1),(0,1)' } } },
}

describe('a text', () => {
  test('is filed within the moment in which it is announced, and then deleted', async () => {
    const bench = await Bench.ready()
    text(bench, 'hello')
    await bench.clock.advance(1_000)
    expect(textsOf(bench)).toEqual(['hello'])
    expect(bench.told.messages[0]).toMatchObject({ gateway: 'home', account: bench.driver.account, source: 'storage' })
    expect(stored(bench)).toBe(0)
  })

  test('whose deletion the modem has confirmed is told to be gone, and no other', async () => {
    const bench = await Bench.ready()
    text(bench, 'hello')
    await bench.clock.advance(1_000)
    const [filed] = bench.told.messages
    expect(bench.told.gone).toEqual([filed])
    bench.modem.faults.add({ fault: 'error', at: 'command', command: '+CMGD' })
    text(bench, 'stays')
    await bench.clock.advance(10_000)
    expect(textsOf(bench)).toEqual(['hello', 'stays'])
    expect(bench.told.gone).toEqual([filed])
  })

  test('is not deleted before it is filed', async () => {
    const bench = await Bench.ready()
    let release = () => {}
    bench.told.file = () =>
      new Promise((resolve) => {
        release = resolve
      })
    text(bench, 'hello')
    await bench.clock.advance(20_000)
    expect(stored(bench)).toBe(1)
    expect(bench.written.filter((line) => line.startsWith('AT+CMGD'))).toEqual([])
    release()
    await bench.clock.advance(100)
    expect(stored(bench)).toBe(0)
    expect(textsOf(bench)).toEqual(['hello'])
  })

  test('stays on the SIM while the hub can not file it, and is filed when it can', async () => {
    const bench = await Bench.ready()
    bench.told.file = async () => {
      throw new Error('the disk is full')
    }
    text(bench, 'hello')
    await bench.clock.advance(2 * minute)
    expect(stored(bench)).toBe(1)
    expect(bench.told.messages).toEqual([])
    bench.told.file = async () => {}
    await bench.clock.advance(minute)
    expect(textsOf(bench)).toEqual(['hello'])
    expect(stored(bench)).toBe(0)
  })

  test('that the store takes too long for does not hold up sending, nor the texts behind it', async () => {
    const bench = await Bench.ready()
    let asked = 0
    bench.told.file = () => (++asked === 1 ? new Promise(() => {}) : Promise.resolve())
    text(bench, 'one')
    await bench.clock.advance(1_000)
    text(bench, 'two')
    expect(await bench.send('meanwhile')).toMatchObject({ outcome: 'sent' })
    await bench.clock.advance(2 * minute)
    expect(textsOf(bench)).toEqual(['one', 'two'])
    expect(stored(bench)).toBe(0)
  })

  test('comes although its announcement was lost', async () => {
    const bench = await Bench.ready()
    bench.modem.faults.add({ fault: 'lost_indication', times: 1 })
    text(bench, 'hello')
    await bench.until(() => bench.told.messages.length > 0)
    await bench.clock.advance(1_000)
    expect(stored(bench)).toBe(0)
  })

  test('that came while nobody listened is read at the start, from every storage', async () => {
    const bench = new Bench()
    const address = { number: '491710000002', ton: 'international', npi: 1 } as const
    const { pdu } = encodePdu({ type: 'submit', address, text: 'x' })
    text(bench, 'one', 'two')
    await bench.clock.advance(2_000)
    bench.modem.memories.ME.put(bench.modem.memories.SM.at(1)?.pdu ?? pdu, 1)
    bench.driver.start(bench.told)
    await bench.clock.advance(2_000)
    expect(textsOf(bench)).toEqual(['one', 'two'])
    expect(bench.told.messages).toHaveLength(3)
    expect(stored(bench)).toBe(0)
  })

  test('that the modem will not delete is filed once, not at every look', async () => {
    const bench = await Bench.ready()
    bench.modem.faults.add({ fault: 'error', at: 'command', command: '+CMGD', cms: 320 })
    text(bench, 'hello')
    await bench.clock.advance(5 * minute)
    expect(bench.told.messages).toHaveLength(1)
    bench.modem.faults.clear('error')
    await bench.clock.advance(minute)
    expect(bench.told.messages).toHaveLength(1)
    expect(stored(bench)).toBe(0)
  })

  test.each([0, 500, 1_000, 2_000])(
    'in slot 2 is not deleted for the one in slot 1 that comes behind its OK, %d ms later',
    async (ms) => {
      const bench = await Bench.ready()
      bench.modem.faults.add({ fault: 'ok_first', command: '+CMGR', gapMs: 1_500, times: 2 })
      text(bench, 'one')
      await bench.clock.advance(1_000 + ms)
      text(bench, 'two')
      await bench.clock.advance(2 * minute)
      expect(textsOf(bench)).toEqual(['one', 'two'])
      expect(stored(bench)).toBe(0)
    },
  )

  test('is heard while a message is on its way, and read behind it', async () => {
    const bench = await Bench.ready({ behaviour: { acceptMs: [5_000, 5_000] } })
    const handover = bench.driver.submit(order('out'), async () => 'go')
    text(bench, 'in')
    await bench.clock.advance(4_000)
    expect(bench.told.messages).toEqual([])
    expect(await bench.outcomeOf(handover)).toMatchObject({ outcome: 'sent' })
    await bench.clock.advance(100)
    expect(textsOf(bench)).toEqual(['in'])
  })

  test('gets its turn although messages are handed over without a pause', async () => {
    const bench = await Bench.ready()
    bench.modem.faults.add({ fault: 'lost_indication', times: 1 })
    let isOver = false
    const busy = (async () => {
      for (let i = 0; !isOver; i++) await bench.driver.submit(order(`out ${i}`), async () => 'go')
    })()
    text(bench, 'in')
    await bench.until(() => bench.told.messages.length > 0)
    isOver = true
    await bench.outcomeOf(busy)
  })

  test('among many is read with the others, and sends go in between', async () => {
    const bench = await Bench.ready({ modem: { capacity: { SM: 60 } } })
    text(bench, ...Array.from({ length: 50 }, (_, i) => `text ${i}`))
    await bench.clock.advance(1_000)
    expect(await bench.send('out')).toMatchObject({ outcome: 'sent' })
    await bench.clock.advance(5_000)
    expect(textsOf(bench)).toHaveLength(50)
    expect(stored(bench)).toBe(0)
  })

  test('that found a SIM full of which the modem had said nothing comes behind the next look', async () => {
    const bench = await Bench.ready({ modem: { capacity: { SM: 2 } } })
    bench.modem.faults.add({ fault: 'lost_indication' })
    text(bench, 'one', 'two', 'three', 'four')
    await bench.clock.advance(3 * minute)
    expect(textsOf(bench)).toEqual(['four', 'one', 'three', 'two'])
    expect(stored(bench)).toBe(0)
  })

  test('that found the storage full comes when there is room', async () => {
    const bench = await Bench.ready({ modem: { capacity: { SM: 2 } } })
    bench.told.file = async () => {
      throw new Error('the disk is full')
    }
    text(bench, 'one', 'two', 'three')
    await bench.clock.advance(10_000)
    expect(stored(bench)).toBe(2)
    bench.told.file = async () => {}
    await bench.clock.advance(2 * minute)
    expect(textsOf(bench)).toEqual(['one', 'three', 'two'])
    expect(stored(bench)).toBe(0)
  })

  test('of a SIM that was changed behind a reset is not deleted for the one before', async () => {
    const bench = await Bench.ready()
    let release = () => {}
    bench.told.file = () =>
      new Promise((resolve) => {
        release = resolve
      })
    text(bench, 'old')
    await bench.clock.advance(1_000)
    bench.modem.reset()
    await bench.clock.advance(2_500)
    const deleted = () => bench.written.filter((line) => line.startsWith('AT+CMGD'))
    release()
    await bench.clock.advance(500)
    expect(deleted()).toEqual([])
    bench.told.file = async () => {}
    await bench.clock.advance(minute)
    expect(stored(bench)).toBe(0)
  })
})

describe('a delivery report', () => {
  test('comes directly and is filed at once', async () => {
    const bench = await Bench.ready()
    await bench.outcomeOf(bench.driver.submit(order('out', true), async () => 'go'))
    await bench.clock.advance(3_000)
    expect(textsOf(bench)).toEqual(['statusReport'])
    expect(bench.told.messages[0]?.source).toBe('direct')
  })

  test('that the hub can not file is kept here until it can', async () => {
    const bench = await Bench.ready()
    bench.told.file = async () => {
      throw new Error('the disk is full')
    }
    await bench.outcomeOf(bench.driver.submit(order('out', true), async () => 'go'))
    await bench.clock.advance(2 * minute)
    bench.told.file = async () => {}
    await bench.clock.advance(minute)
    expect(textsOf(bench)).toEqual(['statusReport'])
    expect(bench.told.messages).toHaveLength(1)
  })

  test('that the modem stores is read from there and deleted', async () => {
    const values = { '+CNMI': '(0-2),(0,1),(0,2),(0,2),(0,1)' }
    const bench = await Bench.ready({ modem: { personality: { ...personalities.standard, values } } })
    await bench.outcomeOf(bench.driver.submit(order('out', true), async () => 'go'))
    await bench.clock.advance(3_000)
    expect(textsOf(bench)).toEqual(['statusReport'])
    expect(bench.told.messages[0]?.source).toBe('storage')
    text(bench, 'hello')
    await bench.clock.advance(3_000)
    expect(textsOf(bench)).toEqual(['hello', 'statusReport'])
    expect(stored(bench)).toBe(0)
  })
})

async function inTextMode(more: Partial<Personality> = {}): Promise<Bench> {
  const bench = new Bench({ modem: { personality: { ...personalities.text_only, ...more } } })
  bench.driver.start(bench.told)
  await bench.until(() => bench.driver.ready)
  await bench.clock.advance(5_000)
  return bench
}

/** As some makes do, whatever +CNMI says. */
const flashes: Partial<Personality> = { showsClass0: true }

describe('a text of class 0, which some makes never store,', () => {
  const flash = encodePdu({
    type: 'deliver',
    address: { number: friend.slice(1), ton: 'international', npi: 1 },
    scts: '2026-11-22T17:42:34+00:00',
    text: 'ALARM!',
    dcs: 0x10,
  }).pdu
  const comes = (bench: Bench) => bench.network.deliver({ from: friend, to: hub, pdu: flash })
  const set = (personality: Partial<Personality>) => ({ modem: { personality: { ...standard, ...personality } } })

  test('is filed as it comes, and owes no acknowledgement', async () => {
    const bench = await Bench.ready(set(flashes))
    comes(bench)
    await bench.clock.advance(3_000)
    expect(bench.told.messages).toMatchObject([{ source: 'direct', body: flash }])
    expect(bench.written.filter((line) => line.startsWith('AT+CNMA'))).toEqual([])
    text(bench, 'hello')
    await bench.clock.advance(3_000)
    expect(textsOf(bench)).toEqual(['ALARM!', 'hello'])
  })

  test('is acknowledged by a modem that can not leave service 1', async () => {
    const values = { '+CNMI': '(0-2),(0,1),(0,2),(0,2),(0,1)' }
    const bench = new Bench(set({ ...flashes, values }))
    await serviceOne(bench)
    bench.modem.faults.add({ fault: 'error', at: 'command', command: '+CSMS', times: 1 })
    bench.driver.start(bench.told)
    await bench.until(() => bench.driver.ready)
    await bench.clock.advance(5_000)
    comes(bench)
    await bench.clock.advance(30_000)
    expect(textsOf(bench)).toEqual(['ALARM!'])
    expect(bench.written.filter((line) => line.startsWith('AT+CNMA'))).toHaveLength(1)
    text(bench, 'hello')
    await bench.clock.advance(5_000)
    expect(textsOf(bench)).toEqual(['ALARM!', 'hello'])
  })

  test('is filed in text mode too, whatever it says', async () => {
    const bench = await inTextMode(flashes)
    comes(bench)
    await bench.clock.advance(3_000)
    expect(textsOf(bench)).toEqual(['ALARM!'])
    expect(bench.told.messages[0]?.source).toBe('direct')
  })
})

describe('a cell broadcast', () => {
  /** A page as TS 23.041 clause 9.4.1 has it: serial number, channel 50, GSM alphabet, page 1 of 1, 82 octets. */
  const page = `0010003200${'11'}${'C8329BFD06'.padEnd(164, '0')}`

  test('in the middle of a listing and of a send is told once, and is nobody’s message and nobody’s answer', async () => {
    const bench = await Bench.ready()
    for (const command of ['+CMGL', '+CMGS', '+CSQ', '+CMGR']) {
      bench.modem.faults.add({ fault: 'unsolicited', at: 'before_answer', command, line: `+CBM: 88\r\n${page}` })
      bench.modem.faults.add({ fault: 'unsolicited', at: 'inside_answer', command, line: `+CBM: 88\r\n${page}` })
    }
    text(bench, 'hello')
    expect(await bench.send('out')).toMatchObject({ outcome: 'sent', reference: expect.any(String) })
    await bench.clock.advance(2 * minute)
    expect(textsOf(bench)).toEqual(['hello'])
    expect(bench.told.messages).toHaveLength(1)
    expect(bench.driver.ready).toBe(true)
    expect(bench.driver.state.recoveries).toMatchObject({ restart: 0, reopen: 0, resync: 0 })
    expect(bench.told.lines.filter((line) => line.includes('broadcast'))).toHaveLength(1)
  })

  test('in text mode is neither, whatever stands in it', async () => {
    const bench = await inTextMode()
    for (const words of ['OK', 'ERROR', '> all', 'RDY', '+CMS ERROR: 38']) {
      bench.modem.emit('+CBM: 16,50,0,1,1', words)
      bench.modem.faults.add({
        fault: 'unsolicited',
        at: 'before_answer',
        command: '+CMGS',
        times: 1,
        line: `+CBM: 16,50,0,1,1\r\n${words}`,
      })
      expect(await bench.send('out')).toMatchObject({ outcome: 'sent', reference: expect.any(String) })
    }
    text(bench, 'hello')
    await bench.clock.advance(minute)
    expect(textsOf(bench)).toEqual(['hello'])
    expect(bench.driver.state.recoveries).toMatchObject({ restart: 0, reopen: 0 })
  })
})

describe('a text that comes directly', () => {
  test('is acknowledged when it is filed, and the next one comes', async () => {
    const bench = await Bench.ready(onlyDirect)
    text(bench, 'one', 'two', 'three')
    await bench.clock.advance(5_000)
    expect(textsOf(bench)).toEqual(['one', 'three', 'two'])
    expect(bench.told.messages.every(({ source }) => source === 'direct')).toBe(true)
    expect(bench.written.filter((line) => line.startsWith('AT+CNMA'))).toHaveLength(3)
    expect(bench.network.log.of('delivered')).toHaveLength(3)
  })

  test('is not acknowledged before it is filed: the network keeps it, and the modem is told again to hand it over', async () => {
    const bench = await Bench.ready({ ...onlyDirect, behaviour: { retryMs: minute } })
    bench.told.file = async () => {
      throw new Error('the disk is full')
    }
    text(bench, 'hello')
    await bench.clock.advance(25_000)
    expect(bench.network.log.of('delivered')).toEqual([])
    expect(bench.written.filter((line) => line.startsWith('AT+CNMA'))).toEqual([])
    bench.told.file = async () => {}
    await bench.clock.advance(3 * minute)
    expect(textsOf(bench)).toEqual(['hello'])
    text(bench, 'again')
    await bench.clock.advance(3 * minute)
    expect(textsOf(bench)).toEqual(['again', 'hello'])
    expect(bench.network.log.of('delivered').length).toBeGreaterThanOrEqual(2)
  })

  test('while a message holds the line is acknowledged behind it', async () => {
    const bench = await Bench.ready({ ...onlyDirect, behaviour: { acceptMs: [8_000, 8_000] } })
    const handover = bench.driver.submit(order('out'), async () => 'go')
    text(bench, 'in')
    expect(await bench.outcomeOf(handover)).toMatchObject({ outcome: 'sent' })
    await bench.clock.advance(2_000)
    expect(textsOf(bench)).toEqual(['in'])
    expect(bench.network.log.of('delivered').filter(({ to }) => to === hub)).toHaveLength(1)
  })

  test('before the driver has started up, as somebody before it had asked for, is filed under its SIM', async () => {
    const bench = new Bench()
    bench.driver.start(bench.told)
    const pdu = '07915121551532F4040B915155214365F700006211227124430005E8329BFD06'
    await bench.clock.advance(50)
    bench.modem.emit('+CMT: ,24', pdu)
    await bench.clock.advance(2_000)
    expect(bench.told.messages).toMatchObject([
      { gateway: 'home', account: bench.driver.account, source: 'direct', body: pdu },
    ])
    expect(bench.driver.account).toMatch(/^\d+$/)
  })
})

/** Every fault that can strike a command of reading, at every point where it can. */
const commands = ['+CMGR', '+CMGL', '+CMGD', '+CPMS'] as const
const places: readonly Point[] = (Object.keys(points) as Point[]).filter(
  (at) => at === 'command' || at === 'inside_answer',
)
const readFaults: ModemFault[] = commands.flatMap((command) => [
  ...places.flatMap((at): ModemFault[] => [
    { fault: 'unplug', at, command, returnsAfterMs: 5_000, times: 1 },
    { fault: 'reset', at, command, times: 1 },
  ]),
  { fault: 'silence', at: 'command', command, times: 1 },
  { fault: 'silence', at: 'everywhere', command, times: 2 },
  { fault: 'error', at: 'command', command, times: 1 },
  { fault: 'error', at: 'command', command, cms: 314, times: 2 },
  { fault: 'error', at: 'command', command, cme: 14, times: 1 },
  { fault: 'bare_ok', command, times: 1 },
  { fault: 'late_answer', command, ms: 4_000, times: 1 },
  { fault: 'late_answer', command, ms: 25_000, times: 1 },
  { fault: 'ok_first', command, gapMs: 500, times: 1 },
  { fault: 'double_final', command, final: 'OK', times: 1 },
  { fault: 'double_final', command, final: 'ERROR', times: 1 },
  { fault: 'garbage', command, octets: 100, times: 1 },
  { fault: 'unsolicited', at: 'before_answer', command, line: '^RSSI:18', times: 1 },
  { fault: 'unsolicited', at: 'inside_answer', command, line: '+CREG: 1', times: 1 },
  { fault: 'unsolicited', at: 'inside_answer', command, line: '+CMTI: "SM",2', times: 1 },
  { fault: 'unsolicited', at: 'glued', command, line: '+CMTI: "SM",2', times: 1 },
])
const everywhere: ModemFault[] = [
  { fault: 'slow', msPerOctet: 20, times: 6 },
  { fault: 'echo', times: 1 },
  { fault: 'storage_full', times: 1 },
  { fault: 'line_ends', shape: 'cr', times: 10 },
  { fault: 'line_ends', shape: 'tail_only', times: 10 },
  { fault: 'line_ends', shape: 'cr_doubled', times: 10 },
]

describe('no text is lost and none stays behind', () => {
  test.each([...readFaults, ...everywhere].map((fault) => [JSON.stringify(fault), fault] as const))(
    'with %s',
    async (_, fault) => {
      const bench = await Bench.ready({ behaviour: { retryMs: minute } })
      bench.modem.faults.add(fault)
      text(bench, 'one')
      await bench.clock.advance(2_000)
      text(bench, 'two', 'three', 'four', 'five', 'six')
      await bench.clock.advance(3 * minute)
      if (fault.fault === 'storage_full') bench.modem.faults.clear()
      await bench.clock.advance(2 * minute)
      expect(textsOf(bench)).toEqual(['five', 'four', 'one', 'six', 'three', 'two'])
      expect(stored(bench)).toBe(0)
      expect(bench.driver.ready).toBe(true)
      await bench.stop()
      expect(bench.watched.running).toBe(0)
    },
  )

  test('nor when the hub files every other one only, for a while', async () => {
    const bench = await Bench.ready()
    let count = 0
    bench.told.file = async () => {
      if (++count % 2 === 0 && count < 40) throw new Error('busy')
    }
    for (let i = 0; i < 15; i++) {
      text(bench, `text ${i}`)
      await bench.clock.advance(3_000)
    }
    await bench.clock.advance(3 * minute)
    expect(textsOf(bench)).toHaveLength(15)
    expect(stored(bench)).toBe(0)
  })
})
