import { expect, test } from '@jest/globals'
import { formatNumber, isDialable, normaliseNumber, sameNumber } from '../../src/device/parameters/numbers.ts'

test.each([
  ['+49 151 1234-5678', undefined, '+4915112345678'],
  ['0049 (151) 12345678', undefined, '+4915112345678'],
  ['0151 12345678', 'DE', '+4915112345678'],
  ['0151 12345678', undefined, '015112345678'],
  ['80888', 'DE', '80888'],
  ['*100#', 'DE', '*100#'],
  ['MyBank 24', 'DE', 'MyBank 24'],
  ['123456', 'XX', '123456'],
])('the number %j in %s is kept as %s', (text, region, kept) => {
  expect(normaliseNumber(text, region)).toBe(kept)
})

test.each([
  ['+4915112345678', '4915112345678', true],
  ['+4915112345678', '015112345678', true],
  ['+4915112345678', '004915112345678', true],
  ['15112345678', '+4915112345678', true],
  ['+4915112345678', '+4315112345678', false],
  ['+4915112345678', '345678', false],
  ['80888', '80888', true],
  ['80888', '+4980888', false],
  ['MyBank', 'mybank', true],
  ['MyBank', '+4915112345678', false],
])('%s and %s are the same: %s', (a, b, same) => {
  expect([sameNumber(a, b), sameNumber(b, a)]).toEqual([same, same])
})

test('a device gets numbers in the form that it wants', () => {
  const forms = (number: string) =>
    (['plus', 'plain', '00', 'national'] as const).map((form) => formatNumber(number, form, 'DE'))
  expect(forms('0151 12345678')).toEqual(['+4915112345678', '4915112345678', '004915112345678', '015112345678'])
  expect(forms('80888')).toEqual(['80888', '80888', '80888', '80888'])
})

test('names of senders and codes of the network are not texted', () => {
  expect(['+4915112345678', '80888', '*100#', 'MyBank', ''].map(isDialable)).toEqual([true, true, false, false, false])
})
