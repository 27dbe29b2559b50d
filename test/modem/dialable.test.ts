import { describe, expect, test } from '@jest/globals'
import { refusalOf } from '../../src/message/dialable.ts'
import { encodeSubmit } from '../../src/sms/submit.ts'
import { seededRandom } from '../../src/util/random.ts'
import { Bench } from './bench.ts'

const never = [
  '112',
  '911',
  '999',
  '110',
  '000',
  '08',
  '0112',
  '00112',
  '+112',
  '10111',
  '1669',
  '+49112',
  '0049110',
  '+44999',
  '+1911',
  '+353112',
  '+2710111',
  '00411414',
  '18000',
  '+4418000',
  '004418000',
  '+44018000',
  '12110',
  '+8612110',
  '12110755',
  '+8612110021',
  '+8612119',
  '+8612395',
  '+471412',
  '+6570999',
  '+6571999',
  '+6570995',
  '+4201210',
  '+42118300',
  '+391530',
  '082911',
  '+2782911',
  '+911098',
  '',
  '+',
  '+1',
  '++49',
  '0',
]
const codes = ['*21*0900123456#', '#31#+4915112345678', '*100#', '+49151*5', '4915112345#']
const wrong = [
  '+0151123456',
  '+1234567890123456',
  '123456789012345678901',
  '+49 151 1',
  '12a',
  'Gate',
  '+4915112345678,1',
]

describe('a number', () => {
  test.each([...never, ...codes, ...wrong])('%j is neither texted to nor called', async (number) => {
    expect(refusalOf(number, 'text')).not.toBeNull()
    expect(refusalOf(number, 'call')).not.toBeNull()
    const request = {
      text: 'x',
      alphabet: 'gsm7',
      concat: null,
      messageReference: 0,
      validitySeconds: null,
      statusReport: false,
    } as const
    expect(() => encodeSubmit({ ...request, to: number })).toThrow()
  })

  test.each([
    '+4915112345678',
    '12345',
    '4915112345678',
    '18001',
    '+441800012345',
    '+8613912110755',
    '12110123456',
    '+47141234567',
    '+911098123456',
  ])('%s is both', (number) => {
    expect([refusalOf(number, 'text'), refusalOf(number, 'call')]).toEqual([null, null])
  })

  test.each(['015112345678', '0049151123456', '1002'])('%s is texted to, as it is dialled at home', (number) => {
    expect(refusalOf(number, 'text')).toBeNull()
    expect(refusalOf(number, 'call')).not.toBeNull()
  })
})

test('no order whatever makes a modem dial a code or an emergency number', async () => {
  const bench = await Bench.ready()
  const random = seededRandom(38)
  const signs = '0123456789*#+,;pwABCD >!@"\r\n'
  for (let i = 0; i < 10_000; i++) {
    const length = Math.floor(random() * 18)
    const number = Array.from({ length }, () => signs[Math.floor(random() * (i % 2 === 0 ? 12 : signs.length))]).join(
      '',
    )
    if (refusalOf(number, 'call') === null) continue
    const handover = await bench.driver.can.call({ number, seconds: 1 }, async () => 'go')
    expect(handover).toMatchObject({ outcome: 'refused', cause: { accepted: 'no', next: 'give_up' } })
  }
  expect(bench.written.filter((line) => line.startsWith('ATD'))).toEqual([])
  const taken = bench.driver.can.call({ number: '+4915112345678', seconds: 1 }, async () => 'go')
  await bench.outcomeOf(taken)
  expect(bench.written.filter((line) => line.startsWith('ATD'))).toEqual(['ATD+4915112345678;'])
})
