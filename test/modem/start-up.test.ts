import { duplexPair } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import { type LineEnds, lineEnds, type ModemFault } from '../../src/simulator/modem/equipment/faults.ts'
import { personalities } from '../../src/simulator/modem/personalities.ts'
import { settle } from '../fake-clock.ts'
import { Bench, type BenchOptions, friend, hub } from './bench.ts'

/** Somebody had the modem before: types, and lets go of the port. */
async function typed(bench: Bench, ...octets: readonly string[]): Promise<void> {
  const [here, there] = duplexPair()
  here.on('data', () => {})
  bench.modem.attach(there)
  for (const one of octets) {
    here.write(Buffer.from(one, 'latin1'))
    await settle()
  }
  bench.modem.detach()
  here.destroy()
}

/** It is ready, sends with a reference and receives. */
async function works(bench: Bench, limitMs = 60_000): Promise<void> {
  const taken = bench.accepted('hello')
  bench.told.messages.length = 0
  await bench.until(() => bench.driver.ready, limitMs)
  let handover = await bench.send('hello')
  // A modem that resets says so two seconds later: what is handed over meanwhile does not leave.
  for (let more = 0; handover.outcome === 'not_sent' && more < 2; more++) {
    await bench.until(() => bench.driver.ready, limitMs)
    handover = await bench.send('hello')
  }
  expect(handover).toMatchObject({ outcome: 'sent', reference: expect.any(String) })
  expect(bench.accepted('hello')).toBe(taken + 1)
  bench.network.text({ from: friend, to: hub, text: 'heard' })
  await bench.until(() => bench.told.messages.length > 0)
}

test('what came before the set-up is read, although the modem did not say which storages it has', async () => {
  const bench = new Bench({ modem: { personality: personalities.simcom_sim7670g } })
  bench.modem.faults.add({ fault: 'silence', at: 'command', command: '+CPMS', times: 1 })
  bench.network.text({ from: friend, to: hub, text: 'early' })
  await bench.clock.advance(5_000)
  expect(bench.modem.memories.SM.used).toBe(1)
  bench.driver.start(bench.told)
  await bench.until(() => bench.told.messages.length === 1)
  expect(bench.written).toContain('AT+CPMS="ME","ME","ME"')
  await bench.until(() => bench.modem.memories.SM.used === 0)
})

