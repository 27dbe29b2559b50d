import { describe, expect, test } from '@jest/globals'
import { PinsOfThisRun } from '../../src/gateway/pin.ts'
import { standard } from '../../src/simulator/modem/equipment/personality.ts'
import { personalities } from '../../src/simulator/modem/personalities.ts'
import { Bench, friend, hub, order } from './bench.ts'

const minute = 60_000
/** Letters that text mode can't send in one part. */
const long = 'x'.repeat(200)

describe('a modem that answers before its SMS part is awake', () => {
  /** It refuses these for a while. */
  function asleep(...commands: readonly string[]): Bench {
    const bench = new Bench({ modem: { personality: { ...standard, boot: [] } } })
    for (const command of commands) bench.modem.faults.add({ fault: 'error', at: 'command', command })
    bench.driver.start(bench.told)
    return bench
  }

  async function works(bench: Bench): Promise<void> {
    await bench.until(() => bench.driver.ready, minute)
    bench.network.text({ from: friend, to: hub, text: 'hello' })
    await bench.clock.advance(minute)
    expect(bench.told.messages).toHaveLength(1)
    expect(bench.written.findLast((line) => /^AT\+CMGF=/.test(line))).toBe('AT+CMGF=0')
    expect(bench.written.findLast((line) => /^AT\+CNMI=\d/.test(line))).toBe('AT+CNMI=2,1,0,1,0')
  }

  test.each([
    ['+CMGF'],
    ['+CMGF', '+CSCS'],
    ['+CPMS'],
    ['+CNMI'],
    ['+CSMS', '+CMGF', '+CPMS', '+CNMI', '+CMGL', '+CMGR', '+CSCS'],
  ])('is set up again when it says so: %s', async (...commands) => {
    for (const sign of [
      'SMS Ready',
      'SMS DONE',
      'PB DONE',
      'Call Ready',
      '+CPIN: READY',
      '*ISIMAID: "A000"',
      '+QIND: SMS DONE',
    ]) {
      const bench = asleep(...commands)
      await bench.clock.advance(25_000)
      bench.modem.faults.clear()
      bench.modem.emit(sign)
      await works(bench)
    }
  })

  test.each([['+CMGF'], ['+CPMS'], ['+CNMI']])(
    'is set up again within the minute where it says nothing: %s',
    async (command) => {
      const bench = asleep(command)
      await bench.clock.advance(25_000)
      bench.modem.faults.clear()
      await works(bench)
    },
  )

  test('keeps what text mode can not say until it knows', async () => {
    const bench = asleep('+CMGF')
    await bench.clock.advance(5_000)
    bench.modem.faults.clear()
    bench.modem.faults.add({ fault: 'error', at: 'command', command: '+CMGF', times: 4 })
    await bench.until(() => bench.driver.ready, minute)
    const outcome = await bench.outcomeOf(
      bench.driver.submit(order(long.slice(0, 150), false, 'gsm7', null), async () => 'go'),
    )
    expect(['sent', 'not_sent']).toContain(outcome.outcome)
  })

  test('and knows no PDU mode at all stays as it is, and is left alone behind the minute', async () => {
    const bench = new Bench({ modem: { personality: personalities.text_only } })
    bench.driver.start(bench.told)
    await bench.clock.advance(2 * minute)
    expect(bench.driver.ready).toBe(true)
    bench.wire.length = 0
    await bench.clock.advance(5 * minute)
    expect(bench.written.filter((line) => line.startsWith('AT+CMGF'))).toEqual([])
    expect(bench.driver.state.recoveries).toMatchObject({ restart: 0, reopen: 0 })
  })
})

