import { describe, expect, test } from '@jest/globals'
import { readUssd } from '../../src/gateway/modem/calls/ussd-text.ts'
import { Framer } from '../../src/gateway/modem/line/framer.ts'
import { operatorIn } from '../../src/gateway/modem/line/parse.ts'
import { finalIn } from '../../src/gateway/modem/line/results.ts'
import { textOfUcs2 } from '../../src/gateway/modem/line/ucs2.ts'
import { standard } from '../../src/simulator/modem/equipment/personality.ts'
import { seededRandom } from '../../src/util/random.ts'
import { Bench } from './bench.ts'

async function answerTo(...lines: string[]): Promise<string> {
  const bench = await Bench.ready()
  bench.modem.faults.add({ fault: 'answer', command: '+CUSD', lines, times: 1 })
  return bench.outcomeOf(bench.driver.can.ussd(['*100#']).catch((error: Error) => `failed: ${error.message}`))
}

describe('an answer by USSD', () => {
  test.each([
    ['in the alphabet of GSM', ['+CUSD: 0,"w{hlen",15'], 'wählen'],
    [
      'with control characters that are letters',
      ['+CUSD: 0,"\x02 5.00 \x00 \x01 \x10 \x1e \x11",15'],
      '$ 5.00 @ £ Δ ß _',
    ],
    ['with letters behind an escape', ['+CUSD: 0,"5 \x1be \x1b<a\x1b>",15'], '5 € [a]'],
    ['in UCS2 hex under any scheme', ['+CUSD: 0,"00480061006C006C006F",15'], 'Hallo'],
    ['in UCS2 hex, Cyrillic', ['+CUSD: 0,"04110430043B0430043D0441",15'], 'Баланс'],
    ['in UCS2 hex, Chinese', ['+CUSD: 0,"60A876844F59989D4E3A0035002E00305143",15'], '您的余额为5.0元'],
    ['in UCS2 hex under scheme 72', ['+CUSD: 0,"00310030002020AC",72'], '10 €'],
    ['without quotes', ['+CUSD: 0,Your balance is 5.00,15'], 'Your balance is 5.00'],
    ['without quotes and scheme', ['+CUSD: 0,Your balance is low'], 'Your balance is low'],
    ['in several lines', ['+CUSD: 1,"1 Balance', '2 Number', '> 3 More",15'], '1 Balance\n2 Number\n> 3 More'],
    ['in several lines, one of them OK', ['+CUSD: 0,"OK', 'OK', 'bye",15'], 'OK\nOK\nbye'],
    [
      'in several answers',
      ['+CUSD: 0,"Balance 5.00",15', '+CUSD: 0,"valid until May",15'],
      'Balance 5.00\nvalid until May',
    ],
    ['with quotes inside', ['+CUSD: 0,"say "hi" now",15'], 'say "hi" now'],
    ['with the number of the session in zeros and quotes', ['+CUSD: "00","hello","015"'], 'hello'],
    ['with its language in front', ['+CUSD: 0,"en', 'Hello",16'], 'Hello'],
    ['with UTF-8', [`+CUSD: 0,"${Buffer.from('5 €', 'utf8').toString('latin1')}",15`], '5 €'],
    ['packed', ['+CUSD: 0,"C8F71D14969741F977FD07",15'], 'How are you?'],
    ['of ASCII octets', ['+CUSD: 0,"42616C616E6365",68'], 'Balance'],
    ['of digits', ['+CUSD: 0,"12345678",15'], '12345678'],
  ])('%s', async (_, lines, text) => {
    expect(await answerTo(...lines)).toBe(text)
  })

  test('names its language in UCS2, too', () => {
    expect(readUssd('E576004800690021', 17, 'text')).toBe('Hi!')
    expect(readUssd('00480069', 17, 'text')).toBe('Hi')
  })
})

/** As a modem with UCS2 writes it. */
const wide = (text: string) => Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase()

describe('hex in an answer under any scheme, and in the name of an operator,', () => {
  test.each([
    '您的余额为5.00元。',
    '中国移动',
    '中国联通',
    '遠傳電信',
    '台灣大哥大',
    '残高は500円です',
    'ソフトバンク',
    '잔액은 5,000원입니다',
    'თქვენი ბალანსი',
    'მაგთი',
    'လက်ကျန်ငွေ',
    'ቀሪ ሂሳብ',
    'សមតុល្យ',
    'शेष राशि 5.00 है।',
    'ยอดเงินคงเหลือ 5.00',
    'رصيدك 5.00',
    'Số dư: 5.000đ',
    'Υπόλοιπο: 5,00 €',
    'МТС',
  ])('is the text %s', async (text) => {
    expect(readUssd(wide(text), 15, 'text')).toBe(text)
    expect(operatorIn([`+COPS: 0,0,"${wide(text)}",7`])?.operator).toBe(text)
  })

  test.each([
    // IMEI, IMEI with version, ICCID, numbers, dates
    '351234567890123',
    '3512345678901234',
    '89490200001234567890',
    '5678901267895432',
    '0123045607890912',
    '1012105510201011',
    '20261130',
    // Codes to top up with, addresses, keys
    '5C7D6B40',
    '8F3A5C7D9E12',
    '001A2B3C4D5E',
    'A1B2C3D4E5F60718',
    'DEADBEEFCAFEBABE',
    '4E1F62A39D0477B2C5E8',
    '9F3B6C01D2E48A57',
  ])('%s stays what it is', (code) => {
    expect(textOfUcs2(code, 'likely')).toBe(code)
    expect(operatorIn([`+COPS: 0,0,"${code}",7`])?.operator).toBe(code)
  })

  test('that is any number of digits stays a number', () => {
    const random = seededRandom(20261130)
    const digits = (count: number) => Array.from({ length: count }, () => Math.floor(random() * 10)).join('')
    const numbers = Array.from({ length: 2_000 }, (_, n) => digits(8 + 4 * (n % 4)))
    expect(numbers.filter((number) => textOfUcs2(number, 'likely') !== number)).toEqual([])
  })
})

