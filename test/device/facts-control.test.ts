import { expect, test } from '@jest/globals'
import { readAnswer } from '../../src/device/receive/answer.ts'
import { makeTrial } from '../../src/device/receive/try.ts'
import { composeCommand } from '../../src/device/send/compose-command.ts'
import { deviceOf, profileOf, undated } from './library.ts'

/** Texts of generators, pumps, tanks, heaters, alarm panels and scales that their profiles do not hold, with what they say. */
// biome-ignore format: a table
const texts: readonly (readonly [profile: string, text: string, message: string, values: Record<string, unknown>])[] = [
  // Generators and pumps
  ['comap/intelilite', 'Genset Name (23:59:01 31.12.2015)\r\n23:58:59 Remote Stop', 'event', { unit_name: 'Genset Name', time: '2015-12-31T23:59:01', event: 'remote_stop' }],
  ['comap/intelilite', 'Hospital North\nAL=(Emergency Stop *!, Low Fuel *)', 'alarm', { unit_name: 'Hospital North', alarms: 'Emergency Stop *!, Low Fuel *', event: 'alarm' }],
  ['comap/igs-nt', 'IGS 1 (01:02:03 04.05.2016)\n01:02:00 Load on Genset', 'event', { alarm_text: 'Load on Genset', time: '2016-05-04T01:02:03' }],
  ['acwagro/centre-pivot', 'Pivot stopped', 'stopped', { run_state: 'stop' }],
  ['cel/cel-2in', 'check pump 1', 'status', { alarm_1: true, event: 'pump_alarm' }],
  // Solar: a range in brackets is no value
  ['victron/global-remote', 'System state: inverter\r\nAlarms: low battery, overload\r\nWarnings: temperature\r\nDC: 23.1V -48.02A\r\nAC in: 0V 0.0A 0Hz\r\nAC out: 228V 4.9A 50.0Hz', 'status', { alarms: 'low battery, overload', warnings: 'temperature', dc_current: -48.02, ac_out_voltage: 228 }],
  ['studer/xcom-sms', 'Report\r\nSystem:\r\nOFF\r\nBattery:\r\n7%,-12C\r\nPower max kW:\r\nin=0.0\r\nout=3,25', 'report', { state: 'OFF', battery: 7, battery_temperature: -12, power_in: 0, power_out: 3250 }],
  ['studer/xcom-sms', 'Report\nSystem state:\nXT L1=OFF\nVT=ON\nBattery (min,max):\nCycle=Float\nU=54.2V(53.9,55.1)\nPower max kW:\nXT In L1=1.2', 'long_report', { state: 'OFF', mode: 'Float', battery_voltage: 54.2 }],
  // Tanks: litres below ten cubic metres, cubic metres above
  ['gok/smartbox-4', 'Kd.024 HEL Fa.Meyer, 51234 Köln, Goethe-21; Grenzwert Tank 3; 33%=1600L, 40%=40.00, 5%=12,50; kein Alarm; 14.81Euro; Rel=1', 'report', { event: 'tank_low', alarm_value: '3', volume_1: 1.6, volume_2: 40, volume_3: 12.5, problem: false, credit: '14.81Euro', relay: 'ON' }],
  ['gok/smartbox-4', 'Ct-024; Relais on; ????, 100%=9999L; Alarm Tank 1; 31; Rel=1', 'report', { event: 'relay_on', level_2: 100, volume_2: 9.999, problem: true, relay: 'ON' }],
  ['gok/smartbox-4', 'Ct-024; Check credit; 50%=500L; Alarm 1 OK; 0.81 £, Rel=0; Command error: #X', 'report', { event: 'credit_low', problem: false, level_1: 50 }],
  ['gok/smartbox-4', 'LPG; Neuer Tank 2; 50%=500L, 0%=0L; kein Alarm; 17', 'report', { event: 'new_tank', level_2: 0, volume_2: 0, problem: false }],
  // Heating
  ['witura/wt-1672a', 'Mode switch < OFF >\r\n2024-02-29 07:06 Thu', 'switched', { switch_mode: 'OFF', time: '2024-02-29T07:06' }],
  ['witura/wt-9001', 'power restored', 'power_back', { mains: true }],
  ['vimar/01913', 'GSM-01913 1/1\r\nHoliday home\r\nMeas Temp:-2.5 degrees\r\nSet Temp:5.0 degrees\r\nMode:Antifreeze', 'status', { unit_name: 'Holiday home', temperature: -2.5, target_temperature: 5, mode: 'Antifreeze' }],
  ['vimar/01913', 'GSM-01913 1/1 pump: off', 'output', { output_name_1: 'pump', output_1: 'OFF' }],
  ['came/th-450', 'MODALITÀ = MAN TEMP = -0.5, STAGIONE = ESTATE, ANTIGELO = 6.5, ASSENZA RETE', 'status', { mode: 'MAN', temperature: -0.5, season: 'ESTATE', frost_temperature: 6.5, mains: false }],
  ['came/th-450', 'Superamento soglia TSUP=31,5', 'threshold', { temperature: 31.5, event: 'temperature_high' }],
  ['webasto/thermo-call-tc2', 'Webasto on 119 min', 'state', { heating: 'ON', remaining: 7140 }],
  ['eberspaecher/easystart-call', 'heater:off,mode:heater', 'state', { heating: 'OFF' }],
  ['molpir/commandcall-cc2', 'Heater ON unlimitted, ±021.5 C, 12.7 V'.replace('±', '-'), 'state', { heating: 'ON', temperature: -21.5 }],
  ['molpir/commandcall-cc2', 'Eberspaecher OFF by switch,\r\n+ 000.5 C,\r\n24.9 V', 'state', { heating: 'OFF', ventilation: 'OFF', temperature: 0.5, voltage: 24.9 }],
  ['bladox/auto-alarm', 'CAR 1: ALARM #2', 'alarm', { event: 'alarm_2' }],
  ['watts/v27', 'Z12=Bath\r\nStatus=Ok\r\nMode=BOOSTER\r\nHeating=0', 'zone', { zone_text_12: 'Bath', alarm_12: false, state_12: 'BOOSTER', switch_12: 'OFF' }],
  ['viessmann/vitocom-100', '1111 Notbetrieb-Speichertemp F4', 'fault', { alarm_text: 'Speichertemp', alarm_value: 'F4', event: 'fault' }],
  ['elcos/cim-130', 'Fuel fault', 'fuel_fault', { event: 'fuel_alarm' }],
  // Alarm panels
  ['jablotron/gd-04', 'power fail', 'power', { mains: false, event: 'power_cut' }],
  ['satel/gsm-4', 'OUT 3 switched ON (status: OT1=0 OT2=0 OT3=1)', 'output', { output_1: 'OFF', output_3: 'ON' }],
  ['satel/gsm-4', 'Status: OT1=1 OT2=1 OT3=1, IN1=T IN2=i IN3=b IN4=t, LT=??, SIG=0, test: 00d12h30m T1=48500600700 T2=', 'status', { output_3: 'ON', input_1: true, input_2: false, input_4: false, phone_line: false, signal_level: 0 }],
  ['inim/smartlink-g', 'INIM SmartLink-G Rev. 2.10: IN 1-1-1-1-1 ; PSTN OK; GSM KO; PWR OK; SYS ON; vodafone IT REMAINING CREDIT 03.07 Euro', 'status', { phone_line: true, mains: true, operator: 'vodafone IT', credit: '03.07 Euro' }],
  ['bentel/absoluta', '#ABS#A#First floor-A,Shop-!,Cellar-Z', 'status', { state_first_floor: 'A', state_shop: '!', state_cellar: 'Z' }],
  ['electronics-line/iconnect', 'Disarmed - REMOTE 1', 'status', { alarm_state: 'disarmed', user: 'REMOTE 1' }],
  ['elkron/cr200', 'MODE?H', 'status', { alarm_state: 'armed_home' }],
  ['xavax/feelsafe', 'System has been set to panic mode', 'state', { alarm_state: 'triggered' }],
  // Scales: the range in brackets is no value
  ['smsvaga/scale', 'Vaga: Livada 3\r\nNETO: 104.02 kg\r\nTARA: 35.86 kg\r\nDI: -0.26kg\r\nGSM Signal: 31 (7 to 31)\r\nSis.Temp: -4C (-30C to 80C)\r\nBattery status: 3/5', 'measurement', { weight: 104.02, daily_gain: -0.26, signal_quality: 31, temperature: -4, battery_level: 3 }],
  ['smsvaga/scale', 'ID017 - Hive B\nLocation: Hill\nNET: 7.5 kg (+-25g)\nTARA: 5.86 kg\nDI: 0.1kg\nGSM Signal: 11 (7 to 31)\nSis.Temp: 36C (-30C to 80C)\nBattery status: 1/5', 'measurement', { device_id: '017', place: 'Hill', weight: 7.5, battery_level: 1 }],
  ['operchip/vilko', 'VILKO: Date 01.06.2020  Time 06:00:00 Battery=100% Signal strenght=12,5% Active: 15 min', 'awake', { time: '2020-06-01T06:00:00', battery: 100, signal: 12.5, remaining: 900 }],
  ['lyson/w3121', 'Alarm: low battery', 'alarm', { alarm_text: 'low battery' }],
  // Sketches
  ['diy/esp32-temperature-alert', 'Temperature below threshold: -127.00C', 'normal', { temperature: -127 }],
  ['diy/sms-lamp', 'Lamp is off', 'status', { output_1: 'OFF' }],
  ['diy/smart-parking', 'Latittude : -12.97\r\nLongitude : -77.59', 'position', { latitude: -12.97, longitude: -77.59 }],
  ['diy/sim800l-four-relays', '3:ON', 'status', { output_3: 'ON' }],
]

