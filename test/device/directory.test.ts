import { expect, test } from '@jest/globals'
import { Directory } from '../../src/device/directory.ts'
import { sameNumber } from '../../src/device/parameters/numbers.ts'
import type { Address, TypeOfNumber } from '../../src/message/address.ts'

const gate = { id: 'gate', numbers: ['+4915112345678'] }
const bank = { id: 'bank', numbers: ['MyBank'] }
const short = { id: 'short', numbers: ['80888'] }
const dane = { id: 'dane', numbers: ['+4520123456'] }
const roman = { id: 'roman', numbers: ['+390612345678'] }
const camera = { id: 'camera', numbers: ['camera@house.lan'] }
const all = [gate, bank, short, dane, roman, camera]

const from = (number: string, ton: TypeOfNumber): Address => ({ number, ton, npi: ton === 'alphanumeric' ? 0 : 1 })

test.each<[string, TypeOfNumber, string | undefined, string | null]>([
  ['4915112345678', 'international', 'DE', 'gate'],
  ['4915112345678', 'international', undefined, 'gate'],
  ['4915112345678', 'unknown', 'DE', 'gate'],
  ['4915112345678', 'unknown', undefined, 'gate'],
  ['15112345678', 'national', 'DE', 'gate'],
  ['015112345678', 'national', 'DE', 'gate'],
  ['015112345678', 'unknown', 'DE', 'gate'],
  ['15112345678', 'unknown', undefined, 'gate'],
  // Spelt like it, and somebody else's.
  ['4915112345678', 'national', 'DE', null],
  ['2345678', 'national', 'DE', null],
  ['2345678', 'unknown', 'DE', null],
  ['2345678', 'subscriber', undefined, null],
  ['12345678', 'unknown', undefined, null],
  ['112345678', 'national', 'DE', null],
  ['15112345678', 'national', 'AT', null],
  ['015112345678', 'unknown', 'AT', null],
  ['15112345678', 'international', 'DE', null],
  ['4315112345678', 'international', 'DE', null],
  ['004915112345678', 'international', 'DE', null],
  // Names are never numbers.
  ['+4915112345678', 'alphanumeric', 'DE', null],
  ['4915112345678', 'alphanumeric', 'DE', null],
  ['015112345678', 'alphanumeric', 'DE', null],
  ['80888', 'alphanumeric', 'DE', null],
  ['gate', 'alphanumeric', 'DE', null],
  ['mybank', 'alphanumeric', 'DE', 'bank'],
  ['MyBank2', 'alphanumeric', 'DE', null],
  ['camera@house.lan', 'alphanumeric', 'DE', null],
  ['80888', 'unknown', 'DE', 'short'],
  ['80888', 'abbreviated', 'DE', 'short'],
  ['4980888', 'international', 'DE', null],
  // Countries with short numbers, and with a zero that is a part of them.
  ['20123456', 'national', 'DK', 'dane'],
  ['20123456', 'unknown', 'DK', 'dane'],
  ['20123456', 'unknown', undefined, null],
  ['20123456', 'national', 'DE', null],
  ['0612345678', 'national', 'IT', 'roman'],
  ['390612345678', 'international', 'IT', 'roman'],
])('a text of %s (%s) in the country %s is of %s', (number, ton, region, id) => {
  expect(new Directory(all, region).findOriginator(from(number, ton))[0]?.id ?? null).toBe(id)
})

test.each([
  ['+49 151 1234 5678', '+4915112345678', 'DE', true],
  ['(0151) 123-45678', '+4915112345678', 'DE', true],
  ['0151 12345678', '+4315112345678', 'DE', false],
  ['015112345678', '15112345678', undefined, true],
  ['5112345678', '015112345678', undefined, false],
])('%s and %s in the country %s are the same: %s', (a, b, region, same) => {
  expect([sameNumber(a, b, region), sameNumber(b, a, region)]).toEqual([same, same])
})