test('the framer keeps what is a letter in the alphabet of GSM, and shows the line without', () => {
  const [token] = new Framer().push(Buffer.from('\r\n\0+CUSD: 0,"\x02\x00\x1b",15\r\n', 'latin1'))
  expect(token).toEqual({ kind: 'line', text: '+CUSD: 0,"",15', raw: '+CUSD: 0,"\x02\x00\x1b",15' })
})

describe('a modem that another program has left in UCS2', () => {
  test('is told another alphabet at the start', async () => {
    const bench = await Bench.ready()
    await bench.stop()
    bench.restart()
    await bench.until(() => bench.driver.ready)
    expect(bench.written).toContain('AT+CSCS="GSM"')
  })

  test('and stays there tells its operator and its callers all the same', async () => {
    const bench = new Bench()
    bench.modem.faults.add({ fault: 'error', at: 'command', command: '+CSCS' })
    const name = '0056006F006400610066006F006E0065'
    bench.modem.faults.add({ fault: 'answer', command: '+COPS', lines: [`+COPS: 0,0,"${name}",007`] })
    bench.driver.start(bench.told)
    await bench.until(() => bench.facts.operator !== null)
    expect(bench.facts).toMatchObject({ operator: 'Vodafone', technology: 'LTE' })
    bench.modem.emit('RING', '+CLIP: "002B00340039003100350031",145')
    await bench.clock.advance(3_000)
    expect(bench.told.calls).toEqual(['+49151'])
  })
})

describe('what a modem says at boot', () => {
  test.each(['DST: 0', 'ICCID: 89860012345678901234', '*PSUTTZ: 2026,11,22', 'something that nobody knows'])(
    '(%s) is not its maker',
    async (line) => {
      const bench = new Bench({ modem: { personality: { ...standard, manufacturer: 'SIMCOM', model: 'SIM800' } } })
      for (const command of ['+CGMI', '+CGMM'])
        for (const at of ['before_answer', 'inside_answer'] as const)
          bench.modem.faults.add({ fault: 'unsolicited', at, command, line, times: 1 })
      bench.driver.start(bench.told)
      await bench.until(() => bench.driver.ready)
      expect(bench.facts.model).toBe('SIM800')
      expect(bench.told.lines).toContainEqual(expect.stringContaining('SIMCOM SIM800 on'))
      // Its row of quirks is known.
      expect(bench.written).toContain('AT+CSCLK=0')
    },
  )
})

test.each([
  ['+CMS ERROR: Network out of order', 38],
  ['+CMS ERROR: network out of order', 38],
  ['+CMS ERROR: Operator determined barring', 8],
  ['+CMS ERROR: Unassigned (unallocated) number', 1],
  ['+CMS ERROR: Resources unavailable, unspecified', 47],
  ['+CMS ERROR: Interworking, unspecified', 127],
  ['+CMS ERROR: SC busy', 192],
  ['+CMS ERROR: SIM not inserted', 310],
  ['+CMS ERROR: 038', 38],
])('%s is %d', (line, number) => {
  expect(finalIn(line)).toMatchObject({ family: 'cms', number })
})

test.each([
  ['Network out of order', 38, 'unknown'],
  ['Congestion', 42, 'no'],
])('a refusal by the network in words is one: %s', async (words, number, accepted) => {
  const bench = await Bench.ready()
  bench.modem.faults.add({
    fault: 'error',
    at: 'before_acceptance',
    command: '+CMGS',
    verbatim: `+CMS ERROR: ${words}`,
    times: 1,
  })
  expect(await bench.send('x')).toMatchObject({
    outcome: 'refused',
    cause: { code: number, accepted, next: 'retry' },
  })
})

test('ERROR alone behind the message says nothing about the network: it stays in doubt', async () => {
  const bench = await Bench.ready()
  bench.modem.faults.add({ fault: 'error', at: 'after_acceptance', command: '+CMGS', times: 1 })
  expect(await bench.send('x')).toMatchObject({ outcome: 'refused', cause: { code: null, accepted: 'unknown' } })
})
