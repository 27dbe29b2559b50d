import { describe, expect, test } from '@jest/globals'
import { type Device, messagesOf } from '../../src/device/device.ts'
import { readAnswer } from '../../src/device/receive/answer.ts'
import { readForward } from '../../src/device/receive/read.ts'
import { makeTrial } from '../../src/device/receive/try.ts'
import { composeCommand } from '../../src/device/send/compose-command.ts'
import { deviceOf, faultOf, profileOf, undated } from './library.ts'

const now = { now: '2026-03-29T15:30:00Z' }
const sms = (device: Device, command: string, params: Record<string, unknown> = {}): string | undefined =>
  composeCommand(device, command, params, now).texts[0]?.text
const verdict = (device: Device, command: string, text: string, params = {}): string =>
  readAnswer(device, { command, params, text: '' }, text, undated).verdict

/** Texts of routers, gates, intercoms and panels that their profiles do not hold, with what they say. */
// biome-ignore format: a table
const texts: readonly (readonly [profile: string, text: string, message: string, values: Record<string, unknown>])[] = [
  ['geneko/gwr', 'connected, WAN_IP: { 192.168.7.1 }', 'connected', { state: 'connected', ip: '192.168.7.1' }],
  ['geneko/gwr', 'DISCONNECTED', 'status', { state: 'disconnected', data_connected: false }],
  ['rayleigh/connect', 'Q9999999999999999 IO DI:0 DO:1', 'io', { device_id: 'Q9999999999999999', input_1: false, output_1: 'ON' }],
  ['rayleigh/connect', 'Q1234567890123456 RTC 2026-12-31 23:59:59', 'clock', { time: '2026-12-31T23:59:59' }],
  ['king-pigeon/rtu5020', 'DO1:OFF\r\nDO2: ON', 'outputs', { output_1: 'OFF', output_2: 'ON' }],
  ['king-pigeon/rtu5020', 'Model:\nVersion:\nIMEI:\nGSM Signal Value:\nExternal Power Goes ON\nDO1: Open\nDO2: Close', 'status', { mains: true, output_1: 'OFF', output_2: 'ON' }],
  ['king-pigeon/k2', 'AC Power Goes ON', 'power', { mains: true, event: 'power_restored' }],
  ['king-pigeon/k2', 'disarmed By +4915112345678', 'armed', { alarm_state: 'disarmed', user: '+4915112345678' }],
  ['king-pigeon/rtu5024', 'User deleted', 'remove_user', {}],
  ['tell/gate-control-20', 'SIGNAL (0-10)=10 INTYPE1=NC; IN1=1;STATUS=ALARM INTYPE2=NO; IN2=1000;STATUS=IDLE REL1=FIX;STATUS=ON REL2=1;STATUS=OFF SMSLIM=50', 'status', { signal_level: 10, input_1: true, input_2: false, output_1: 'ON', output_2: 'OFF' }],
  ['tell/pager', 'Relay2 activated: 254 sec.', 'relay', { output_2: 'ON', output_2_remaining: 254 }],
  ['tell/pager7', 'STATUS: U=13.80; S=-101dBm (9%); P1: 0; P2: 1; Z1: 0; T1: -7.5; I4: N/A; R1: 0; R2: 1; TIME (UTC): 2026-02-28 00:00:01;', 'status', { voltage: 13.8, signal_strength: -101, signal: 9, alarm_state_1: 'disarmed', alarm_state_2: 'armed_away', zone_1: 'OFF', temperature_1: -7.5, output_2: 'ON', time: '2026-02-28T00:00:01Z' }],
  ['aristel/an1706', 'Relay 1: release\nRelay 2: hold\nInput1: low\nInput 2:high', 'status', { output_1: 'OFF', output_2: 'ON', input_1: false, input_2: true }],
  ['aristel/an1706', 'Trigger 2 is active', 'input', { input_2: true, event: 'input' }],
  ['tousek/gsm-420', 'Out 1 off ; Out 2 on', 'outputs', { output_1: 'OFF', output_2: 'ON' }],
  ['ultrasecure/ultracom-4g', 'R2 CLOSE', 'closed', { output_2: 'OFF' }],
  ['ultrasecure/ultracom-4g', 'R2 OPEN 99s', 'opened_for', { event: 'opened', output_2_remaining: 99 }],
  ['wafer/gsm-relay6', 'OUT 010', 'outputs', { output_1: 'OFF', output_2: 'ON', output_3: 'OFF' }],
  ['wafer/gsm-relay6', 'OUT6 Timer Start ON for 65000 Seconds OK', 'timer', { output_6: 'ON', output_6_remaining: 65000 }],
  ['pyronix/enforcer', 'Area B Disarmed Zone 4 Fault', 'area', { alarm_state_b: 'disarmed', warnings: 'Zone 4 Fault' }],
  ['pyronix/enforcer', 'Area A Unset No Faults\r\nArea B Set No Faults', 'areas', { alarm_state_a: 'disarmed', alarm_state_b: 'armed_away' }],
  ['beninca/call', 'Sms sent: 17; Tx rec: 3; Sw:2.1.0; Fw:1.4.2.; Op:I TIM; phs:44/200', 'status', { firmware: '2.1.0', operator: 'I TIM' }],
  ['ksenia/gemino', 'SIM 1: 3.50, 01/02/2027 SIM 2: 0, 02/02/2027 IN: 1 0 OUT: 0 1', 'status', { credit: '3.50', input_1: true, input_2: false, output_2: 'ON' }],
  ['callny/g202', 'Relay OFF ! Operated by 0612345678', 'relay', { event: 'closed', user: '0612345678' }],
  ['gb/051', 'alarm8', 'alarm', { event: 'alarm', input_8: true }],
  ['generic/phone', 'Oui !', 'yes', { event: 'yes' }],
  ['generic/phone', 'https://maps.google.com/?q=-33.8568,151.2153', 'position', { latitude: -33.8568, longitude: 151.2153 }],
]

