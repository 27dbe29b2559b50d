import { describe, expect, test } from '@jest/globals'
import { composeCommand } from '../../src/device/send/compose-command.ts'
import { deviceOf, faultOf, makeProfile } from './library.ts'

const now = '2026-03-29T13:30:00+00:00'

const classic = '{ variant: classic }'
const textsOf = (device: ReturnType<typeof deviceOf>, name: string, params: unknown = {}, counter = 0): string[] =>
  composeCommand(device, name, params, { now, counter }).texts.map(({ text }) => text)

describe('a command', () => {
  test('is its template in the frame of the profile', () => {
    expect(textsOf(deviceOf('king-pigeon/rtu5024', classic), 'open')).toEqual(['1234CC'])
    expect(textsOf(deviceOf('eldes/esim', '{ settings: { password: "2222" } }'), 'arm', { partition: 2 })).toEqual([
      '2222_ARM2',
    ])
  })

  test('keeps blanks in front, and the terminators', () => {
    expect(textsOf(deviceOf('teltonika/fmb'), 'locate')).toEqual(['  getgps'])
    expect(textsOf(deviceOf('teltonika/fmb', '{ variant: ft }'), 'locate')).toEqual([' getgps'])
    expect(textsOf(deviceOf('bauser/gam', '{ settings: { password: ABCD } }'), 'status')).toEqual(['ABCD;ST;'])
    expect(textsOf(deviceOf('bauser/gam'), 'status')).toEqual(['ST;'])
  })

  test('knows the time in the zone of the device', () => {
    const berlin = deviceOf('king-pigeon/rtu5024', '{ variant: classic, time_zone: Europe/Berlin }')
    expect(textsOf(berlin, 'clock')).toEqual(['1234T2603291530#'])
    expect(composeCommand(berlin, 'clock', {}, { now }).params).toEqual({ now: '2026-03-29T15:30:00+02:00' })
  })

  test('has everything that the flows need', () => {
    const gate = deviceOf('king-pigeon/rtu5024', classic)
    expect(composeCommand(gate, 'open', {}, { now })).toMatchObject({
      command: 'open',
      repeat: 'never',
      danger: null,
      ring: null,
      proof: 'printed',
      reply: { expect: 'optional', within: 60, texts: 1, anyText: false },
      limits: { alphabet: 'ascii', parts: 1 },
    })
    expect(composeCommand(gate, 'ring', {}, { now })).toMatchObject({ texts: [], ring: 12 })
    expect(composeCommand(gate, 'access', { who: 'listed' }, { now }).danger).toBe('anyone who calls may open')
    expect(composeCommand(deviceOf('coban/tk103'), 'stop', {}, { now })).toMatchObject({
      repeatWindow: 60,
      sets: { engine_blocked: 'ON' },
      reply: { afterPending: 43_200 },
    })
    expect(composeCommand(deviceOf('diy/sim800l-relay'), 'relay', { relay: 2, state: 'on' }, { now }).sets).toEqual({
      output_2: 'ON',
    })
  })

  test('masks secrets by their place, settings and parameters alike', () => {
    const composed = composeCommand(
      deviceOf('king-pigeon/rtu5024', classic),
      'change_password',
      { new: '1234' },
      { now },
    )
    expect(composed.texts).toMatchObject([{ text: '1234P1234', masked: '***P***', wait: 0 }])
    expect(composed.shown).toEqual({ new: '***' })
    expect(composed.secrets).toEqual({ password: '1234' })
    const server = composeCommand(deviceOf('sinotrack/st-901'), 'server', { ip: '45.0.0.246', port: 10000 }, { now })
    expect(server.texts[0]).toMatchObject({ text: '8040000 45.0.0.246 10000', masked: '804*** 45.0.0.246 10000' })
  })

  test('writes numbers as the device wants them', () => {
    const gate = deviceOf('king-pigeon/rtu5024', classic, { region: 'DE', hubNumber: '+49 1511 2345678' })
    expect(textsOf(gate, 'authorise')).toEqual(['1234TEL004915112345678#'])
    expect(textsOf(gate, 'add_user', { slot: 7, number: '0151 12345678' })).toEqual(['1234A007#004915112345678#'])
    expect(textsOf(deviceOf('teltonika/fmb'), 'identify', { number: '+37069012345' })).toEqual([
      '  getimeiccid 37069012345',
    ])
  })

  test('may be several texts, ask for its answer, and carry a number of its own', () => {
    const profile = makeProfile(`
frames: { all: "{password}#{command}[{request}]" }
settings: { password: { type: digits, length: 4, secret: true, default: "1111" } }
commands:
  season: { text: "#{season}", params: { season: { type: enum, options: { summer: "06", winter: "07" } } }, repeat: safe, source: manual }
  mode: { text: "#{mode}", params: { mode: { type: enum, options: { "off": "03" } } }, repeat: safe, source: manual, reply: { expect: required, any_text: true, request: "?" } }
  "summer_off": { steps: [ { command: season, params: { season: summer } }, { command: mode, params: { mode: "{mode}" }, wait: 10 } ], params: { mode: { type: text } }, repeat: safe, source: manual }
  locate: { frame: none, text: "AT+GTRTO=gl300,1,{counter:hex4}$", repeat: safe, source: manual }
`)
    const device = deviceOf(profile)
    expect(textsOf(device, 'mode', { mode: 'off' })).toEqual(['1111##03?'])
    expect(composeCommand(device, 'summer_off', { mode: 'off' }, { now }).texts).toMatchObject([
      { text: '1111##06', masked: '***##06', command: 'season', goes: 'then', wait: 0 },
      { text: '1111##03?', masked: '***##03?', command: 'mode', goes: 'then', wait: 10 },
    ])
    expect(textsOf(device, 'locate', {}, 26)).toEqual(['AT+GTRTO=gl300,1,001A$'])
    expect(composeCommand(device, 'locate', {}, { now, counter: 26 }).params).toEqual({ counter: 26 })
  })

  test('leaves out what is empty in brackets, and nothing else', () => {
    const device = deviceOf('eldes/esim', '{ settings: { password: "1111" } }')
    expect(textsOf(device, 'temperature_limits', { sensor: 2, min: -15, max: 30 })).toEqual([
      '1111_TEMP2:MIN:-15,MAX:30',
    ])
    expect(textsOf(device, 'temperature_limits', { sensor: 2, min: -15, max: 30, name: 'Garage' })).toEqual([
      '1111_TEMP2:MIN:-15,MAX:30,NAME:Garage',
    ])
    expect(textsOf(device, 'output_for', { output: 3, state: 'ON', time: 25 })).toEqual(['1111_C3:ON:00.00.25'])
  })

  test('takes one value or several, and skips the places that are left alone', () => {
    const tracker = deviceOf('teltonika/fmb')
    expect(textsOf(tracker, 'outputs', { states: '01', seconds: [30, 60] })).toEqual(['  setdigout 01 30 60'])
    expect(textsOf(tracker, 'outputs', { states: '01', seconds: '30,?', speeds: [null, 20] })).toEqual([
      '  setdigout 01 30 ? ? 20',
    ])
  })
})