test.each(texts)('%s reads %j as %s', (profile, text, message, values) => {
  const { matches } = makeTrial([profileOf(profile)])(text, undated)
  expect(matches[0]).toMatchObject({ profile, message, values })
})

const now = '2026-03-29T15:30:00Z'

/** The password in each of its places: in front, behind, in the middle, glued, or nowhere. */
// biome-ignore format: a table
const places: readonly (readonly [profile: string, settings: string, command: string, params: Record<string, unknown>, text: string])[] = [
  ['comap/igs-nt', 'access_code: "77", password: "4711"', 'stop', {}, '#5:77 p 4711, c2'],
  ['deep-sea/dse8610', 'pin: "0815"', 'start_on_load', {}, '0815 2'],
  ['vimar/01913', 'password: "9999"', 'temperature_for', { temperature: 19.5, hours: 12 }, '9999.C1.MANTEMP.19,5.12'],
  ['came/th-450', 'password: "4321"', 'temperature', { temperature: 21 }, '#04 <MAN> = 21(4321)'],
  ['webasto/thermo-call-tc4', 'access_code: "5678"', 'heater_type', { heater: 'air' }, '5678HEATERTYPE:AIR'],
  ['eberspaecher/easystart-call', '', 'start', {}, 'heater:on'],
  ['molpir/commandcall-cc2', 'password: abcd', 'start_for', { minutes: 45 }, 'abcd045'],
  ['starline/s96', '', 'engine_start', {}, '21'],
  ['starline/s96', 'password: "1111"', 'engine_start', {}, '1111 21'],
  ['eder/sms-modul', 'pin: "2222"', 'write', { group: 'circuit_2', number: 3, value: '21' }, 'WG3:21.PIN:2222'],
  ['open-electronics/tdg', 'password: "54321"', 'add_user', { slot: 1, number: '+391234567' }, 'NUM1+391234567;54321'],
  ['jablotron/gd-04', 'access_code: KEY7, text_on_x: Pump on, text_off_x: Pump off', 'x_on', {}, 'Pump on'],
  ['jablotron/gd-04', 'access_code: KEY7, text_on_x: Pump on, text_off_x: Pump off', 'program_x', {}, 'KEY7, ARX, Pump on, DRX, Pump off'],
  ['xavax/feelsafe', 'password: "0000"', 'arm', {}, 'PZZS0000ARMPZZE'],
  ['dahua/arc3008c', 'code: "8888"', 'arm', { areas: [2, 5] }, '8888 TOTAL 2 5'],
  ['zota/smart', '', 'status', {}, 'Статус'],
]