test.each(texts)('%s reads %j as %s', (profile, text, message, values) => {
  const { matches } = makeTrial([profileOf(profile)])(text, undated)
  expect(matches[0]).toMatchObject({ profile, message, values })
})

describe('the password stands where the device wants it', () => {
  // biome-ignore format: a table
  test.each([
    ['mikrotik/routeros', '{ settings: { password: k3y } }', 'script', { script: 'open' }, ':cmd k3y script open'],
    ['sierra-wireless/airlink', '{ settings: { password: "0042" } }', 'reset', {}, 'PW 0042 &&&reset'],
    ['sierra-wireless/airlink-os', '{ settings: { password: "0042" } }', 'apn', { apn: 'iot', user: 'me' }, 'smsPwd=0042,apn=iot,usr=me'],
    ['digi/connect-wan', '{ settings: { password: digi } }', 'help', { topic: 'ping' }, '#help ping,digi'],
    ['robustel/r3000', '{}', 'reset', {}, '0001'],
    ['cradlepoint/ibr', '{ settings: { password: 30ab42cd } }', 'status', {}, '30ab42cd,rstatus,'],
    ['netcomm/ntc', '{ settings: { password: secret } }', 'reconnect', { connection: 3 }, 'secret execute pdpcycle3'],
    ['2n/easygate-ip', '{ settings: { password: "77" } }', 'get', { items: '150,sim1_pin' }, 'EG GET 77 150 sim1_pin'],
    ['aristel/an1706', '{ settings: { access_password: "9999" } }', 'open', { relay: 2 }, '*74*9999#'],
    ['tell/pager', '{ variant: pager4 }', 'relay_for', { relay: 2, seconds: 7 }, '*R2=ON7, PWD=1234, CRQ#'],
    ['videx/4000-gsm', '{}', 'name', { flat: 12, name: "O'Neil" }, '1111STT12:"O\'Neil"?'],
    ['wm-systems/m2m-easy', '{ settings: { password: pass } }', 'disarm', {}, 'PW=pass,DISARM'],
    ['king-pigeon/rtu5023', '{}', 'temperature_limits', { low: -5, high: 30.5 }, '1234AINR1L-50H305#'],
    ['eldes/esim', '{ settings: { password: "1111" } }', 'zone', { zone: 'WINDOWS', state: 'off' }, '1111_WINDOWS:OFF;'],
  ])('%s: %s, %s', (profile, config, command, params, text) => {
    expect(sms(deviceOf(profile, config), command, params)).toBe(text)
  })
})

