import { describe, expect, test } from '@jest/globals'
import { numberIn } from '../../src/gateway/modem/line/fields.ts'
import { levelIn, registrationIn, registrationStat, signalIn, storedAt } from '../../src/gateway/modem/line/parse.ts'
import { rangesIn, slotsIn } from '../../src/gateway/modem/line/ranges.ts'
import { indicationsOf } from '../../src/gateway/modem/messages/indications.ts'
import { standard } from '../../src/simulator/modem/equipment/personality.ts'
import { Bench, friend, hub, order } from './bench.ts'

test.each([
  ['(0-3),(0,1),(0,2,3),(0,2),(1)', [[0, 1, 2, 3], [0, 1], [0, 2, 3], [0, 2], [1]]],
  [' (0 - 3), ( 0, 1 ) ,( 2 )', [[0, 1, 2, 3], [0, 1], [2]]],
  ['0-2,0-3,0,0-2,1', [[0, 1, 2], [0, 1, 2, 3], [0], [0, 1, 2], [1]]],
  ['(2),(0-1,3)', [[2], [0, 1, 3]]],
  ['2,1,0,1,0', [[2], [1], [0], [1], [0]]],
  [
    '(0-2),(0,1',
    [
      [0, 1, 2],
      [0, 1],
    ],
  ],
  ['', []],
])('%j lists its values', (text, values) => {
  expect(rangesIn(text)).toEqual(values)
})

describe('how new messages are told is chosen from what the list offers', () => {
  test.each([
    ['(0-3),(0,1),(0,2,3),(0,2),(1)', '2,1,0,2,1'],
    ['(0-2),(0-3),(0,2),(0-2),(0,1)', '2,1,0,1,0'],
    ['(1),(0,1),(0),(0,1),(1)', '1,1,0,1,1'],
    ['(0,1),(0-3),(0,2),(0,2),(0,1)', '1,1,0,2,0'],
    ['(0-2),(0,2),(0,2),(0,1),(0,1)', '2,2,0,1,0'],
    ['(3),(2),(0),(0,1),(1)', '3,2,0,1,1'],
    ['(0-2),(0,1)', '2,1'],
    ['(2),(1),(2),(0),(1)', '2,1,2,0,1'],
  ])('%s: %s', async (list, chosen) => {
    const answers = { '+CNMI=?': [`+CNMI: ${list}`] }
    const bench = new Bench({ modem: { personality: { ...standard, values: { '+CNMI': list }, answers } } })
    bench.driver.start(bench.told)
    await bench.clock.advance(20_000)
    expect(bench.written.filter((line) => /^AT\+CNMI=\d/.test(line)).at(-1)).toBe(`AT+CNMI=${chosen}`)
  })

  test('a report is lost by none that can give it', async () => {
    const list = '(0-3),(0,1),(0,2,3),(0,2),(1)'
    const bench = await Bench.ready({ modem: { personality: { ...standard, values: { '+CNMI': list } } } })
    await bench.outcomeOf(bench.driver.submit(order('x', true), async () => 'go'))
    await bench.clock.advance(60_000)
    expect(bench.told.messages).toHaveLength(1)
  })

  test('a list without brackets is one', () => {
    expect(indicationsOf('0-2,0-1,0,0-1,1', [])[0]).toBe('2,1,0,1,1')
  })

  test('what it does not list comes behind what it lists, and is tried all the same', () => {
    const forms = indicationsOf('(0,1),(0,1),(0),(0),(0)', ['3,1'])
    expect(forms[0]).toBe('3,1')
    expect(forms).toContain('2,1,0,1,0')
    expect(forms.length).toBeLessThan(41)
  })
})

test.each([
  ['2', 2],
  ['002', 2],
  ['"2"', 2],
  [' 2 ', 2],
  ['0x0A', 10],
  ['', null],
  ['2a', null],
  ['-1', null],
])('%j is the number %p', (field, number) => {
  expect(numberIn(field)).toBe(number)
})

