import { expect, test } from '@jest/globals'
import { accepts, givenFor, takeValue, wireOf } from '../../src/device/parameters/parameters.ts'
import { assemble } from '../../src/device/regular/instructions.ts'
import { run } from '../../src/device/regular/machine.ts'
import { parameter } from '../../src/device/schema/command.ts'
import { yaml } from './library.ts'

const context = { now: '2026-03-29T13:30:00Z', zone: 'Europe/Berlin', region: 'DE', phoneNumbers: 'plus' } as const
const specOf = (row: string) => parameter.parse(yaml(row))

// biome-ignore format: a table
const taken: readonly (readonly [row: string, given: unknown, wire: string, value: unknown])[] = [
  ['{ type: int }', '21.0', '21', 21],
  ['{ type: int }', '2.1e1', '21', 21],
  ['{ type: int }', '-3,00', '-3', -3],
  ['{ type: duration }', '90.0', '90', 90],
  ['{ type: decimal }', '2.15e1', '21.5', 21.5],
  ["{ type: enum, options: { '1': A, '2': B } }", '2.0', 'B', '2'],
  ['{ type: int, pad: 3 }', 5, '005', 5],
  ['{ type: int, pad: 3 }', '-5', '-005', -5],
  ['{ type: decimal, comma: true }', '22.5', '22,5', 22.5],
  ['{ type: decimal, comma: true }', '22,5', '22,5', 22.5],
  ['{ type: decimal, scale: 10 }', -12.3, '-123', -12.3],
  ['{ type: digits, length: 4 }', '0123', '0123', '0123'],
  ['{ type: text, pattern: ".{4,24}" }', 'Garage', 'Garage', 'Garage'],
  ['{ type: enum, options: { "ON": "1", "OFF": "0" } }', 'on', '1', 'ON'],
  ['{ type: enum, options: { "ON": "1", "OFF": "0" } }', false, '0', 'OFF'],
  ['{ type: enum, options: [C, c] }', 'c', 'c', 'c'],
  ['{ type: bool }', true, '1', true],
  ['{ type: bool, options: { "on": "Y", "off": "N" } }', 'off', 'N', false],
  ['{ type: phone }', '0151 12345678', '+4915112345678', '+4915112345678'],
  ['{ type: phone, phone: "00" }', '+49 151 12345678', '004915112345678', '+4915112345678'],
  ['{ type: phone, phone: national }', '+4915112345678', '015112345678', '+4915112345678'],
  ['{ type: ipv4 }', '203.0.113.7', '203.0.113.7', '203.0.113.7'],
  ['{ type: host }', 'server.example.org', 'server.example.org', 'server.example.org'],
  ['{ type: date, format: yyMMddHHmm }', 'now', '2603291530', '2026-03-29T15:30:00+02:00'],
  ['{ type: date, format: yyMMddHHmm }', '2026-03-29T15:30', '2603291530', '2026-03-29T15:30+02:00'],
  ['{ type: date, format: "d.M.yyyy H:mm" }', '2026-01-05T08:05:00Z', '5.1.2026 9:05', '2026-01-05T09:05:00+01:00'],
  ['{ type: time, format: HHmm }', '7:30', '0730', '7:30'],
  ['{ type: duration, format: HH.mm.ss }', 25, '00.00.25', 25],
  ['{ type: duration, format: HH.mm.ss }', '13.25.56', '13.25.56', 48_356],
  ['{ type: duration, format: mm }', '5min', '05', 300],
  ['{ type: duration, format: HHmmss }', '00:00:09', '000009', 9],
  ['{ type: duration, format: HHmmss }', '12:00:01', '120001', 43_201],
  ['{ type: duration }', '2h', '7200', 7200],
  ['{ type: zone, format: EHH }', '+02:00', 'E02', '+02:00'],
  ['{ type: zone, format: "±H" }', '-8', '-8', '-8'],
  ['{ type: zone }', 'UTC', '+00:00', 'UTC'],
  ['{ type: bits, options: ["0", "1", "?"], max: 4 }', '?1', '?1', '?1'],
  ['{ type: name_or_number, prefix: C, max: 76 }', 3, 'C3', 3],
  ['{ type: name_or_number, prefix: C, max: 76 }', 'Pump', 'Pump', 'Pump'],
  ['{ type: int, list: { separator: " ", skip: "?" } }', [30, null, 20], '30 ? 20', '30,?,20'],
]

test.each(taken)('%s takes %j as %j', (row, given, wire, value) => {
  const spec = specOf(row)
  expect(takeValue(spec, given, context)).toEqual({ wire, value })
  // What a simulated device makes of the wire text gives the same wire text again.
  expect(run(assemble(wireOf(spec)), wire).fits).toBe(true)
  expect(takeValue(spec, givenFor(spec, wire), context)?.wire).toBe(wire)
})

// biome-ignore format: a table
const refused: readonly (readonly [row: string, given: unknown, accepted: string])[] = [
  ['{ type: int, min: 1, max: 8 }', 9, 'a whole number from 1 to 8'],
  ['{ type: int }', '1.5e0', 'a whole number'],
  ['{ type: int }', 21.5, 'a whole number'],
  ['{ type: decimal }', '1e99', 'a number'],
  ['{ type: text }', 'unavailable', 'a text'],
  ['{ type: int, min: 1 }', '', 'a whole number from 1'],
  ['{ type: decimal, max: 5 }', 'NaN', 'a number up to 5'],
  ['{ type: digits, length: 4 }', '12a4', 'digits (4 of them)'],
  ['{ type: text, min: 4, max: 24 }', 'abc', 'a text (length from 4 to 24)'],
  ['{ type: enum, options: [a, b] }', 'constructor', 'one of a, b'],
  ['{ type: phone }', 'Bob', 'a phone number, best as +49…'],
  ['{ type: ipv4 }', 'example.org', 'an IPv4 address; the device does not resolve names'],
  ['{ type: ipv4 }', '1.2.3.256', 'an IPv4 address; the device does not resolve names'],
  ['{ type: host }', 'a b', 'a host name or an IP address'],
  ['{ type: date }', '2026-13-01', 'a time like 2026-03-29T15:30, or now'],
  ['{ type: time }', '25:00', 'a time of day like 07:30'],
  ['{ type: duration, max: 60 }', '2m', 'seconds up to 60, or a time like 00:05:00'],
  ['{ type: zone }', 'E20', 'a zone like +02:00, -5 or UTC'],
  ['{ type: bits, max: 2 }', '012', '0, 1 for each position (length up to 2)'],
  ['{ type: int, list: { separator: " " } }', '1,x', 'a list, each a whole number'],
]

test.each(refused)('%s refuses %j and names %s', (row, given, accepted) => {
  const spec = specOf(row)
  expect([takeValue(spec, given, context), accepts(spec)]).toEqual([null, accepted])
})

test('a long hostile value is checked in linear steps', () => {
  const spec = specOf('{ type: text, pattern: "(a+)+b" }')
  expect(takeValue(spec, 'a'.repeat(30_000), context)).toBeNull()
  expect(takeValue(spec, 'a'.repeat(50_000), context)).toBeNull()
})