test('the same number is another command in another firmware, so the owner has to choose', () => {
  expect(faultOf(() => deviceOf('robustel/r3000-lite'))).toContain('"variant: firmware_1_4"')
  const old = deviceOf('robustel/r3000-lite', '{ variant: firmware_1_0 }')
  const young = deviceOf('robustel/r3000-lite', '{ variant: firmware_1_4 }')
  expect([sms(old, 'clear_data_limit', { sim: 1 }), sms(young, 'clear_data_limit', { sim: 1 })]).toEqual([
    '0007,1',
    '0010,1',
  ])
  expect(sms(young, 'event_counter', { input: 1, state: 'ON' })).toBe('0007,1,1')
})

test('a text edited in the router replaces the one it came with', () => {
  const router = deviceOf('teltonika/rut', '{ settings: { password: admin01, text_reboot: neustart } }')
  expect(sms(router, 'reboot')).toBe('admin01 neustart')
})

test('a text that nobody proved is not sent unless the owner allows it', () => {
  const given = '{ settings: {} }'
  expect(faultOf(() => sms(deviceOf('advantech/icr', given), 'reboot'))).toContain('"unproven: true" on device gate')
  expect(sms(deviceOf('advantech/icr', '{ unproven: "true" }'), 'reboot')).toBe('reboot')
})

test('a text that a gate passes on is none of its own', () => {
  const gate = deviceOf('tell/gate-control-20')
  const text = 'SMS forward from +36301234567: Your balance is 500'
  expect(readForward(gate, text)).toEqual({ from: '+36301234567', inner: 'Your balance is 500' })
  expect(verdict(gate, 'users', text)).toBe('none')
})

test('a pulse may not be repeated where a latch may', () => {
  const repeat = (config: string, command: string): string =>
    composeCommand(deviceOf('centurion/g-switch-22', config), command, { output: 1, state: 'ON' }, now).repeat
  const pulse = composeCommand(deviceOf('centurion/g-switch-22'), 'open', {}, now)
  expect([pulse.repeat, repeat('{ settings: { output_mode: latch } }', 'output')]).toEqual(['never', 'safe'])
  expect(faultOf(() => repeat('{}', 'output'))).toContain('output_mode: latch')
})

test('a person answers yes, no or anything else, in any wording', () => {
  const phone = deviceOf('generic/phone', '{ settings: { word_yes: mach mal } }')
  expect(['Ja', 'mach mal!', 'OK', 'Nope.', 'who is this?'].map((text) => verdict(phone, 'ask', text))).toEqual([
    'accepted',
    'accepted',
    'accepted',
    'refused',
    'accepted',
  ])
  const odd = readAnswer(phone, { command: 'ask', params: { text: 'Open?' }, text: '' }, 'who is this?', undated)
  expect(odd).toMatchObject({ any: true, by: 'any_text' })
  expect([verdict(phone, 'alert', 'ok'), verdict(phone, 'alert', 'no')]).toEqual(['accepted', 'none'])
  expect(sms(phone, 'say', { text: 'Grüße: 5 € für 水' })).toBe('Grüße: 5 € für 水')
})

test('anything else speaks the texts that its owner wrote', () => {
  const boiler = deviceOf(
    'generic/text',
    `
commands:
  heat: { text: "{password} HEATING {state}", params: { state: { type: enum, options: { "ON": "ON", "OFF": "OFF" } } }, repeat: safe, reply: { expect: required, accepted: "HEATING {=state} OK", refused: "LOCKED" } }
messages:
  water: { text: "WATER {temperature:decimal}~C", event: report }
settings: { password: hunter2 }
`,
  )
  expect(sms(boiler, 'heat', { state: 'on' })).toBe('hunter2 HEATING ON')
  expect([
    verdict(boiler, 'heat', 'heating on ok', { state: 'ON' }),
    verdict(boiler, 'heat', 'Locked', { state: 'ON' }),
  ]).toEqual(['accepted', 'refused'])
  expect(Object.keys(messagesOf(boiler))).toEqual(['water'])
})