describe('a modem that resets', () => {
  test('while it is set up is set up from the beginning: half a set-up chooses nothing', async () => {
    // Its RDY is lost: the half answer in front of it has no end. The echo of the next command tells the reset.
    const bench = new Bench({ modem: { personality: personalities.text_only } })
    bench.modem.faults.add({ fault: 'reset', at: 'inside_answer', command: '+CSMS', times: 1 })
    bench.driver.start(bench.told)
    await bench.until(() => bench.told.lines.some((line) => line.includes('it echoes again')))
    bench.wire.length = 0
    await bench.until(() => bench.written.some((line) => line.startsWith('AT+CNMI=2')))
    expect(bench.written.filter((line) => /^AT(E0|\+CPMS="|\+CNMI=\d)/.test(line)).slice(0, 4)).toEqual([
      'ATE0',
      'ATE0',
      expect.stringMatching(/^AT\+CPMS="SM"/),
      'AT+CNMI=2,1,0,1,0',
    ])
    await works(bench)
  })

  test('and says only when it is awake again answers nothing more: what was written is in doubt at once', async () => {
    const bench = await Bench.ready({ modem: { personality: personalities.ublox_sara } })
    await bench.clock.advance(120_000)
    bench.modem.faults.add({ fault: 'reset', at: 'before_acceptance', command: '+CMGS', times: 1 })
    const since = bench.clock.monotonic()
    expect(await bench.send('lost')).toMatchObject({ outcome: 'in_doubt', reason: expect.stringContaining('+PBREADY') })
    // It is awake eight seconds behind its reset.
    expect(bench.clock.monotonic() - since).toBeLessThan(10_000)
    await works(bench)
  })
})

describe('a modem is ready from whatever state it was left in:', () => {
  const submit = '0011000C919471010000200000A705E8309BFD06'
  const states: readonly (readonly [string, ...string[]])[] = [
    ['as it comes'],
    ['without echo', 'ATE0\r'],
    ['result codes in digits', 'ATV0\r'],
    ['result codes in digits, without echo', 'ATE0V0\r'],
    ['no result codes at all', 'ATQ1\r'],
    ['quiet, in digits', 'ATQ1V0\r'],
    ['text mode', 'AT+CMGF=1\r'],
    ['errors in words', 'AT+CMEE=2\r'],
    ['in the prompt', 'ATE0\r', 'AT+CMGS=19\r'],
    ['in the prompt, half a PDU typed', 'AT+CMGS=19\r', submit.slice(0, 20)],
    ['in the prompt, a whole PDU typed', 'AT+CMGS=19\r', submit],
    ['in the prompt of text mode', 'AT+CMGF=1\r', `AT+CMGS="${friend}"\r`],
    ['in the prompt of text mode, a text typed', 'AT+CMGF=1\r', `AT+CMGS="${friend}"\r`, 'open the gate\r'],
    ['half a command typed', 'AT+CMG'],
    ['half a command typed, with an argument', 'AT+CMGS='],
    ['direct delivery, service 1', 'AT+CSMS=1\r', 'AT+CNMI=2,2,0,1,0\r'],
    ['another storage', 'AT+CPMS="ME","ME","ME"\r'],
    ['the storage of reports', 'AT+CPMS="SR"\r'],
    ['the radio off', 'AT+CFUN=4\r'],
    ['at its least', 'AT+CFUN=0\r'],
    ['the network left', 'AT+CREG=2\r'],
    ['the operator as a number', 'AT+COPS=3,2\r'],
  ]

  test.each(states)('%s', async (_, ...octets) => {
    const bench = new Bench()
    await typed(bench, ...octets)
    bench.driver.start(bench.told)
    await works(bench)
    // What somebody else had typed has not left.
    expect(bench.network.log.of('accepted').map(({ text }) => text)).toEqual(['hello'])
    expect(bench.written.some((line) => line === '\x1a')).toBe(false)
  })

  test('in the middle of an answer that is still coming', async () => {
    const bench = new Bench()
    bench.modem.faults.add({ fault: 'slow', msPerOctet: 30, times: 1 })
    const [here, there] = duplexPair()
    here.on('data', () => {})
    bench.modem.attach(there)
    here.write('AT+CPMS=?\r')
    await bench.clock.advance(300)
    bench.modem.detach()
    bench.driver.start(bench.told)
    await works(bench)
  })

  test('in the middle of a command that takes long', async () => {
    const bench = new Bench()
    bench.modem.faults.add({ fault: 'late_answer', ms: 7_000, times: 1 })
    await typed(bench, 'AT+COPS?\r')
    bench.driver.start(bench.told)
    await works(bench)
  })

  test('while it boots', async () => {
    const bench = new Bench()
    bench.modem.reset()
    bench.driver.start(bench.told)
    await works(bench)
    expect(bench.told.lines.filter((line) => line.includes('is ready'))).toHaveLength(1)
  })

  test.each([500, 1_500, 2_500, 3_500, 4_500])('%d ms before it resets', async (ms) => {
    const bench = new Bench()
    bench.driver.start(bench.told)
    await bench.clock.advance(ms / 10)
    bench.modem.reset()
    await bench.clock.advance(ms)
    await works(bench)
  })
})

describe('a modem is ready whatever it is like:', () => {
  test.each(Object.keys(lineEnds) as LineEnds[])('line ends %s', async (shape) => {
    const personality = { ...personalities.standard, lineEnds: shape }
    const bench = await Bench.ready({ modem: { personality } })
    await works(bench)
  })

  test('it echoes and can not be kept from it', async () => {
    const bench = new Bench()
    bench.modem.faults.add({ fault: 'echo' })
    bench.driver.start(bench.told)
    await works(bench)
    await bench.clock.advance(120_000)
    expect(bench.told.lines.filter((line) => line.includes('reset'))).toEqual([])
  })

  test('it chatters all the time', async () => {
    const chatter = ['^RSSI:18', '^HCSQ:"LTE",59,50,161,24', 'RING', '+CREG: 1', '$GPSACP: x'].map((line, i) => ({
      everyMs: 70 + 13 * i,
      line,
    }))
    const bench = await Bench.ready({ modem: { personality: { ...personalities.standard, chatter } } })
    await works(bench)
  })

  const lacking: readonly (readonly [string, BenchOptions])[] = [
    'ATE0',
    '+CMEE',
    '+CGMI',
    '+CGSN',
    '+CFUN',
    '+CCID',
    '+CREG',
    '+CSMS',
    '+CNMI',
    '+COPS',
    '+CSQ',
  ].map((name) => [name, { modem: { personality: { ...personalities.standard, lacks: [name] } } }])
  test.each(lacking)('it knows no %s', async (name, options) => {
    const bench = await Bench.ready(options)
    await bench.until(() => bench.driver.ready)
    expect(await bench.send('hello')).toMatchObject({ outcome: 'sent' })
    bench.network.text({ from: friend, to: hub, text: 'heard' })
    // Without +CNMI it is found by looking.
    await bench.until(() => bench.told.messages.length > 0, name === '+CNMI' ? 35_000 : 5_000)
  })

  test('it answers octet by octet', async () => {
    const bench = new Bench({ chunk: (data) => [...data].map((octet) => Buffer.of(octet)) })
    bench.driver.start(bench.told)
    await works(bench)
  })
})

/** Faults that strike some command of the start-up, once or twice. */
const startUpCommands = [
  '',
  'E',
  'V',
  '+CMEE',
  '+CGMI',
  '+CGSN',
  '+CFUN',
  '+CPIN',
  '+CCID',
  '+CREG',
  '+CMGF',
  '+CSMS',
  '+CPMS',
  '+CNMI',
  '+CSQ',
  '+CMGL',
]
const strikes: ModemFault[] = startUpCommands.flatMap((command): ModemFault[] => [
  { fault: 'silence', at: 'command', command, times: 1 },
  { fault: 'unplug', at: 'command', command, returnsAfterMs: 3_000, times: 1 },
  { fault: 'unplug', at: 'inside_answer', command, returnsAfterMs: 3_000, times: 1 },
  { fault: 'reset', at: 'command', command, times: 1 },
  { fault: 'reset', at: 'inside_answer', command, times: 1 },
  { fault: 'error', at: 'command', command, times: 1 },
  { fault: 'error', at: 'command', command, cme: 14, times: 2 },
  { fault: 'late_answer', command, ms: 9_000, times: 1 },
  { fault: 'bare_ok', command, times: 1 },
  { fault: 'double_final', command, final: 'OK', times: 1 },
  { fault: 'garbage', command, octets: 64, times: 1 },
  { fault: 'unsolicited', at: 'inside_answer', command, line: '+CSQ: 3,99', times: 1 },
])

describe('a start-up that is struck by a fault ends in a modem that works', () => {
  test.each(strikes.map((fault) => [JSON.stringify(fault), fault] as const))('%s', async (_, fault) => {
    const bench = new Bench()
    bench.modem.faults.add(fault)
    bench.driver.start(bench.told)
    await works(bench, 120_000)
    await bench.stop()
    expect(bench.watched.running).toBe(0)
  })
})

describe('what needs a person is told', () => {
  test('no SIM: until one is there', async () => {
    const bench = new Bench()
    bench.modem.sim.inserted = false
    bench.driver.start(bench.told)
    await bench.clock.advance(60_000)
    expect(bench.facts).toMatchObject({
      status: 'no_sim',
      sim: 'missing',
      last_error: 'there is no SIM in the modem',
    })
    // Some makes see a SIM that comes late only then.
    expect(bench.told.lines).toEqual([
      'there is no SIM in the modem',
      'the modem does not serve: its radio is switched off and on',
      'the modem does not serve: it is reset by a command',
    ])
    bench.modem.sim.inserted = true
    await works(bench)
  })

  test('a SIM that is pulled out while it serves: at the next look, and it is unlocked when it is back', async () => {
    const bench = await Bench.ready({ modem: { sim: { pin: '1234', locked: true } }, driver: { pin: '1234' } })
    bench.modem.sim.inserted = false
    await bench.until(() => bench.driver.state.status === 'no_sim')
    expect(bench.driver.state.last_error).toBe('there is no SIM in the modem')
    bench.modem.sim.inserted = true
    bench.modem.sim.powerOn()
    await works(bench, 120_000)
    // Out and in between two looks.
    bench.modem.sim.powerOn()
    await bench.clock.advance(1_000)
    await bench.until(() => bench.driver.ready && bench.facts.network === 'registered')
    await bench.until(() => bench.written.filter((line) => line.startsWith('AT+CPIN="')).length >= 2)
    await works(bench)
    expect(bench.modem.sim.tries.pin).toBe(3)
  })

  test.each([
    ['the right PIN is entered', '1234', 'ready'],
    ['a wrong PIN is entered once', '9999', 'sim_locked'],
    ['without a PIN none is entered', undefined, 'sim_locked'],
  ])('a locked SIM: %s', async (_, pin, status) => {
    const bench = new Bench({ modem: { sim: { pin: '1234', locked: true } }, driver: { pin } })
    bench.driver.start(bench.told)
    await bench.clock.advance(300_000)
    expect(bench.driver.state.status).toBe(status)
    expect(bench.written.filter((line) => line.startsWith('AT+CPIN=')).length).toBe(pin === undefined ? 0 : 1)
  })

  test('a locked SIM: a PIN that is given while the hub runs is entered with the next try, once', async () => {
    const bench = new Bench({ modem: { sim: { pin: '1234', locked: true } }, driver: { pin: undefined } })
    const entered = () => bench.written.filter((line) => line.startsWith('AT+CPIN='))
    bench.driver.start(bench.told)
    await bench.until(() => bench.driver.state.status === 'sim_locked')
    await bench.driver.can.unlock('9999')
    await bench.clock.advance(300_000)
    expect({ status: bench.driver.state.status, entered: entered().length }).toEqual({
      status: 'sim_locked',
      entered: 1,
    })
    await bench.driver.can.unlock('1234')
    await works(bench, 120_000)
    expect(entered()).toHaveLength(2)
    expect(bench.modem.sim.tries.pin).toBe(3)
  })

  test('examined, a modem that does not answer is judged by its last error, one that answers by its answers', async () => {
    const bench = new Bench({ modem: { sim: { pin: '1234', locked: true } }, driver: { pin: undefined } })
    bench.modem.unplug()
    bench.driver.start(bench.told)
    await bench.until(() => bench.driver.state.last_error !== null)
    const [lost] = await bench.outcomeOf(bench.driver.can.examine())
    expect(lost).toMatchObject({ severity: 'error', finding: bench.driver.state.last_error })
    const other = await Bench.ready()
    const found = await other.outcomeOf(other.driver.can.examine())
    expect(found.map(({ severity }) => severity)).not.toContain('error')
    expect(found.length).toBeGreaterThan(2)
  })

  test('a locked SIM in a modem that resets is unlocked each time', async () => {
    const bench = new Bench({ modem: { sim: { pin: '1234', locked: true } }, driver: { pin: '1234' } })
    bench.driver.start(bench.told)
    await works(bench)
    bench.modem.reset()
    await bench.clock.advance(5_000)
    await works(bench)
    expect(bench.written.filter((line) => line.startsWith('AT+CPIN='))).toHaveLength(2)
  })

  test.each(['unplug', 'silence'] as const)(
    'a locked SIM: %s while the PIN is entered is not tried again',
    async (fault) => {
      const bench = new Bench({ modem: { sim: { pin: '1234', locked: true } }, driver: { pin: '9999' } })
      // The SIM has taken the PIN for wrong, and nobody has heard it.
      const strike = fault === 'unplug' ? { returnsAfterMs: 3_000 } : {}
      bench.modem.faults.add({ fault, at: 'command', command: '+CPIN', times: 1, ...strike } as never)
      bench.driver.start(bench.told)
      await bench.clock.advance(300_000)
      expect(bench.driver.state.status).toBe('sim_locked')
      expect(bench.written.filter((line) => line.startsWith('AT+CPIN=')).length).toBeLessThanOrEqual(1)
    },
  )

  test('no port: once, not at every try', async () => {
    const bench = new Bench()
    bench.modem.unplug()
    bench.driver.start(bench.told)
    await bench.clock.advance(300_000)
    expect(bench.facts).toMatchObject({ status: 'offline', last_error: 'there is no such port' })
    expect(bench.told.lines).toEqual(['there is no such port'])
    bench.modem.plugIn()
    await works(bench)
  })

  test('silence: once, not at every try', async () => {
    const bench = new Bench()
    bench.modem.faults.add({ fault: 'silence', at: 'everywhere' })
    bench.driver.start(bench.told)
    await bench.clock.advance(300_000)
    // Whatever can be done was tried by then.
    expect(bench.facts).toMatchObject({ status: 'error', last_error: 'the modem does not answer AT' })
    expect(bench.told.lines).toEqual([
      'the modem does not answer AT',
      'the modem does not serve: its radio is switched off and on',
      'the modem does not serve: it is reset by a command',
    ])
    expect(bench.told.states.filter((state) => state === 'initializing').length).toBeLessThanOrEqual(1)
    bench.modem.faults.clear()
    await works(bench)
  })
})
