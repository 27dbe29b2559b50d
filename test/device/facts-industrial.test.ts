import { expect, test } from '@jest/globals'
import { readAnswer } from '../../src/device/receive/answer.ts'
import { makeTrial } from '../../src/device/receive/try.ts'
import { composeCommand } from '../../src/device/send/compose-command.ts'
import { at, deviceOf, profileOf, undated } from './library.ts'

/** Texts of sockets, relays, modems, monitors and lifts that their profiles do not hold, with what they say. */
// biome-ignore format: a table
const texts: readonly (readonly [profile: string, text: string, message: string, values: Record<string, unknown>])[] = [
  ['tuta/s30', 'STATUS:OFF', 'status', { output_1: 'OFF' }],
  ['tuta/s30', 'Status: ON\r\nTemp control: function ON\r\nTemp: 21.5C\r\nMode: Cooling\r\nRange: -5 ~ 22', 'status', { output_1: 'ON', thermostat: 'ON', temperature: 21.5, temperature_min: -5, temperature_max: 22 }],
  ['tuta/s30', 'Temperature alert: function OFF\nMin Temp.:-10\nMax Temp.: 50.', 'temperature_alarm', { temperature_alarm: 'OFF', temperature_alarm_min: -10, temperature_alarm_max: 50 }],
  ['computherm/gsm158', 'Status OFF\nDelay control: function ON\nSchedule control: function FF\nTemp control: OFF\nTemp: -3C\nMode: Heating', 'status', { output_1: 'OFF', delay: 'ON', schedule: 'OFF', temperature: -3 }],
  ['computherm/gsm158', 'Temperature rapid changing: function OFF\nDelta:12C\nTime:30 minutes', 'rapid_change', { rapid_change_alarm: 'OFF', temperature_change: 12, temperature_change_time: 1800 }],
  ['isocket/gsm-706', 'Power OFF for 45 min', 'output_for', { output_1: 'OFF', output_1_remaining: 2700 }],
  ['isocket/gsm-706', 'RESTARTTIME=12 seconds', 'read_restart_time', { restart_time: 12 }],
  ['elbro/smsb-m21t', 'RE1:OFF Ta:-12.5C Th:+5.0C', 'status', { output_1: 'OFF', temperature: -12.5, target_temperature: 5 }],
  ['rf-solutions/eztext', 'Pump house 2\nINPUT3= 100/99', 'input_count', { unit_name: 'Pump house 2', counter_3: 99, counter_3_limit: 100 }],
  ['rf-solutions/eztext', 'Boat POWER FAILURE\nRUNNING ON BATTERY', 'power_cut', { mains: false, event: 'power_cut' }],
  ['conta-clip/gsm-pro', 'Status DO1=0,DO2=1,DO3=0,DO4=0', 'status', { output_1: 'OFF', output_2: 'ON' }],
  ['conta-clip/gsm-pro', 'status water level=-0042', 'status', { value_water_level: -42 }],
  ['conta-clip/gsm-pro', 'status DI8=0, status not changed', 'status', { input_8: false }],
  ['conrad/gx107', 'GX155 0.48\nAlarm: ON\nGSM: 7%\nTemp: -4C\n230V\nIN1: HI\nIN2: LO\nIN3: LO\n32V\nIN4: LO\nIN5: HI\nOUT1: ON\nOUT2: OFF\nOUT3: OFF\nBLOCK: OFF', 'status', { signal: 7, temperature: -4, alarm_state: 'armed_away', input_1: true, input_5: true, output_1: 'ON' }],
  ['cep/std32', 'IN5=0 BAT=11850', 'report', { input_5: false, battery_voltage: 11.85 }],
  ['contrive/mobi', 'Mobi.Control\nI2: 1\nO1: off\nA1: -0.5 V\nmain: KO\nbatt: 5%\ntemp: -12 C', 'status', { input_2: true, output_1: 'OFF', analog_1: -0.5, mains: false, battery: 5, temperature: -12 }],
  ['ezy-switch/sms-2', 'Battery is currently 9.8 volts', 'voltage', { battery_voltage: 9.8 }],
  ['new-world/gsm-x31', 'Voltage 11.9V;Network 8%;Temper. -15c.R1-OFF;R2-ON;R3-OFF;R4-OFF', 'status', { voltage: 11.9, signal: 8, temperature: -15, output_1: 'OFF', output_2: 'ON' }],
  ['new-world/gsm-x31', 'R4OFF', 'relay', { output_4: 'OFF' }],
  ['bauser/gam', 'GAM 2 Power On DI1:1 DI2:1 DO:1', 'status', { input_1: true, output_1: 'ON', event: 'started' }],
  ['siemens/logo-cmr', 'BM DI:\nx1\nBM AI:\n00012\nxxxxx\n01000', 'monitor', { analog_1: 0.12, analog_3: 10 }],
  ['siemens/logo-cmr', 'From: Pump\n2016-10-05\n14:14:45\nCMR I:\n      01\nCMR Q:\n      x0\nBM PS/CS:\n      01', 'monitor', { input_1: true, input_2: false, output_1: 'OFF', run_state: 'stop' }],
  ['vutlan/vt', 'Element: Cold room [201004]\nState: too low\nValue: -21.0 C', 'element', { temperature_cold_room: -21, state_cold_room: 'too low' }],
  ['comet/lp040', 'Logger Lab: Temp1: -80.2C Temp2: 4C Bin1: OFF', 'values', { unit_name: 'Lab', temperature_1: -80.2, temperature_2: 4, input_1: false }],
  ['comet/lp040', '#00000042: #1: !-3.0C -2.0..8.0', 'limits', { serial: '00000042', temperature_1: -3, alarm_1: true, limit_low_1: -2, limit_high_1: 8 }],
  ['comet/lp040', 'Uptime: 12d 3hr 5min;M2MTalk online: no;Operator: "O2","O2";RSSI: 101dbm;Signal: 12;Registered on network: no;Roaming: yes', 'modem', { uptime: 1047900, data_connected: false, registered: false, roaming: true }],
  ['comet/u-logger', 'SYSTEM ALARM\r\nFridge\r\nBattery empty\r\n20240229 06:07', 'system_alarm', { battery_low: true, event: 'battery_empty', time: '2024-02-29T06:07' }],
  ['comet/u-logger', 'Fridge\nCellar\nActual value: 9.9 °C\nALARM\nWarm, 2024/02/29 06:07', 'alarm', { place: 'Cellar', alarm_text: 'Warm', event: 'alarm' }],
  ['2n/easygate-lift', 'SN:52-1234-5678\nMsg:Periodical\nSIM1:23001;Home;2G;-101dBm;Active\nPower:Off\nBattery:Low\nExpire in:-3', 'report', { event: 'report', signal_strength_1: -101, mains: false, battery_state: 'Low', battery_days: -3 }],
  ['digicom/lift-gateway', '999#*B#Lift 7#Shutdown in progress', 'alarm', { device_id: 'Lift 7', event: 'shutdown' }],
  ['memco/universal-gsm', '255#*B#LIFT 7#Shutdown in progress', 'alarm', { device_id: 'LIFT 7', event: 'shutdown' }],
  ['wago/to-pass', 'Module 1\n0000\n+04.00mA\n-00.10mA\n1111\nPump fails\nAC=3', 'status', { input_1: false, output_4: 'ON', analog_1_current: 0.004, analog_2_current: -0.0001, state: 'Pump fails' }],
  ['unbranded/gsm-888', 'OP(1-8)=LHLHLHLH IP(1-8)=CCCCOOOO CHAM(1-8)=11110000 IPAM(1-8)=10101010', 'status', { output_2: 'ON', output_7: 'OFF', input_4: true, input_5: false }],
  ['gibidi/gsm250', 'INP=0A OUT=04\nPulse (sec) 99', 'status', { state_inputs: '0A', output_3_delay: 99 }],
  ['gsm-commander/gc0321', 'DT=29/02/2024-23:59:01 Sig=7% AT=-- FW=7.46 SN=1-2 PWR=Off BT=11.1V A=0 T= -3,0 IN1,2=1,0 OUT1,2=1,1 SIM=2', 'status', { time: '2024-02-29T23:59:01', mains: false, temperature_1: -3, input_1: true, output_2: 'ON' }],
  ['2n/smartcom', 'SIG=-101dBm OPER=O2 IMSI=230025100127093 IMEI=358108071238512 SN=52-1-2 LIP=0.0.0.0 FW=1.8.0 STAT=IDLE', 'status', { signal_strength: -101, operator: 'O2', state: 'IDLE' }],
  ['watchguard/sms-2010', 'alarm activated', 'alarm', { alarm_state: 'triggered', event: 'alarm' }],
  ['rayleigh/connect', 'Q1 IO DI:0 DO:1', 'io', { input_1: false, output_1: 'ON' }],
  ['new-world/gsm-x31', 'Normal  temperature', 'input_end', { input_1: false, event: 'alarm_end' }],
  ['siemens/tel50-gsm', 'TEMP 02 C ALARM', 'temperature', { temperature: 2, event: 'temperature_alarm' }],
  ['itel/stl-sat', 'QUIET ALARM\nRX1 low', 'state', { switch_quiet: 'ON', alarm_1: true }],
]

