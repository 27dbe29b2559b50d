import { describe, expect, test } from '@jest/globals'
import { Fault } from '../../src/message/fault.ts'
import { readJson, readUtf8 } from '../../src/message/json.ts'
import { asksPrivacy, readPayload } from '../../src/message/payload.ts'
import { matchInbound, type TopicMatch } from '../../src/message/topics.ts'

const read = (topic: string, payload: string) => readPayload(matchInbound(topic) as TopicMatch, payload)

function faultOf(act: () => unknown): string {
  try {
    return `taken: ${JSON.stringify(act())}`
  } catch (error) {
    return error instanceof Fault ? `${error.code}: ${error.message}` : `thrown: ${String(error)}`
  }
}

const many = (count: number, one: (i: number) => string) => Array.from({ length: count }, (_, i) => one(i)).join()

describe('a payload', () => {
  test.each([
    '{"a": 1',
    '{"a": 1} x',
    '{"a": 1}{"b": 2}',
    '[1, 2',
    '["open"] x',
    '{"a": NaN}',
    "{'a': 1}",
    '{"a": 1, "a": 2}',
    '{"a": 1, "\\u0061": 2}',
    '{"b": {"a": 1, "a": 1}}',
    `${'['.repeat(60_000)}${']'.repeat(60_000)}`,
    `${'{"a":'.repeat(17)}1${'}'.repeat(17)}`,
    '['.repeat(60_000),
    '{"a":"\\',
  ])('that begins like JSON and is none, or is too deep or ambiguous, is refused: %#', (payload) => {
    for (const topic of ['gate/set', 'gate/set/x', 'gate/get', 'gate/command', 'gate/command/open', 'sms/send'])
      expect(faultOf(() => read(topic, payload))).toContain('invalid_payload: ')
  })

  test('may hold the same key in different objects, and brackets and quotes in texts', () => {
    expect(readJson('{"a": {"a": "[{\\"a\\""}, "b": [{"a": 1}, {"a": 2}]}')).toEqual({
      a: { a: '[{"a"' },
      b: [{ a: 1 }, { a: 2 }],
    })
  })

  test.each([
    [Buffer.from('\ufeff{"command": "close"}'), 'byte order mark'],
    [Buffer.from('{"command": "close"}', 'utf16le'), ''],
    [Buffer.from([0xff, 0xfe, 0x7b, 0]), 'not UTF-8'],
    [Buffer.from([0xc3, 0x28]), 'not UTF-8'],
    [Buffer.alloc(11, 'x'), '11 octets; at most 10 are taken'],
  ])('in another encoding or too long is refused: %#', (payload, reason) => {
    const limit = reason.startsWith('11') ? 10 : 1_000
    expect(faultOf(() => read('gate/set', readUtf8(payload, limit)))).toContain(`invalid_payload: `)
    expect(faultOf(() => read('gate/set', readUtf8(payload, limit)))).toContain(reason)
  })

  test.each([
    ['gate/get', 'OFF'],
    ['gate/get', 'unavailable'],
    ['gate/get', '[]'],
    ['gate/get', '5'],
    ['gate/get/temperature', '{"humidity": ""}'],
    ['gate/command', ''],
    ['gate/command', '5'],
    ['gate/command', 'true'],
    ['gate/command', 'null'],
    ['gate/command', '[]'],
    ['gate/command', '[5]'],
    ['gate/command', '{"command": 5}'],
    ['gate/command', '{"command": "open", "args": {}, "x": 1}'],
    ['gate/set', ''],
    ['gate/set', '{}'],
    ['gate/set/x', '{}'],
    ['gate/set/x', '{"value": 1, "y": 2}'],
    ['gate/set/x', ' '],
    ['gate/send', ''],
    ['gate/send', ' \n'],
    ['gate/send', 'unavailable'],
    ['gate/send', 'None'],
    ['sms/send/mum', ' '],
    ['sms/send', 'hello'],
    ['sms/send', '["mum"]'],
    ['sms/send', '{"to": "mum", "text": " "}'],
    ['sms/send', '{"to": [], "text": "x"}'],
    ['gate/command/open', '{"ttl": 60, "ttl": 1}'],
    ['gate/command/open', '{"ttl": 0}'],
    ...[
      ...['2026-12-24T18:00:00', '2026-12-24', '18:00', '2026-12-24T18:00:00+1', '2026-02-30T00:00:00Z', '12h', ''],
      ...['2026-12-24T24:00:00Z', '2026-12-24 18:00:00Z', '2026-13-01T00:00:00Z', '2026-12-24T18:00:00+15:00'],
    ].map((time) => ['gate/command/open', JSON.stringify({ send_at: time })] as [string, string]),
    ['gate/command/open', '{"send_at": 1798131600}'],
    ['gate/command/open', '{"priority": "toString"}'],
    ['gate/command/open', '{"force": "yes"}'],
  ])('that is not what %s takes is refused: %s', (topic, payload) => {
    expect(faultOf(() => read(topic, payload))).toMatch(/^invalid_payload: /)
  })

  test.each([
    ['2026-12-24T18:00:00+01:00', '2026-12-24T17:00:00.000Z'],
    ['2026-12-24T18:00+0100', '2026-12-24T17:00:00.000Z'],
    ['2026-12-24t17:00:00,5z', '2026-12-24T17:00:00.500Z'],
    ['2026-12-24T12:30:00.123456-04:30', '2026-12-24T17:00:00.123Z'],
    ['2028-02-29T23:59:59Z', '2028-02-29T23:59:59.000Z'],
  ])('names the instant of %s', (time, instant) => {
    const { meta } = read('gate/command/open', JSON.stringify({ send_at: time }))
    expect(new Date(meta.send_at ?? Number.NaN).toISOString()).toBe(instant)
  })

  test.each([
    ['gate/get', '', { verb: 'get', device: 'gate', property: null }],
    ['gate/get', '?', { verb: 'get', device: 'gate', property: null }],
    ['gate/get', 'press', { verb: 'get', device: 'gate', property: null }],
    ['gate/get', '{"battery": ""}', { verb: 'get', device: 'gate', property: 'battery' }],
    ['gate/command', ' open ', { verb: 'command', device: 'gate', name: 'open', args: {} }],
    ['gate/command', '"open"', { verb: 'command', device: 'gate', name: 'open', args: {} }],
    ['gate/set', '0123', { verb: 'set', device: 'gate', property: null, value: '0123' }],
    ['gate/set/x', '21.0', { verb: 'set', device: 'gate', property: 'x', value: '21.0' }],
    ['gate/send', ' unknown number? ', { verb: 'send', device: 'gate', text: ' unknown number? ' }],
    ['sms/send/mum', 'unavailable', { verb: 'text', to: 'mum', isTopic: true, text: 'unavailable' }],
  ])('on %s may be %s', (topic, payload, intent) => {
    expect(read(topic, payload).intents).toEqual([intent])
  })
})

