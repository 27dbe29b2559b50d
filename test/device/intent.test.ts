import { describe, expect, test } from '@jest/globals'
import { sampleDevices } from '../../src/device/sample.ts'
import { composeCommand } from '../../src/device/send/compose-command.ts'
import { commandArguments, resolveGet, resolveSet } from '../../src/device/send/intent.ts'
import { allProfiles, deviceOf, faultOf, makeProfile } from './library.ts'

const at = '2026-01-01T00:00:00Z'
const gate = deviceOf('king-pigeon/rtu5024', '{ variant: classic }')
const latch = deviceOf('king-pigeon/rtu5024', '{ variant: classic, settings: { relay_mode: latch } }')
const thermostat = deviceOf('elbro/smsb-m21t')
const panel = deviceOf('eldes/esim', '{ settings: { password: "1111" } }')

describe('set', () => {
  test.each([
    [gate, null, 'OPEN', 'open'],
    [gate, null, 'open', 'open'],
    [gate, 'gate', 'PRESS', 'open'],
    [gate, 'gate', 'ON', 'open'],
    [gate, 'gate', 1, 'open'],
    [gate, 'gate', true, 'open'],
    [latch, 'output_1', 'ON', 'on'],
    [latch, null, 'off', 'off'],
    [latch, 'output_1', 0, 'off'],
    [latch, 'output_1', 'false', 'off'],
    [panel, 'alarm_state', 'ARM_AWAY', 'arm'],
    [panel, null, 'ARM', 'arm'],
    [panel, null, 'DISARM', 'disarm'],
  ])('%# takes the plain words of a client', (device, property, value, command) => {
    expect(resolveSet(device, property, value)).toMatchObject({ command, params: {} })
  })

  test('hands a value to the command that takes one', () => {
    expect(resolveSet(thermostat, 'target_temperature', 21)).toEqual({
      command: 'temperature',
      params: { temperature: 21 },
      property: 'target_temperature',
    })
    const { command, params } = resolveSet(deviceOf('diy/sim800l-relay'), 'output_2', 'ON')
    expect(
      composeCommand(deviceOf('diy/sim800l-relay'), command, params, { now: '2026-01-01T00:00:00Z' }).texts[0]?.text,
    ).toBe('relay2 on')
  })

  test('toggles by the present value where the device has no toggle of its own', () => {
    expect(resolveSet(latch, null, 'TOGGLE', 'ON').command).toBe('off')
    expect(resolveSet(latch, null, 'toggle', 'OFF').command).toBe('on')
    expect(faultOf(() => resolveSet(latch, null, 'TOGGLE'))).toContain('is not known: ask for it first')
    expect(resolveSet(gate, null, 'TOGGLE').command).toBe('open')
  })

  test('takes the property that the profile calls primary, else the first that can be set', () => {
    const profile = makeProfile(`
commands: { a: { text: A, repeat: safe, source: manual }, b: { text: "B{level}", params: { level: { type: int, min: 1, max: 9 } }, repeat: safe, source: manual } }
properties: { temperature: { entity: sensor }, output_1: { entity: switch, "on": a }, "level": { entity: number, set: { b: { level: "{value}" } }, primary: true } }
`)
    expect(resolveSet(deviceOf(profile), null, '5')).toEqual({
      command: 'b',
      params: { level: '5' },
      property: 'level',
    })
  })

  test.each([
    [gate, 'gate', 'CLOSE', 'out_of_range: "gate" of gate takes PRESS, not "CLOSE"'],
    [latch, 'output_1', 'OPEN', 'out_of_range: "output_1" of gate takes ON, OFF, not "OPEN"'],
    [thermostat, 'temperature', 5, 'out_of_range: "temperature" of gate can\'t be set'],
    [gate, 'gaet', 'OPEN', 'unknown_property: gate has no property "gaet"; did you mean "gate"?'],
    [gate, 'constructor', 'OPEN', 'unknown_property'],
    [deviceOf('generic/text'), null, 'ON', 'unknown_property: gate has nothing that can be set'],
  ])('%# is refused with what would be taken', (device, property, value, message) => {
    expect(faultOf(() => resolveSet(device, property, value))).toContain(message)
  })

  test('with a value that is out of range is refused by the command', () => {
    const { command, params } = resolveSet(thermostat, 'target_temperature', 100)
    expect(faultOf(() => composeCommand(thermostat, command, params, { now: '2026-01-01T00:00:00Z' }))).toContain(
      'takes a whole number from 1 to 69 (°C), not 100',
    )
  })
})