test.each(places)('%s with %s: %s', (profile, settings, command, params, text) => {
  const device = deviceOf(profile, `{ settings: { ${settings} } }`)
  expect(composeCommand(device, command, params, { now }).texts.map((one) => one.text)).toEqual([text])
})

/** What a device refuses, in whatever words it has for it. */
// biome-ignore format: a table
const refusals: readonly (readonly [profile: string, settings: string, command: string, params: Record<string, unknown>, reply: string, verdict: string])[] = [
  ['comap/intelilite', '', 'run', { commands: ['man', 'start'] }, '#Genset Name: <OK>,<ERROR>', 'refused'],
  ['comap/intelilite', '', 'run', { commands: ['man', 'start'] }, '#Genset Name: <OK>,<OK>', 'accepted'],
  ['comap/intelicompact-nt', '', 'stop', {}, '#IC: stop<ERROR>', 'refused'],
  ['comap/igs-nt', '', 'start', {}, 'er_pass', 'refused'],
  ['grundfos/cim-250', '', 'analog_name', { name: 'x' }, 'AI1NAME Illegal or missing command parameter', 'refused'],
  ['vimar/01913', '', 'auto', {}, 'GSM-01913 1/1\n1234.C1.AUTO\nerror on command(s):\n1', 'refused'],
  ['vimar/01913', '', 'temperature', { temperature: 20 }, 'GSM-01913 1/1\nC1 MAN\n20 degrees', 'accepted'],
  ['molpir/commandcall-cc2', 'password: abcd', 'heat', {}, 'Invalid command', 'refused'],
  ['viessmann/vitocom-100', '', 'mode', { circuit: 2, mode: 3 }, '1111 BAHK2 Heating according to time program OK', 'accepted'],
  ['viessmann/vitocom-100', '', 'mode', { circuit: 2, mode: 3 }, '1111 BAHK2 3 ERROR', 'refused'],
  ['elcos/cim-130', '', 'reset', {}, 'Reset command carried out', 'accepted'],
  ['bentel/absoluta', 'code: "1234"', 'arm', {}, 'Not allowed! Zone open', 'refused'],
  ['jablotron/gd-04', 'text_on_x: a, text_off_x: b', 'program_x', {}, 'PROGRAM ERROR DRX', 'refused'],
  ['focus/st-vgt', '', 'disarm', {}, 'operation failure', 'refused'],
  ['smsvaga/scale', '', 'tare', {}, 'Unknown command!', 'refused'],
  ['cel/cel-2in', '', 'status', {}, 'SYNTAX ERROR', 'refused'],
]

test.each(refusals)('%s with %s: %s %j answered by %j is %s', (profile, settings, command, params, reply, verdict) => {
  const device = deviceOf(profile, `{ settings: { ${settings} } }`)
  expect(readAnswer(device, { command, params: params as never, text: '' }, reply, undated).verdict).toBe(verdict)
})

test('the words that switch a David are secret, and so is its access code', () => {
  const device = deviceOf('jablotron/gd-04', '{ settings: { text_on_x: Pump on, text_off_x: Pump off } }')
  expect(composeCommand(device, 'program_x', {}, { now }).texts[0]?.masked).toBe('***, ARX, ***, DRX, ***')
  expect(readAnswer(device, { command: 'x_on', params: {}, text: 'Pump on' }, 'Pump on OK', undated).masked).toBe(
    '*** OK',
  )
})

test('a frost-proof thermostat comes back by two texts', () => {
  const { texts } = composeCommand(deviceOf('came/th-450'), 'resume', { season: 'winter' }, { now })
  expect(texts.map(({ text, wait }) => [text, wait])).toEqual([
    ['#07', 0],
    ['#02', 60],
  ])
})