describe('a card that is gone', () => {
  const words = [
    'NOT INSERTED',
    'SIM NOT INSERTED',
    '"NOT INSERTED"',
    'SIM FAILURE',
    'SIM REMOVED',
    'NO SIM',
    'SIM ERROR',
    'ABSENT',
  ]

  test.each(words)('in the words "%s" is told at once, at the start and while it runs', async (word) => {
    const bench = new Bench()
    bench.modem.faults.add({ fault: 'answer', command: '+CPIN', lines: [`+CPIN: ${word}`] })
    bench.driver.start(bench.told)
    await bench.clock.advance(3_000)
    expect(bench.facts).toMatchObject({ status: 'no_sim', sim: 'missing' })
    bench.modem.faults.clear()
    await bench.until(() => bench.driver.ready)
    await bench.clock.advance(5 * minute)
    bench.modem.faults.add({ fault: 'answer', command: '+CPIN', lines: [`+CPIN: ${word}`] })
    bench.modem.emit(`+CPIN: ${word}`)
    await bench.clock.advance(3_000)
    expect(bench.facts).toMatchObject({ status: 'no_sim', sim: 'missing' })
    bench.modem.faults.clear()
    bench.modem.emit('+CPIN: READY')
    await bench.until(() => bench.driver.ready)
  })

  test.each([10, 13, 15, 310, 313])('as error %d', async (number) => {
    const bench = new Bench()
    const family = number > 300 ? { cms: number } : { cme: number }
    bench.modem.faults.add({ fault: 'error', at: 'command', command: '+CPIN', ...family })
    bench.driver.start(bench.told)
    await bench.clock.advance(3_000)
    expect(bench.driver.state.status).toBe('no_sim')
  })

  test.each([
    ['NOT READY', { fault: 'answer', command: '+CPIN', lines: ['+CPIN: NOT READY'] }, 15_000],
    ['busy', { fault: 'error', at: 'command', command: '+CPIN', cme: 14 }, 40_000],
  ] as const)('that stays %s is one, too', async (_, fault, ms) => {
    const bench = new Bench()
    bench.modem.faults.add(fault)
    bench.driver.start(bench.told)
    await bench.clock.advance(ms)
    expect(bench.driver.state.status).toBe('no_sim')
  })

  test.each([
    '+CPIN: NOT READY',
    '#QSS: 0',
    '^SCKS: 0',
    '+QSIMSTAT: 1,0',
    '+CSMINS: 1,0',
    '^SIMST:255',
    '+SIM: REMOVED',
    '+SIM DROP',
    '+CME ERROR: 10',
    'SIM REMOVED',
    '%SIMREM',
    '*SIMREM',
    '#SIM REMOVED',
    '+XSIM: 0',
    '+XSIM: 9',
    '+UUSIMSTAT: 0',
  ])('is asked about at %s', async (line) => {
    const bench = await Bench.ready()
    await bench.clock.advance(2 * minute)
    bench.modem.sim.inserted = false
    bench.modem.emit(line)
    await bench.clock.advance(2_000)
    expect(bench.driver.state.status).toBe('no_sim')
  })
})

describe('a modem that answers AT with an error', () => {
  test.each([4, 11, 3, 100])('+CME ERROR: %d is used, and its PIN entered', async (cme) => {
    const bench = new Bench({
      modem: { sim: { locked: true, pin: '1234', serviceCentre: '+491710000000' } },
      driver: { pin: '1234', pins: new PinsOfThisRun() },
    })
    bench.modem.faults.add({ fault: 'error', at: 'command', command: '', cme })
    bench.driver.start(bench.told)
    await bench.until(() => bench.driver.ready, minute)
    expect(bench.modem.sim.state).toBe('ready')
    expect(bench.driver.state.recoveries).toMatchObject({ reset: 0, radio: 0 })
  })

  test('and the question for its PIN with 11 gets its PIN', async () => {
    const bench = new Bench({
      modem: { sim: { locked: true, pin: '1234', serviceCentre: '+491710000000' } },
      driver: { pin: '1234' },
    })
    bench.modem.faults.add({ fault: 'error', at: 'command', command: '+CPIN', cme: 11, times: 1 })
    bench.driver.start(bench.told)
    await bench.until(() => bench.driver.ready, minute)
  })

  test('and everything else too says what it answers', async () => {
    const bench = new Bench()
    bench.modem.faults.add({ fault: 'error', at: 'command', verbatim: '+CME ERROR: 4' })
    bench.driver.start(bench.told)
    await bench.until(() => /\+CME ERROR: 4/.test(bench.driver.state.last_error ?? ''), 5 * minute)
  })
})

test('+CPIN: READY in the middle of a send that goes on is no reset', async () => {
  const bench = await Bench.ready({ behaviour: { acceptMs: [6_000, 6_000] } })
  await bench.clock.advance(2 * minute)
  const handover = bench.driver.submit(order('out'), async () => 'go')
  await bench.clock.advance(2_000)
  bench.modem.emit('+CPIN: READY')
  expect(await bench.outcomeOf(handover)).toMatchObject({ outcome: 'sent', reference: expect.any(String) })
  await bench.clock.advance(minute)
  expect(bench.told.lines.filter((line) => line.includes('reset'))).toEqual([])
})

test('a full storage is read out at once, in whatever words it is told', async () => {
  for (const line of ['+SMS FULL', 'SMS FULL', '^SMMEMFULL: "SM"', '+CIEV: "smsfull",1', '*SIM FULL']) {
    const bench = await Bench.ready()
    bench.modem.faults.add({ fault: 'lost_indication', times: 1 })
    await bench.clock.advance(2_100)
    bench.network.text({ from: friend, to: hub, text: 'hello' })
    await bench.clock.advance(3_000)
    bench.modem.emit(line)
    await bench.clock.advance(500)
    expect([line, bench.told.messages.length]).toEqual([line, 1])
  }
})