test.each(texts)('%s reads %j as %s', (profile, text, message, values) => {
  const { matches } = makeTrial([profileOf(profile)])(text, undated)
  expect(matches[0]).toMatchObject({ profile, message, values })
})

const now = { now: '2026-03-29T15:30:00Z' }
const opened = at('2026-03-29T15:30:00Z')

test('the code that switches one socket off registers a master at the other', () => {
  const [off] = composeCommand(deviceOf('computherm/gsm158'), 'output', { state: 'OFF' }, now).texts
  const [register] = composeCommand(deviceOf('tuta/s30'), 'register', {}, now).texts
  expect(off?.text).toBe('#00#')
  expect(register?.text).toBe('#00#')
})

test('the digit that heats with one socket cools with the other', () => {
  const text = (profile: string): string | undefined =>
    composeCommand(deviceOf(profile), 'thermostat', { mode: 'heat', low: 10, high: 20 }, now).texts[0]?.text
  expect(text('tuta/s30')).toBe('#159#0#10#20#')
  expect(text('computherm/gsm158')).toBe('#159#1#10#20#')
})

test('a logger that prints its data password is read and shown without it', () => {
  const device = deviceOf('geolux/smartobserver')
  const text = 'GEOLUX LOGGER\nID:7\nAPN:internet\nUSER:web\nPASS:hunter2\nModemStatus:idle'
  const answer = readAnswer(device, { command: 'status', params: {}, text: '?' }, text, opened)
  expect(answer).toMatchObject({ verdict: 'accepted', values: { device_id: '7', modem_state: 'idle' } })
  expect(answer.masked).not.toContain('hunter2')
})

test('inputs and outputs of an Ezy Switch are distinguished by the query', () => {
  const device = deviceOf('ezy-switch/sms-2')
  const text = 'Currently, Pump is On, Air is Off'
  const ask = (command: string) => readAnswer(device, { command, params: {}, text: command }, text, opened).values
  expect(ask('inputs')).toEqual({ input_pump: true, input_air: false })
  expect(ask('outputs')).toEqual({ output_pump: 'ON', output_air: 'OFF' })
})