describe('get', () => {
  test('asks with the query of the property, the command that asks for the field, or for the whole state', () => {
    expect(resolveGet(thermostat, 'temperature').command).toBe('status')
    expect(resolveGet(thermostat, 'voltage').command).toBe('supply')
    expect(resolveGet(panel, 'zone_7').command).toBe('status')
    expect(resolveGet(panel, null).command).toBe('status')
    expect(resolveGet(deviceOf('coban/tk103'), 'apn').command).toBe('status')
    expect(resolveGet(deviceOf('kamstrup/gsm-module'), null).command).toBe('status')
  })

  test('of what the device does not know is refused', () => {
    expect(faultOf(() => resolveGet(thermostat, 'humidity'))).toContain(
      'unknown_property: gate has no property "humidity"',
    )
    expect(faultOf(() => resolveGet(deviceOf('generic/text'), null))).toContain('has no command that queries its state')
  })
})

describe('the payload of a command', () => {
  test('is an object of parameters, less the keys of the hub', () => {
    expect(commandArguments(gate, 'add_user', '{"slot": 1, "number": "123456", "id": "a", "ttl": 5}')).toEqual({
      slot: 1,
      number: '123456',
    })
  })

  test('is the one value that the command needs', () => {
    expect(commandArguments(gate, 'relay_time', ' 5 ')).toEqual({ seconds: '5' })
    expect(commandArguments(gate, 'change_password', '0123')).toEqual({ new: '0123' })
    expect(commandArguments(gate, 'text_on', '"1e5"')).toEqual({ text: '1e5' })
    expect(commandArguments(gate, 'text_on', '1e5')).toEqual({ text: '1e5' })
    expect(commandArguments(gate, 'access', 'anyone')).toEqual({ who: 'anyone' })
  })

  test('is empty, PRESS or an object where the command needs nothing, and nothing else', () => {
    for (const payload of ['', ' ', 'PRESS', 'press', '{}', '{"id": "a"}'])
      expect(commandArguments(gate, 'open', payload)).toEqual({})
    const others = [
      'OFF',
      'ON',
      '1',
      '0',
      'true',
      'false',
      'unavailable',
      'unknown',
      'None',
      'null',
      '[]',
      '["open"]',
      '"open"',
      '2.5',
    ]
    for (const payload of others)
      expect(faultOf(() => commandArguments(gate, 'open', payload))).toContain(
        'invalid_payload: open takes an empty payload, PRESS or a JSON object',
      )
    for (const payload of ['{"ttl": 60', '[', '{"a": 1} x', '{"a": NaN}', "{'a': 1}", '{"a":1,"\\u0061":2}'])
      expect(faultOf(() => commandArguments(gate, 'open', payload))).toContain('invalid_payload')
  })

  test('is no value where a template had none', () => {
    for (const payload of ['unavailable', 'unknown', 'None', 'undefined', '"unavailable"'])
      expect(() =>
        composeCommand(gate, 'text_on', commandArguments(gate, 'text_on', payload), { now: '2026-01-01T00:00:00Z' }),
      ).toThrow('takes a text')
  })

  test('is the value of the one parameter that the command may have', () => {
    expect(commandArguments(panel, 'arm', 'PRESS')).toEqual({})
    expect(commandArguments(panel, 'arm', '2')).toEqual({ partition: '2' })
  })

  test('is no state where the only parameter is a word that may be left out, on any device', () => {
    const tried = allProfiles()
      .flatMap(sampleDevices)
      .flatMap((device) => {
        const words = [
          'OFF',
          'ON',
          'off',
          'false',
          'true',
          '0',
          'open',
          'CLOSE',
          'disarm',
          'no',
          '"OFF"',
          'unavailable',
        ]
        return Object.entries(device.dialect.commands).flatMap(([name, { params }]) => {
          const [spec, ...more] = Object.values(params)
          const isWord = spec !== undefined && ['text', 'name_or_number', 'digits'].includes(spec.type)
          if (!isWord || more.length > 0 || !spec.optional || spec.options !== undefined) return []
          return words.map((word) => {
            const compose = () => composeCommand(device, name, commandArguments(device, name, word), { now: at })
            return [device.profile.id, name, word, faultOf(compose) === 'no fault']
          })
        })
      })
    expect(tried.length).toBeGreaterThan(50)
    expect(tried.filter(([, , , isTaken]) => isTaken)).toEqual([])
    const dsc = deviceOf('dsc/3g2055', '{ settings: { access_code: "1234" } }')
    expect(commandArguments(dsc, 'disarm', '1')).toEqual({ partition: '1' })
    expect(commandArguments(dsc, 'disarm', 'Garage')).toEqual({ partition: 'Garage' })
    expect(commandArguments(dsc, 'disarm', '{"partition": "Off"}')).toEqual({ partition: 'Off' })
    expect(faultOf(() => commandArguments(dsc, 'disarm', 'OFF'))).toContain('"OFF" is a state')
  })

  test('is refused when one value cannot be enough', () => {
    expect(faultOf(() => commandArguments(gate, 'add_user', '5'))).toContain(
      'add_user takes a JSON object with "slot": a whole number from 1 to 500; "number": a phone number',
    )
    expect(faultOf(() => commandArguments(gate, 'opne', ''))).toContain('unknown_command')
  })
})