test.each([
  ['+CREG: 002,001,"18D8","FFFF"', 'registered', true],
  ['+CREG: 2,1', 'registered', true],
  ['+CREG: "2","1"', 'registered', true],
  ['+CREG: "2","5","18D8","FFFF"', 'roaming', true],
  ['+CREG: ,1', 'registered', true],
  ['+CREG: 0x02,0x05', 'roaming', true],
  ['+CREG: 2 , 3', 'denied', true],
  ['+CEREG: 2,001,"0001","00000001",7', 'registered', true],
  ['+CREG: 1,"2142","0000B804",7', 'registered', false],
  ['+CREG: 001,"2142","B804"', 'registered', false],
  ['+CREG: 5,2142,B804', 'roaming', false],
  ['+CREG: 5,"12","B804"', 'roaming', false],
  ['+CGREG: 002', 'searching', false],
  ['+CREG:1', 'registered', false],
])('%s is %s', (line, network, isAnswer) => {
  expect([registrationIn(line), registrationStat(line)?.isAnswer]).toEqual([network, isAnswer])
})

test.each([
  ['+CMTI: "SM",003', 'SM', 3],
  ['+CMTI:"ME","7"', 'ME', 7],
  ['+CMTI: SM,3', 'SM', 3],
  ['+CMTI: 4', null, 4],
  ['+CMTI: ,4', null, 4],
  ['+CDSI: "SR",000', 'SR', 0],
  ['+CMTI: "SM",-1', 'SM', null],
  ['+CMTI: ,-1', null, null],
])('%s', (line, storage, index) => {
  expect(storedAt(line)).toEqual({ storage, index })
})

test('levels and signals with zeros, quotes and blanks', () => {
  expect(levelIn(['+CPMS: "SM",001,020,"SM",001,020,"ME",003,050'])).toEqual({ used: 3, total: 50 })
  expect(levelIn(['+CPMS: SM, "1", "20"'])).toEqual({ used: 1, total: 20 })
  expect(signalIn(['+CSQ: 020,099'])?.dbm).toBe(-73)
  expect(signalIn(['+CSQ: "20","99"'])?.dbm).toBe(-73)
  expect(signalIn(['+CSQ:99,99'])).toBeNull()
  expect(slotsIn(['+CMGD: (001,02,7),(0-4)'])).toEqual([1, 2, 7])
  expect(slotsIn(['+CMGD: (0-29),(0-4)'])).toBeNull()
})

test.each([
  ['+CREG', '+CREG: 002,001,"18D8","FFFF"', 'registered'],
  ['+CREG', '+CREG: 1', 'registered'],
  ['+CREG', '+CREG: "1","5"', 'roaming'],
])('a network that %s tells as %s is seen', async (command, line, network) => {
  const bench = new Bench({
    modem: { personality: { ...standard, lacks: ['+CGREG', '+CEREG'] } },
    driver: { roaming: true },
  })
  bench.modem.faults.add({ fault: 'answer', command, lines: [line] })
  bench.driver.start(bench.told)
  await bench.clock.advance(20 * 60_000)
  expect(bench.facts).toMatchObject({ status: 'ready', network })
  expect(bench.driver.state.recoveries).toMatchObject({ restart: 0 })
})

test('the signal of a modem that knows the extended one only', async () => {
  const bench = new Bench({
    modem: { personality: { ...standard, answers: { '+CESQ': ['+CESQ: 099,099,255,255,020,050'] } } },
  })
  bench.modem.faults.add({ fault: 'answer', command: '+CSQ', lines: ['+CSQ: 99,99'] })
  bench.driver.start(bench.told)
  await bench.clock.advance(10_000)
  expect(bench.facts).toMatchObject({ signal_dbm: -91, signal_percent: 35 })
})

test('an index with zeros in front is the slot that it names', async () => {
  const bench = await Bench.ready()
  bench.modem.faults.add({ fault: 'lost_indication', times: 1 })
  await bench.clock.advance(2_100)
  bench.network.text({ from: friend, to: hub, text: 'hello' })
  await bench.clock.advance(3_000)
  bench.modem.emit('+CMTI: "SM",001')
  await bench.clock.advance(1_000)
  expect(bench.told.messages).toHaveLength(1)
})