describe('attack 5: one publish that asks for very much', () => {
  test.each([
    ['gate/set', `{${many(21, (i) => `"p${i}": 1`)}}`, 'properties'],
    ['gate/get', `{${many(21, (i) => `"p${i}": ""`)}}`, 'properties'],
    ['gate/command', `[${many(21, () => '"open"')}]`, 'commands'],
    ['sms/send', `{"text": "x", "to": [${many(21, (i) => `"+49151123456${i + 10}"`)}]}`, 'recipients'],
    ['sms/send', `{"text": "x", "to": "${many(4_500, (i) => `+4915112${i + 10_000}`)}"}`, 'recipients'],
    ['compat/sms2mqtt/send', `{"text": "x", "number": "${many(21, (i) => `+491511234${i + 1000}`)}"}`, 'recipients'],
  ])('on %s is one refusal: %#', (topic, payload, what) => {
    expect(faultOf(() => read(topic, payload))).toMatch(
      new RegExp(`^invalid_payload: one publish takes at most 20 ${what}, not `),
    )
  })

  test('twenty are taken', () => {
    expect(read('gate/set', `{${many(20, (i) => `"p${i}": 1`)}, "id": "a", "ttl": 5}`).intents).toHaveLength(20)
  })
})

describe('a payload asks for privacy', () => {
  test.each([
    '{"private": true}',
    '{"private":"yes"}',
    '{"PRIVATE" : 1}',
    String.raw`{"\u0070rivate": true}`,
    String.raw`{"text": "\u0041", "p\u0052ivate" : true}`,
    String.raw`[{"a": {"\u0070rivate": true}}]`,
    // It is refused, and nobody sees why.
    String.raw`{"\u0070rivate": true, "private": false}`,
    String.raw`{"\u0070rivate": true`,
    '{"to: "1", "private": true}',
  ])('%s', (payload) => {
    expect(asksPrivacy(payload)).toBe(true)
  })

  test.each([
    '{}',
    'private',
    '{"private": false}',
    String.raw`{"\u0070rivate" :  false}`,
    String.raw`{"text": "\u0022private\": true"}`,
    String.raw`{"text": "\u0070rivate", "to": 1}`,
  ])('not: %s', (payload) => {
    expect(asksPrivacy(payload)).toBe(false)
  })
})
