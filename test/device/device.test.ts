import { describe, expect, test } from '@jest/globals'
import { commandsOf, propertiesOf } from '../../src/device/device.ts'
import { DeviceConfig } from '../../src/device/device-config.ts'
import { readText } from '../../src/device/receive/read.ts'
import { composeCommand } from '../../src/device/send/compose-command.ts'
import { deviceOf, faultOf, makeProfile, undated, yaml } from './library.ts'

const now = '2026-03-29T13:30:00+00:00'

describe('a device', () => {
  test('speaks the only dialect, the default one, or the one that its owner chose', () => {
    expect(deviceOf('coban/tk103').dialect.variant).toBe('')
    expect(deviceOf('teltonika/fmb').dialect.variant).toBe('fmb')
    expect(deviceOf('king-pigeon/rtu5024', '{ variant: hash }').dialect.variant).toBe('hash')
  })

  test('needs a variant when there are several dialects: the refusal lists them and how to distinguish them', () => {
    const fault = faultOf(() => deviceOf('king-pigeon/rtu5024'))
    expect(fault).toContain('invalid_config: device gate: king-pigeon/rtu5024 has several dialects: choose')
    expect(fault).toContain('"variant: classic" for 1234CC (most units) (1234EE is answered)')
    expect(fault).toContain('"variant: hash"')
    expect(faultOf(() => deviceOf('king-pigeon/rtu5024', '{ variant: clasic }'))).toContain('has no variant "clasic"')
  })

  test.each([
    ['{ variant: classic, settings: { passwort: "1234" } }', 'there is no "passwort"; did you mean "password"?'],
    ['{ variant: classic, settings: { password: "12345" } }', '"password" takes digits (4 of them)'],
    ['{ variant: classic, settings: { relay_mode: both } }', '"relay_mode" takes one of pulse, latch, not "both"'],
  ])('with settings %s is refused: %s', (config, message) => {
    expect(faultOf(() => deviceOf('king-pigeon/rtu5024', config))).toContain(message)
  })

  test('needs the settings that its profile requires, and its secrets are not repeated in a refusal', () => {
    expect(faultOf(() => deviceOf('eldes/esim'))).toContain('settings of eldes/esim: "password" is needed')
    expect(faultOf(() => deviceOf('eldes/esim', '{ settings: { password: hush } }'))).not.toContain('hush')
  })

  test('keeps a password as it was written', () => {
    const device = deviceOf('elbro/smsb-m21t', '{ settings: { password: 0123 } }')
    expect(composeCommand(device, 'status', {}, { now }).texts[0]?.text).toBe('0123#?')
  })

  test('has the commands and properties that its settings allow', () => {
    const pulse = deviceOf('king-pigeon/rtu5024', '{ variant: classic }')
    const latch = deviceOf('king-pigeon/rtu5024', '{ variant: classic, settings: { relay_mode: latch } }')
    expect(Object.keys(commandsOf(pulse))).toEqual(expect.arrayContaining(['open', 'ring']))
    expect(Object.keys(commandsOf(latch))).toEqual(expect.arrayContaining(['on', 'off']))
    expect(Object.keys(commandsOf(latch))).not.toContain('open')
    expect([Object.keys(propertiesOf(pulse)), Object.keys(propertiesOf(latch))]).toEqual([['gate'], ['output_1']])
  })

  test('may have texts and commands of its own, in the grammar of the profiles', () => {
    const device = deviceOf(
      'generic/text',
      `
settings: { password: heimlich }
commands: { heat: { text: "{password} HEATING {state}", params: { state: { type: enum, options: { "ON": "ON", "OFF": "OFF" } } }, repeat: safe } }
messages: { power: { text: [ { text: POWER FAIL, set: { mains: "false" } }, { text: POWER RECOVERY, set: { mains: "true" } } ], event: power } }
properties: { heating: { entity: switch, "on": { heat: { state: "ON" } }, "off": { heat: { state: "OFF" } } } }
`,
    )
    expect(composeCommand(device, 'heat', { state: 'ON' }, { now }).texts[0]).toMatchObject({
      text: 'heimlich HEATING ON',
      masked: '*** HEATING ON',
    })
    expect(readText(device, 'power fail', undated)).toMatchObject([
      { message: 'power', values: { mains: false }, event: 'power' },
    ])
    expect(Object.keys(propertiesOf(device))).toEqual(['heating'])
  })

  test('may take an entry of its profile away, and is refused when its own text asks for what is not there', () => {
    expect(Object.keys(commandsOf(deviceOf('coban/tk103', '{ commands: { stop: null } }')))).not.toContain('stop')
    const fault = faultOf(() =>
      deviceOf('coban/tk103', '{ messages: { mine: { text: "{=pasword} {value_1:integer}" } } }'),
    )
    expect(fault).toContain('messages.mine.text.0: unknown name "pasword"; did you mean "password"?')
  })

  test('sends to the first number that can be dialled and hears them all', () => {
    const device = deviceOf('coban/tk103', '{ number: [MyTracker, 0151 12345678, "+491700000000"] }', { region: 'DE' })
    expect(device.numbers).toEqual(['MyTracker', '+4915112345678', '+491700000000'])
    expect(device.recipient).toBe('+4915112345678')
  })

  test('takes timing and zone from its owner first', () => {
    const device = deviceOf('coban/tk103', '{ time_zone: "+08:00", timing: { reply: 5m }, expected: 26h }')
    expect(device).toMatchObject({ timeZone: '+08:00', expected: 93_600 })
    expect(composeCommand(device, 'status', {}, { now }).reply.within).toBe(300)
    expect(composeCommand(deviceOf('coban/tk103'), 'status', {}, { now }).reply.within).toBe(120)
  })
})

test('the configuration of a device is checked key by key', () => {
  const parse = (text: string) => DeviceConfig.safeParse(yaml(text)).error?.issues[0]?.message
  expect(parse('{ profile: a/b, numbr: "1" }')).toMatch(/is missing|unknown key "numbr"; did you mean "number"/)
  expect(parse('{ profile: a/b, number: "+4915112345678", time_zone: Berlin }')).toContain('is not a time zone')
  expect(parse('{ profile: a/b, number: "+4915112345678", unproven: maybe }')).toContain('takes true or false')
  expect(parse('{ profile: a/b, number: "+4915112345678", valid_for: soon }')).toContain(
    'takes seconds, or a time like',
  )
})

test('a profile without dialects has no variant to choose', () => {
  const profile = makeProfile('commands: { on: { text: "ON", repeat: safe, source: manual } }')
  expect(faultOf(() => deviceOf(profile, '{ variant: other }'))).toContain('test/device has no variants')
})
