import { describe, expect, test } from '@jest/globals'
import { type Device, makeDevice } from '../../src/device/device.ts'
import { DeviceConfig } from '../../src/device/device-config.ts'
import { lintProfile } from '../../src/device/lint/index.ts'
import type { Profile } from '../../src/device/profile/profile.ts'
import { type Answer, readAnswer } from '../../src/device/receive/answer.ts'
import { readText } from '../../src/device/receive/read.ts'
import { makeTrial } from '../../src/device/receive/try.ts'
import { composeCommand } from '../../src/device/send/compose-command.ts'
import { heldBy as heldIn } from '../../src/submit/made-for.ts'
import { deviceOf, faultOf, makeProfile, undated } from './library.ts'

function answer(device: Device, name: string, params: unknown, text: string, counter = 0): Answer {
  const composed = composeCommand(device, name, params, { now: '2026-01-01T00:00:00Z', counter })
  return readAnswer(
    device,
    { command: composed.command, params: composed.params, text: composed.texts[0]?.text ?? '' },
    text,
    undated,
  )
}

const heldBy = (device: Device) => heldIn(device, { print: String })

const gate = deviceOf('king-pigeon/rtu5024', '{ variant: classic, settings: { password: "4711" } }')

describe('an answer', () => {
  test('is a pattern of the command, with its parameters in it', () => {
    expect(answer(gate, 'clock', {}, 'Set Time OK !')).toMatchObject({ verdict: 'accepted', by: 'pattern', any: false })
    expect(
      answer(gate, 'change_password', { new: '6666' }, 'Password changed to 6666, please remember it carefully.')
        .verdict,
    ).toBe('accepted')
    expect(
      answer(gate, 'change_password', { new: '6666' }, 'Password changed to 7777, please remember it carefully.')
        .verdict,
    ).toBe('none')
  })

  test('is a message of the profile that the command reads', () => {
    expect(answer(gate, 'open', {}, 'RELAY ON')).toMatchObject({
      verdict: 'accepted',
      by: 'message',
      message: 'opened',
      event: 'opened',
    })
    expect(
      answer(deviceOf('diy/sim800l-relay'), 'relay', { relay: 2, state: 'OFF' }, 'Relay 2 has been OFF'),
    ).toMatchObject({ verdict: 'accepted', values: { output_2: 'OFF' } })
  })

  test('may be a refusal, of this command or of any', () => {
    expect(answer(gate, 'open', {}, 'SMS Format Error, Please check Caps Lock in Command!').verdict).toBe('refused')
    expect(answer(deviceOf('siemens/tel50-gsm'), 'temperature', {}, 'TEMP NOT VALID').verdict).toBe('refused')
  })

  const family = makeProfile(`
accepted: "Set {_:word} ok"
already: "{_:word} is on already"
refused: [{ text: "Nope {_:int}", reason: not_possible }, "Bad password", "Not in the list"]
pending: "Will do when parked"
commands:
  siren: { text: SIREN, repeat: safe, sets: { output_1: "ON" }, reply: { expect: required }, examples: [{ sms: SIREN, already: Siren is on already, pending: Will do when parked, refused: Nope 7, reply: Set siren ok }], source: manual }
  status: { text: STATUS, repeat: safe, asks: [battery], reply: { expect: required, reads: status }, examples: [{ sms: STATUS }], source: manual }
messages:
  status: { text: "Battery {battery:percent}", examples: [{ text: "Battery 80%", values: { battery: 80 } }], source: manual }
`)

  test('may be one of the family, for each of its commands', () => {
    expect(lintProfile(family)).toEqual([])
    const device = deviceOf(family)
    const said = (text: string, command = 'siren') => {
      const { verdict, already, reason } = answer(device, command, {}, text)
      return [verdict, already, reason]
    }
    expect(said('Set siren ok')).toEqual(['accepted', false, null])
    expect(said('SIREN is on already')).toEqual(['accepted', true, null])
    expect(said('FW 2\nSiren is on already.')).toEqual(['accepted', true, null])
    expect(said('Will do when parked')).toEqual(['pending', false, null])
    expect(said('Nope 7')).toEqual(['refused', false, 'not_possible'])
    expect(said('Bad password')).toEqual(['refused', false, 'wrong_password'])
    expect(said('Not in the list')).toEqual(['refused', false, null])
    expect(said('No permission!')).toEqual(['refused', false, 'not_authorised'])
    // A query is answered by what it asks for.
    expect(said('Set siren ok', 'status')).toEqual(['none', false, null])
    expect(said('Bad password', 'status')).toEqual(['refused', false, 'wrong_password'])
    expect(answer(device, 'status', {}, 'Battery 70%').values).toEqual({ battery: 70 })
  })

  const spoken = makeProfile(`
words: { arm: { ARMED: armed_away } }
accepted: Command ok
commands:
  arm: { text: ARM, repeat: safe, sets: { alarm_state: armed_away }, reply: { expect: required, refused: Wrong code }, examples: [{ sms: ARM, reply: Command ok, refused: Wrong code }], source: manual }
messages:
  status: { text: "Battery:{battery:percent}[, mains voltage {voltage:decimal}V][, {alarm_state:arm}]", examples: [{ text: "Battery:80%, mains voltage 13V, ARMED", values: { battery: 80 } }], source: manual }
  power: { text: Power cut, event: power_cut, level: high, examples: [{ text: Power cut, values: { event: power_cut } }], source: manual }
dialects:
  german:
    label: German
    source: manual
    says: { Battery: Akku, mains voltage: Netz, Command ok: Befehl ausgeführt, Wrong code: Falscher Code }
    words: { arm: { SCHARF: armed_away } }
    texts: { power: "Netz fehlt[!]" }
    examples: [{ text: "Akku:70%, Netz 12V, SCHARF", values: { battery: 70, voltage: 12, alarm_state: armed_away } }, { text: Netz fehlt!, values: { event: power_cut } }]
  old:
    label: Firmware 1
    source: manual
    says: { Battery: BAT }
    examples: [{ text: "BAT:60%", values: { battery: 60 } }]
`)

  test('and a message may be in the words of other firmware', () => {
    expect(lintProfile(spoken)).toEqual([])
    const device = deviceOf(spoken)
    const said = (text: string) => {
      const { verdict, reason, dialect } = answer(device, 'arm', {}, text)
      return [verdict, reason, dialect]
    }
    expect(said('Command ok')).toEqual(['accepted', null, null])
    expect(said('Befehl ausgeführt')).toEqual(['accepted', null, 'german'])
    expect(said('FW 2\nBefehl ausgeführt!')).toEqual(['accepted', null, 'german'])
    expect(said('Falscher Code')).toEqual(['refused', 'wrong_password', 'german'])
    const read = (text: string) => readText(device, text, undated)[0]
    expect(read('Battery:80%')).toMatchObject({ reading: 'exact', dialect: null, values: { battery: 80 } })
    expect(read('AKKU:70%, Netz 12V')).toMatchObject({ reading: 'exact', dialect: 'german', values: { voltage: 12 } })
    expect(read('BAT:60%')).toMatchObject({ reading: 'exact', dialect: 'old', values: { battery: 60 } })
    expect(read('Box 7\nNetz fehlt')).toMatchObject({ reading: 'partial', dialect: 'german', event: 'power_cut' })
    expect(read('Akku: 33 %\nunbekannt')).toMatchObject({ reading: 'partial', values: { battery: 33 } })
    expect(read('Befehl ausgeführt')).toBeUndefined()
    const { matches } = makeTrial([spoken])('Akku:70%, Netz 12V', undated)
    expect(matches).toMatchObject([{ message: 'status', dialect: 'german' }])
    expect(makeTrial([spoken])('Befehl ausgeführt', undated).matches).toMatchObject([
      { message: 'accepted', dialect: 'german' },
    ])
  })

  const speaking = (layer: string, isSettled: boolean) => {
    const speech = { profile: 'test/device', layer, isSettled }
    const config = DeviceConfig.parse({ profile: 'test/device', number: '+4915112345678' })
    return (profile: Profile): Device => makeDevice('gate', config, profile, {}, { learned: {}, pending: {}, speech })
  }

  test('that no other words explain shows what the device speaks', () => {
    const device = deviceOf(spoken)
    const shows = (text: string) =>
      readText(device, text, undated).map(({ dialect, isDistinct }) => isDistinct && dialect)
    expect(shows('Akku:70%, Netz 12V')).toEqual(['german'])
    expect(shows('Battery:80%')).toEqual([null])
    expect(shows('Box 7\nNetz fehlt')).toEqual([false])
    const answers = (text: string) => answer(device, 'arm', {}, text).isDistinct
    // The second one is in the words of old firmware, too.
    expect(['Befehl ausgeführt', 'Command ok', 'whatever'].map(answers)).toEqual([true, false, false])
    // As every device of another profile, which has one dialect.
    expect(readText(deviceOf(family), 'Battery 70%', undated)[0]?.isDistinct).toBe(false)
  })

  const dated = makeProfile(`
accepted: Done
commands:
  arm: { text: "{password} ARM", repeat: safe, reply: { expect: required }, examples: [{ sms: 1234 ARM, reply: Done }], source: manual }
settings: { password: { type: digits, secret: true, default: "1234" } }
messages:
  power: { text: "Power {mains:on_off} {time:date(dd/MM/yyyy HH:mm:ss)}", examples: [{ text: "Power ON 01/02/2026 10:00:00", values: { time: "2026-02-01T10:00:00" } }], source: manual }
dialects:
  american:
    label: American
    source: manual
    says: { Done: Did it }
    texts: { power: "Power {mains:on_off} {time:date(MM/dd/yyyy HH:mm:ss)}" }
    sends: { arm: "{password} LOCK" }
    examples: [{ text: "Power ON 12/31/2026 10:00:00", values: { time: "2026-12-31T10:00:00" } }]
`)

  test('that several dialects explain is read in the one that the device speaks, and every other one as before', () => {
    expect(lintProfile(dated)).toEqual([])
    const times = (device: Device, ...texts: string[]) =>
      texts.map((text) => readText(device, `Power ON ${text}/2026 10:00:00`, undated)[0]?.values.time)
    const own = ['2026-02-01T10:00:00', '2026-12-31T10:00:00', '2026-12-31T10:00:00']
    expect(times(deviceOf(dated), '01/02', '31/12', '12/31')).toEqual(own)
    for (const isSettled of [false, true])
      expect(times(speaking('american', isSettled)(dated), '01/02', '31/12', '12/31')).toEqual([
        '2026-01-02T10:00:00',
        '2026-12-31T10:00:00',
        '2026-12-31T10:00:00',
      ])
    expect(readText(deviceOf(dated), 'Power ON 01/02/2026 10:00:00', undated)[0]?.isDistinct).toBe(false)
  })

  test('and a command is sent in a dialect once that is settled, or its owner says so', () => {
    const sent = (device: Device) => composeCommand(device, 'arm', {}, { now: '2026-01-01T00:00:00Z' }).texts[0]?.text
    expect(sent(deviceOf(dated))).toBe('1234 ARM')
    expect(sent(speaking('american', false)(dated))).toBe('1234 ARM')
    expect(sent(speaking('american', true)(dated))).toBe('1234 LOCK')
    expect(sent(deviceOf(dated, '{ dialect: american }'))).toBe('1234 LOCK')
    // What is scheduled holds for as long as the same is sent.
    expect(heldBy(speaking('american', false)(dated))).toEqual(heldBy(deviceOf(dated)))
    expect(heldBy(speaking('american', true)(dated))).not.toEqual(heldBy(deviceOf(dated)))
    expect(heldBy(speaking('american', true)(dated))).toEqual(heldBy(deviceOf(dated, '{ dialect: american }')))
    expect(heldBy(speaking('german', true)(spoken))).toEqual(heldBy(deviceOf(spoken)))
    // Evidence of another profile, or of a dialect that is gone, is none.
    expect(speaking('german', true)(dated).speaks).toBeNull()
    expect(speaking('german', true)(makeProfile('', 'other/device')).speaks).toBeNull()
    expect(faultOf(() => deviceOf(dated, '{ dialect: german }'))).toBe(
      'invalid_config: device gate: test/device has no dialect "german": use none, american',
    )
    expect(faultOf(() => deviceOf(family, '{ dialect: german }'))).toBe(
      'invalid_config: device gate: test/device has no dialect "german": it has none: leave "dialect" out',
    )
  })

  test('whose dialect is wrong is refused with what to mend', () => {
    const wrong = (dialect: string): unknown => {
      const base =
        'messages: { status: { text: "Battery:{battery:percent}", examples: [{ text: "Battery:8%" }], source: manual } }\n' +
        'commands: { arm: { text: "{password} ARM", repeat: safe, examples: [{ sms: 1234 ARM }], source: manual } }\n' +
        'settings: { password: { type: digits, secret: true, default: "1234" } }'
      return lintProfile(makeProfile(`${base}\ndialects: { german: { label: German, ${dialect} } }`)).map(
        ({ path, message }) => `${path}: ${message}`,
      )
    }
    expect(wrong('says: { Battry: Akku }, examples: [{ text: "Akku:8%" }]')).toEqual([
      'dialects.german: has no source',
      'dialects.german.says: "Battry" is in no pattern of the profile',
      'dialects.german.examples.0: "Akku:8%" is not read in its words',
    ])
    expect(wrong('source: manual, says: { Battery: Akku }')).toEqual(['dialects.german: has no example'])
    expect(
      wrong('source: manual, says: { Battery: Akku }, examples: [{ text: "Akku:8%", values: { battery: 9 } }]'),
    ).toEqual([expect.stringContaining('dialects.german.examples.0: "Akku:8%": ')])
    const example = 'source: manual, says: { Battery: Akku }, examples: [{ text: "Akku:8%", values: { battery: 8 } }]'
    expect(wrong(`${example}, sends: { arm: AN }`)).toEqual([
      'dialects.german.sends.arm: has other holes than password',
    ])
    expect(() => wrong(`${example}, sends: { arn: AN }`)).toThrow(
      'there is no command "arn" with a text; did you mean "arm"?',
    )
    expect(() => makeProfile('dialects: { none: { label: None } }')).toThrow(
      '"none" stands for the words of the profile',
    )
    expect(() => wrong('source: manual, texts: { state: "Akku" }')).toThrow(
      'there is no message "state"; did you mean "status"?',
    )
  })

  test('of the family is not repeated by a command, and a reason is one that results have', () => {
    const repeated = makeProfile(`
refused: Nope
commands: { siren: { text: SIREN, reply: { expect: required, accepted: OK, refused: Nope }, examples: [{ sms: SIREN, reply: OK, refused: Nope }], source: manual } }
`)
    expect(lintProfile(repeated)).toEqual([
      {
        path: 'commands.siren.reply.refused',
        message: '"Nope" is an answer to every command of the profile: leave it out',
      },
    ])
    expect(() => makeProfile('refused: [{ text: Nope, reason: bored }]')).toThrow(
      'takes one of wrong_password, not_authorised, wrong_format, not_possible',
    )
  })

  test.each([
    ['coban/tk103', 'pwd fail!', 'wrong_password'],
    ['coban/tk103', 'That authorized phone number is not setup in the tracker', 'not_authorised'],
    ['computherm/gsm158', 'Invalid format, please check and try again later', 'wrong_format'],
    ['computherm/gsm158', 'No authorisation user', 'not_authorised'],
    ['aika/gt-901', '指令格式错误!', 'wrong_format'],
    ['king-pigeon/rtu5023', 'SMS Format Error, Please check Caps Lock in Command!', 'wrong_format'],
    ['rf-solutions/eztext', 'NO AUTHORISATION', 'not_authorised'],
    ['smsvaga/scale', 'Unknown command!', 'wrong_format'],
  ])('says why %s refuses with %j', (profile, text, reason) => {
    const device = deviceOf(profile, '{}', { hubNumber: '+4915112345600' })
    for (const command of Object.keys(device.dialect.commands))
      expect(readAnswer(device, { command, params: {}, text: '' }, text, undated)).toMatchObject({
        verdict: 'refused',
        reason,
      })
  })

  test.each([
    'pwd error',
    'password err!',
    'wrong password',
    'Password Error',
    'Command error!',
    'Command not supported',
    'Unknown command!',
    'Incorrect password, please try again!',
    'error: invalid parameter',
    'Sorry, your password is wrong.',
    'no permission',
  ])('that says %j refuses, also where the profile knows how the command is accepted', (text) => {
    for (const [profile, command] of [
      ['coban/tk103', 'locate'],
      ['coban/tk103', 'stop'],
      ['concox/gt06', 'locate'],
      ['concox/gt06', 'cut_fuel'],
    ] as const)
      expect([profile, command, answer(deviceOf(profile), command, {}, text).verdict]).toEqual([
        profile,
        command,
        'refused',
      ])
    expect(answer(deviceOf('teltonika/fmb', '{ variant: fmb }'), 'locate', {}, text).verdict).toBe('refused')
  })

  test.each(['no error', 'Failed calls: 3', 'battery low', 'Error log: empty', 'Number of users: 3'])(
    'that says %j refuses nothing',
    (text) => {
      expect(answer(deviceOf('coban/tk103'), 'stop', {}, text).verdict).toBe('none')
    },
  )

  test('may be put off', () => {
    const tracker = deviceOf('coban/tk103')
    expect(answer(tracker, 'stop', {}, 'it will be executed after speed less than 20KM/H').verdict).toBe('pending')
    expect(answer(tracker, 'stop', {}, 'Stop engine Success!').verdict).toBe('accepted')
  })

  test('is any text where the wording is unknown, but not a text that the device sends unasked', () => {
    const panel = deviceOf('eldes/esim', '{ settings: { password: "1111", zone_text_1: door triggered } }')
    expect(answer(panel, 'arm', {}, 'System armed by user 1')).toMatchObject({
      verdict: 'accepted',
      by: 'any_text',
      any: true,
    })
    expect(answer(panel, 'arm', {}, 'door triggered').verdict).toBe('none')
    expect(answer(panel, 'arm', {}, ' ').verdict).toBe('none')
  })

  test('may come in several texts, each with its position', () => {
    const panel = deviceOf('eldes/esim', '{ settings: { password: "1111" } }')
    expect(answer(panel, 'status', {}, 'Z1:door; Z2:yard;')).toMatchObject({ verdict: 'accepted', part: 2 })
    expect(answer(panel, 'status', {}, 'The system in DISARMED. Z1:ON C1:CONTROLLER1:OFF')).toMatchObject({
      verdict: 'accepted',
      part: 1,
      values: { alarm_state: 'disarmed' },
    })
  })

  test('may repeat the command or carry its number', () => {
    const cmr = deviceOf('siemens/logo-cmr', '{ settings: { password: "hush;hush" } }')
    expect(answer(cmr, 'output', { output: 1, state: 'ON' }, 'OUTPUT=O1,1:OK').verdict).toBe('accepted')
    expect(answer(cmr, 'output', { output: 1, state: 'ON' }, 'OUTPUT=O1,0:OK').verdict).toBe('none')
    const profile = makeProfile(
      'commands: { locate: { text: "AT+GTRTO=1,{counter:hex4}$", repeat: safe, source: manual, reply: { expect: required, accepted: "+ACK:GTRTO,{_:word},{=counter}" } } }',
    )
    expect(answer(deviceOf(profile), 'locate', {}, '+ACK:GTRTO,13579,001A', 26).verdict).toBe('accepted')
    expect(answer(deviceOf(profile), 'locate', {}, '+ACK:GTRTO,13579,001B', 26).verdict).toBe('none')
  })

  test('keeps the time that its command was sent with', () => {
    const profile = makeProfile(
      'commands: { clock: { text: "T{now}", params: { now: { type: date, format: HHmm, default: now } }, repeat: safe, source: manual, reply: { expect: required, accepted: "time is {=now}" } } }',
    )
    expect(answer(deviceOf(profile), 'clock', {}, 'time is 0000').verdict).toBe('accepted')
  })

  test('does not show the secrets that it repeats', () => {
    const changed = answer(
      gate,
      'change_password',
      { new: '6666' },
      'Password changed to 6666, please remember it carefully.',
    )
    expect(changed.masked).toBe('Password changed to ***, please remember it carefully.')
    expect(answer(gate, 'open', {}, 'I do not know 4711CC or 4711').masked).toBe('I do not know ***CC or ***')
    const hash = deviceOf('king-pigeon/rtu5024', '{ variant: hash }')
    expect(answer(hash, 'user', { slot: 1 }, '001:004413500001111\n002: Empty').masked).toBe('001:***\n002: ***')
  })

  test('to a command that the profile no longer has is none', () => {
    expect(readAnswer(gate, { command: 'gone', params: {}, text: 'x' }, 'ok 4711', undated)).toMatchObject({
      verdict: 'none',
      masked: 'ok ***',
    })
  })
})
