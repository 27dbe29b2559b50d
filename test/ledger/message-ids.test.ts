import { describe, expect, test } from '@jest/globals'
import { keyIn, keyOf, keysOf } from '../../src/ledger/outbox/message-ids.ts'
import { Ledger, minute } from '../support/ledger.ts'

/** A text that was sent, and whether a report that names it so is its own. */
function settles(given: string, reported: string, recipient = '4915112345601'): boolean {
  const ledger = new Ledger()
  const id = ledger.queue()
  ledger.sent(ledger.write(), given)
  const matched = ledger.report(reported, { recipient, scts: null, centre: null })
  expect(ledger.row(id).status).toBe(matched ? 'delivered' : 'sent')
  return matched
}

describe('the report of a carrier finds its text by the id', () => {
  test.each([
    ['as it was given', '1101C1-C9D03D-F000', '1101C1-C9D03D-F000'],
    ['with blanks around it', '0A1F', ' 0A1F '],
    ['in the other case', '5fb1f5d0-8c36-4a7e-8b0c-3f6f5e1a2b3c', '5FB1F5D0-8C36-4A7E-8B0C-3F6F5E1A2B3C'],
    ['without its leading zeros', '0000123456', '123456'],
    ['with leading zeros, in decimal for hexadecimal', '39f99dd5', '0972660181'],
    ['in decimal for hexadecimal', '10C8F40D', '281605133'],
    ['in hexadecimal for decimal', '870928761', '33E95179'],
    ['in decimal beyond 2^63', '812FC7470000001B', '9308878062554710043'],
    ['of 64 characters', 'a'.repeat(64), 'a'.repeat(64)],
  ])('%s', (_, given, reported) => {
    expect(settles(given, reported)).toBe(true)
  })

  test('though it does not name the recipient of the text', () => {
    expect(settles('id-1', 'id-1', '')).toBe(true)
  })

  test('and of no other recipient: an id may be ambiguous', () => {
    expect(settles('10', '16', '4915112345699')).toBe(false)
    expect(settles('10', '16')).toBe(true)
  })
})

test.each([
  ['another number', '1234', '1235'],
  ['a part of it', '1234', '123'],
  ['one that a number would make of it', '9308878062554710043', '9308878062554710044'],
  ['a UUID without its leading zero', '0fb1f5d0-8c36-4a7e-8b0c-3f6f5e1a2b3c', 'fb1f5d00-8c36-4a7e-8b0c-3f6f5e1a2b3c'],
])('the id of another text is %s', (_, given, reported) => {
  expect(settles(given, reported)).toBe(false)
})

test('an id in its own form goes before another form of it', () => {
  const ledger = new Ledger()
  const ids = ['16', '10'].map((given) => {
    const id = ledger.queue()
    ledger.sent(ledger.write(), given)
    return id
  })
  expect(ledger.report('10')).toBe(true)
  expect(ids.map((id) => ledger.row(id).status)).toEqual(['sent', 'delivered'])
})

test('a report that comes before the answer with the id waits for it, whatever form it names it in', () => {
  const ledger = new Ledger()
  const id = ledger.queue()
  const seq = ledger.write()
  expect(ledger.report('0972660181', { scts: null, centre: null })).toBe(false)
  ledger.now += minute
  ledger.sent(seq, '39f99dd5')
  expect(ledger.row(id)).toMatchObject({ status: 'delivered', final: 1 })
})

test('a report of a carrier is never given to a text whose id nobody learnt', () => {
  const ledger = new Ledger()
  const id = ledger.queue()
  ledger.doubt(ledger.write())
  expect(ledger.report('id-1')).toBe(false)
  expect(ledger.row(id)).toMatchObject({ status: 'sending', in_doubt: 1, final: 0 })
})

test('the same id within another account is another text', () => {
  const ledger = new Ledger()
  const id = ledger.queue()
  ledger.sent(ledger.write(), 'id-1')
  expect(ledger.report('id-1', { account: 'another' })).toBe(false)
  expect(ledger.row(id).status).toBe('sent')
})

test('two texts of the same key are distinguished by the spelling', () => {
  const ledger = new Ledger()
  const ids = ['0a', 'A', '0A'].map((given) => {
    const id = ledger.queue()
    ledger.now += 1_000
    ledger.sent(ledger.write(), given)
    return id
  })
  expect(ledger.report('A')).toBe(true)
  expect(ids.map((id) => ledger.row(id).status)).toEqual(['sent', 'delivered', 'sent'])
})

test('whatever a carrier names its texts, there are few keys of it, each is short, and SQL makes the same', () => {
  const ledger = new Ledger()
  const names = ['', ' ', '0', '00', ' 0x0F ', '\t7', 'f'.repeat(10_000), '9'.repeat(10_000), 'É\0ı'.repeat(100), '12']
  for (const name of names) {
    const keys = keysOf(name)
    expect(keys.length).toBeLessThanOrEqual(3)
    for (const key of keys) expect(key.length).toBeLessThanOrEqual(400)
    const made = ledger.engine.one<{ key: string }>(`SELECT ${keyIn('?')} AS key`, name.slice(0, 255))?.key
    expect(made).toBe(keyOf(name))
  }
})