describe('a command is refused', () => {
  const gate = deviceOf('king-pigeon/rtu5024', classic)
  test.each([
    ['opne', {}, 'unknown_command: gate has no command "opne"; did you mean "open"? (it has open, ring, relay_time,'],
    ['constructor', {}, 'unknown_command: gate has no command "constructor"'],
    ['on', {}, 'not_allowed: on exists only with relay_mode: latch'],
    ['relay_time', {}, 'out_of_range: relay_time needs "seconds": a whole number from 0 to 999 (s)'],
    [
      'relay_time',
      { seconds: 1000 },
      'out_of_range: "seconds" of relay_time takes a whole number from 0 to 999 (s), not 1000',
    ],
    ['relay_time', { seconds: 5.5 }, 'out_of_range: "seconds" of relay_time takes a whole number'],
    ['relay_time', { second: 5 }, 'out_of_range: relay_time has no parameter "second"; did you mean "seconds"?'],
    ['relay_time', { seconds: { value: 5 } }, 'out_of_range: "seconds" of relay_time takes'],
    ['relay_time', [5], 'out_of_range: relay_time takes its parameters as an object'],
    ['access', { who: 'nobody' }, 'out_of_range: "who" of access takes one of anyone, listed, not "nobody"'],
    ['change_password', { new: '12345' }, 'out_of_range: "new" of change_password takes digits (4 of them)'],
    ['add_user', { slot: 1, number: 'Bob' }, 'out_of_range: "number" of add_user takes a phone number'],
    ['text_on', { text: 'Tür offen' }, 'encoding_error: text_on would send "ü"; the device takes ASCII'],
    ['authorise', {}, 'not_allowed: the hub does not know its own number'],
  ])('%s %j: %s', (name, params, message) => {
    expect(faultOf(() => composeCommand(gate, name, params, { now }))).toContain(message)
  })

  test('without the secret in the words that refuse it', () => {
    expect(faultOf(() => composeCommand(gate, 'change_password', { new: '98765' }, { now }))).not.toContain('98765')
  })

  test('when the text is longer than the device takes, or in letters that it does not know', () => {
    const tracker = deviceOf('teltonika/fmb')
    const long = faultOf(() =>
      composeCommand(tracker, 'set_parameter', { parameter: 2001, value: 'x'.repeat(200) }, { now }),
    )
    expect(long).toContain('out_of_range')
    const profile = makeProfile(
      'sms: { alphabet: gsm7, parts: 1 }\ncommands: { say: { text: "{words}", params: { words: { type: text } }, repeat: safe, source: manual } }',
    )
    expect(faultOf(() => composeCommand(deviceOf(profile), 'say', { words: 'x'.repeat(161) }, { now }))).toContain(
      'text_too_long: say would take 2 parts; the device takes 1',
    )
    expect(faultOf(() => composeCommand(deviceOf(profile), 'say', { words: 'Привет' }, { now }))).toContain(
      'encoding_error',
    )
    expect(textsOf(deviceOf(profile), 'say', { words: 'ä€'.repeat(50) })[0]).toHaveLength(100)
  })

  test('when no manual proves it, unless the owner allows that', () => {
    const config = 'settings: { password: "1111" }'
    const fault = faultOf(() =>
      composeCommand(deviceOf('eldes/esim', `{ ${config} }`), 'output', { output: 3, state: 'ON' }, { now }),
    )
    expect(fault).toContain('not_allowed: no manual proves output of eldes/esim; "unproven: true"')
    const allowed = composeCommand(
      deviceOf('eldes/esim', `{ unproven: true, ${config} }`),
      'output',
      { output: 3, state: 'ON' },
      { now },
    )
    expect(allowed).toMatchObject({ proof: 'unproven', texts: [{ text: '1111_C3:ON' }] })
  })
})
