import { describe, expect, test } from '@jest/globals'
import { readUssd, writeUssd } from '../../src/gateway/modem/calls/ussd-text.ts'
import { standard } from '../../src/simulator/modem/equipment/personality.ts'
import { personalities } from '../../src/simulator/modem/personalities.ts'
import { Bench } from './bench.ts'

const minute = 60_000

/** What the network answers, or how it failed. */
async function asked(bench: Bench, ...codes: string[]): Promise<string> {
  return bench.outcomeOf(bench.driver.can.ussd(codes).catch((error: Error) => `failed: ${error.message}`))
}

describe('a question to the network by USSD', () => {
  test('is answered with the text, and is told in plain where the make takes that', async () => {
    const bench = await Bench.ready()
    expect(await asked(bench, '*100#')).toBe('Your balance is 5.00')
    expect(bench.written).toContain('AT+CUSD=1,"*100#",15')
  })

  test('is packed into septets for a make that wants it so, and so is the answer', async () => {
    const bench = await Bench.ready({ modem: { personality: personalities.huawei_e1750 } })
    expect(await asked(bench, '*100#')).toBe('Your balance is 5.00')
    expect(bench.written).toContain('AT+CUSD=1,"AA180C3602",15')
  })

  test('is packed for a firmware that refuses it in plain, although its make takes that', async () => {
    const bench = await Bench.ready({ modem: { personality: { ...standard, packsUssd: true } } })
    expect(await asked(bench, '*100#')).toBe('Your balance is 5.00')
    expect(bench.written.filter((line) => line.startsWith('AT+CUSD=1'))).toEqual([
      'AT+CUSD=1,"*100#",15',
      'AT+CUSD=1,"AA180C3602",15',
    ])
  })

  test('goes through the menus that it names, and ends the session where it stops in one', async () => {
    const bench = await Bench.ready()
    expect(await asked(bench, '*101#', '1')).toBe('Your balance is 5.00')
    expect(bench.written).not.toContain('AT+CUSD=2')
    expect(await asked(bench, '*101#')).toBe('My account\n1 Balance\n2 Number')
    expect(bench.written).toContain('AT+CUSD=2')
    expect(await asked(bench, '*100#', '1')).toBe('failed: the network asked nothing more: "Your balance is 5.00"')
  })

  test('that the network does not know is refused in words', async () => {
    const bench = await Bench.ready()
    expect(await asked(bench, '*999#')).toBe('failed: the network does not know this code')
  })

  test('that is never answered ends, and texts go out after it', async () => {
    const bench = await Bench.ready({ behaviour: { acceptMs: [10 * minute, 10 * minute] } })
    expect(await asked(bench, '*100#')).toBe('failed: the network did not answer *100# within 30 s')
    expect(bench.written).toContain('AT+CUSD=2')
    bench.network.change({ acceptMs: [1_000, 1_000] })
    expect(await bench.send('next')).toMatchObject({ outcome: 'sent' })
  })

  test('of a modem that is not there fails at once with why', async () => {
    const bench = new Bench()
    bench.modem.unplug()
    bench.driver.start(bench.told)
    await bench.clock.advance(5_000)
    expect(await asked(bench, '*100#')).toMatch(/^failed: .*no such port/)
  })

  test('during which the modem resets fails, and is not asked again', async () => {
    const bench = await Bench.ready()
    bench.modem.faults.add({ fault: 'reset', at: 'command', command: '+CUSD' })
    expect(await asked(bench, '*100#')).toMatch(/^failed: /)
    await bench.until(() => bench.driver.ready)
    expect(bench.written.filter((line) => line.startsWith('AT+CUSD=1'))).toHaveLength(1)
  })
})

describe('the string of +CUSD', () => {
  test.each([
    ['packed, with a seventh septet filled up', '*123456#', 'packed'],
    ['packed, seven characters', '*12345#', 'packed'],
    ['packed, eight characters', 'What now', 'packed'],
    ['in UCS2', 'Guthaben: 5 €', 'ucs2'],
    ['in plain', 'Guthaben: 5', 'text'],
  ] as const)('%s, comes back as it was', (_, text, form) => {
    expect(readUssd(writeUssd(text, form), form === 'ucs2' ? 72 : 15, form)).toBe(text)
  })

  test.each([
    ['C8F71D14969741F977FD07', 15, 'packed', 'How are you?'],
    ['C8F71D14969741F977FD07', 15, 'text', 'How are you?'],
    ['00480069', 72, 'text', 'Hi'],
    ['00480069', 17, 'text', 'Hi'],
    ['12345678', 15, 'text', '12345678'],
    ['0171234567890123', 15, 'text', '0171234567890123'],
    ['5.00 EUR', 15, 'packed', '5.00 EUR'],
    ['', 15, 'packed', ''],
  ] as const)('%s with scheme %i, asked in %s, is read as %s', (string, dcs, form, text) => {
    expect(readUssd(string, dcs, form)).toBe(text)
  })
})
