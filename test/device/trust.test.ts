import { describe, expect, test } from '@jest/globals'
import { DeviceConfig } from '../../src/device/device-config.ts'
import { isDangerous } from '../../src/device/receive/danger.ts'
import {
  contradicts,
  type Evidence,
  isQuestion,
  levelOf,
  questionFor,
  requiredFor,
} from '../../src/device/receive/evidence.ts'
import { readText } from '../../src/device/receive/read.ts'
import { deviceOf, makeProfile, undated, yaml } from './library.ts'

const rules = (text: string) =>
  DeviceConfig.parse({ profile: 'a/b', number: '+4915112345678', trust: yaml(text) }).trust

describe('the key', () => {
  test('one word is short for all three levels', () => {
    const ask = { every: 600, day: 5 }
    expect(rules('secret')).toEqual({ state: 'secret', danger: 'secret', settle: 'secret', learn: 5, ask })
    expect(rules('{ danger: route, learn: 3, ask: { every: 1h } }')).toEqual({
      state: 'number',
      danger: 'route',
      settle: 'number',
      learn: 3,
      ask: { every: 3600, day: 5 },
    })
  })

  test.each([
    'stranger',
    '{ state: nobody }',
    '{ ask: { every: 5 } }',
    '{ ask: { day: 100 } }',
    '{ learn: 0 }',
    '[secret]',
  ])('%s is refused', (text) => {
    expect(() => rules(text)).toThrow()
  })
})

const panel = makeProfile(`
settings:
  password: { type: digits, secret: true, default: "1234" }
commands:
  status: { label: Status, text: "{password} STATUS", repeat: safe, source: manual, asks: [alarm_state], reply: { expect: required, reads: disarmed } }
  disarm: { label: Off, text: "{password} OFF", repeat: safe, source: manual, sets: { alarm_state: disarmed } }
  pulse: { label: Pulse, text: PULSE, source: manual, danger: somebody may stand below, sets: { "output_{n}": "{state}" }, params: { n: { type: int }, state: { type: text } } }
messages:
  disarmed: { text: "[{=password} ]DISARMED", set: { alarm_state: disarmed }, source: manual }
  coded: { text: "CODE {password:digits}", source: manual, secret: [password] }
properties:
  zone_1: { entity: sensor, danger: [bypassed] }
`)

describe('a code of the device in a text proves that it is its own', () => {
  const own = deviceOf(panel, '{ settings: { password: "8642" } }')
  const provenBy = (device: typeof own, text: string) => readText(device, text, undated).map(({ proven }) => proven)
  test('where a message has the setting, or takes it as a field', () => {
    expect(provenBy(own, '8642 DISARMED')).toEqual([true])
    expect(provenBy(own, 'CODE 8642')).toEqual([true])
  })
  test('not another code, none, or the one of the factory', () => {
    expect(provenBy(own, 'DISARMED')).toEqual([false])
    expect(provenBy(own, '1111 DISARMED')).toEqual([])
    expect(provenBy(own, 'CODE 1111')).toEqual([false])
    expect(provenBy(deviceOf(panel), '1234 DISARMED')).toEqual([false])
  })
})

describe('the level of a text', () => {
  const nothing: Evidence = { proven: false, route: 'unknown', asked: false, mail: null }
  test.each<[string, Partial<Evidence>, string]>([
    ['secret', {}, 'number'],
    ['secret', { route: 'foreign' }, 'number'],
    ['secret', { route: 'known' }, 'route'],
    ['secret', { asked: true }, 'secret'],
    ['secret', { asked: true, route: 'foreign' }, 'number'],
    ['secret', { proven: true, route: 'foreign' }, 'secret'],
    ['route', { asked: true }, 'number'],
    ['route', { asked: true, route: 'known' }, 'secret'],
  ])('trust: %s, %j: %s', (trust, evidence, level) => {
    expect(levelOf(deviceOf(panel, `{ trust: ${trust} }`), { ...nothing, ...evidence })).toBe(level)
  })
})

test.each<[string, string, string | boolean, boolean]>([
  ['generic/text', 'alarm_state', 'disarmed', true],
  ['generic/text', 'alarm_state', 'armed_away', false],
  ['generic/text', 'door', true, true],
  ['generic/text', 'door', false, false],
  ['generic/text', 'gate', 'open', true],
  ['generic/text', 'engine_blocked', 'OFF', true],
  ['generic/text', 'engine_blocked', 'ON', true],
  ['generic/text', 'tamper', false, true],
  ['generic/text', 'relay', 'ON', false],
])('%s: %s %s is dangerous: %s', (profile, field, value, dangerous) => {
  expect(isDangerous(deviceOf(profile), field, value)).toBe(dangerous)
})

test('what a profile marks is dangerous: by a property, and by a command with a danger', () => {
  const device = deviceOf(panel)
  expect(isDangerous(device, 'zone_1', 'bypassed')).toBe(true)
  expect(isDangerous(device, 'zone_1', 'closed')).toBe(false)
  expect(isDangerous(device, 'output_3', 'ON')).toBe(true)
})

test('a danger needs its own level, and the strictest of all that apply', () => {
  const device = deviceOf(panel, '{ trust: { danger: secret } }')
  const claim = { values: {}, events: [], required: [] }
  expect(requiredFor(device, claim)).toBe('number')
  expect(requiredFor(device, { ...claim, values: { alarm_state: 'disarmed' } })).toBe('secret')
  expect(requiredFor(device, { ...claim, events: ['tamper_end'] })).toBe('secret')
  expect(requiredFor(deviceOf(panel), { ...claim, required: ['route'] })).toBe('route')
})

test('a question only asks', () => {
  const device = deviceOf(panel)
  expect(['status', 'disarm', 'pulse', 'nothing'].map((name) => isQuestion(device, name))).toEqual([
    true,
    false,
    false,
    false,
  ])
  expect(questionFor(device, ['alarm_state'])).toBe('alarm_state')
  expect(questionFor(device, ['nobody_asks_for_this'])).toBe('')
  expect(questionFor(deviceOf('diy/sim800l-relay'), ['output_1'])).toBeNull()
})

test('texts contradict each other in values that both have', () => {
  expect(contradicts({ alarm_state: 'disarmed' }, { alarm_state: 'armed_away' })).toBe(true)
  expect(contradicts({ alarm_state: 'disarmed' }, { battery: 3 })).toBe(false)
  expect(contradicts({ alarm_state: 'disarmed' }, { alarm_state: 'disarmed', battery: 3 })).toBe(false)
})
