import { expect, test } from '@jest/globals'
import { makeTrial } from '../../src/device/receive/try.ts'
import { profileOf, undated } from './library.ts'

/** Texts that devices send, and others of the same format, with what they say. */
// biome-ignore format: a table
const texts: readonly (readonly [profile: string, text: string, message: string, values: Record<string, unknown>])[] = [
  // Xexun and its clones: firmware differs in spacing, order of the year and where the alarm word stands.
  ['coban/tk103', 'lat: 55.807693 long: 037.730640 speed: 000.0 03/03/13 16:18   bat:F signal:F  imei:358948010446647', 'position', { latitude: 55.807693, longitude: 37.73064, speed: 0, fix_time: '2013-03-03T16:18', battery_low: false, fix: true, imei: '358948010446647' }],
  ['coban/tk103', 'lat:55.807693 long:037.730640 speed:000.0 03/03/13 16:18\nbat:L signal:L imei:358948010446647', 'position', { latitude: 55.807693, battery_low: true, fix: false }],
  ['coban/tk103', 'lat: 23.345678S long: 70.125621W speed: 001.2 17/07/11 21:34 F:3.92V,1,Signal:F help me imei:123456789012 07 83.8 234 15 006B 24C4', 'position', { latitude: -23.345678, longitude: -70.125621, event: 'sos', satellites: 7, altitude: 83.8, mcc: '234', lac: '006B' }],
  ['coban/tk103', 'lat: 22.566901 long: 114.051258 speed: 0.00 14/08/09 06.54 F:3.85V,1,Signal:F help me imei:354776031555474 05 43.5 460 01 2533 720B', 'position', { fix_time: '2009-08-14T06:54', battery_voltage: 3.85, event: 'sos', cell_id: '720B' }],
  ['coban/tk103', 'help me! lat:123.45678 long:001.23456 speed:090.00 T:17/01/11 15:14 Bat:25% Signal:F imei:1234567', 'position', { latitude: 123.45678, longitude: 1.23456, speed: 90, battery: 25, event: 'sos' }],
  ['coban/tk103', 'Low battery! lat:-33.5 long:-70.25 speed:0.00 T:28/10/09 03:33 Bat:5% Signal:0 imei:359587011016261', 'low_battery', { latitude: -33.5, longitude: -70.25, battery: 5, fix: false, event: 'battery_low' }],
  ['coban/tk103', 'power alarm lat:22.5 long:114.0 speed:0.00 28/10/09 03:33', 'position', { event: 'power_cut' }],
  ['coban/tk103', 'stockade!\nlat:22.5 long:114.0\nspeed:12.50\nT:09/10/28 03:33\nbat:100%\nhttp://maps.google.com/maps?f=q&q=22.5,114.0', 'position_link', { event: 'geofence', speed: 12.5, fix_time: '2009-10-28T03:33' }],
  ['coban/tk103', 'help me!\nlat:50.123456 long:39.123456\nspeed:0.00\nT:13/09/30 10:27\nbat:100%\nhttp://maps.google.com/maps?f=q&q=50....', 'position_link', { latitude: 50.123456, longitude: 39.123456, fix_time: '2013-09-30T10:27', battery: 100, event: 'sos' }],
  ['coban/tk103', 'lat:50.123456lon:39.123456\nspeed:0.00\nT:13/09/30 10:27\nbat:100% 3597100123456789\nhttp://maps.google.com/maps?f=q&q=50....', 'position_link', { latitude: 50.123456, longitude: 39.123456 }],
  ['coban/tk103', 'speed 120! lat:22.5 long:114.0 speed:130.00 T:28/10/09 03:33 bat:80% signal:F imei:359587011016261', 'position', { event: 'overspeed', speed_limit: 120, speed: 130 }],
  ['coban/tk103', 'Stop engine Succeed', 'stop', {}],
  ['coban/tk103', 'it will be executed after speed less than 20KM/H', 'stop', {}],
  ['coban/tk103', 'low battery off ok!', 'low_battery_alarm', {}],
  ['coban/tk103', 'GSM :100%\nGPS: OK/NO\nGPRS: ON/OFF\nBattery: 100%', 'status', { signal: 100, battery: 100 }],
  ['coban/tk103', 'apnpasswrod ok', 'apn_password', {}],
  ['coban/tk103', '358948010446647', 'imei', { imei: '358948010446647' }],
  ['coban/tk103', 'https://maps.google.com/maps?q=S22.571490,W013.877103', 'map', { latitude: -22.57149, longitude: -13.877103 }],
  // Teltonika
  ['teltonika/fmb', 'GPS:1 Sat:9 Lat:-34.603722 Long:-58.381592 Alt:25 Speed:61 Dir:270 Date: 2026/1/9 Time: 2:05:30', 'position', { latitude: -34.603722, longitude: -58.381592, altitude: 25, speed: 61, course: 270, satellites: 9, fix_time: '2026-01-09T02:05:30Z' }],
  ['teltonika/fmb', 'D:17/1/9 T:12:52:30 S:0.00 C:54.666042, 25.225032 Url: http://maps.google.com/?q=54.666042,25.225032&om=1speed:0', 'position_link', { latitude: 54.666042, longitude: 25.225032, speed: 0 }],
  ['teltonika/fmb', 'GPS Data not Available. No GPS signal', 'no_position', { fix: false }],
  ['teltonika/fmb', 'Data Link: 1(33) GPRS: 1(0) Phone: 0 SIM: 0 OP: 21407 Signal: 2 NewSMS: 0 Roaming: 1 SMSFull: 0 LAC: 3005 Cell ID: 4852 Network Type: 1 SIM2', 'status', { signal_level: 2, roaming: true, network_type: 'gsm', operator: '21407' }],
  ['teltonika/fmb', 'Ver:02.00.01_06 GPS:AXN_3.80_3333_16070400,0000,, Hw:FMB120 Mod:4 IMEI:352094082042885 Init: 2017-6-16 5:54 Uptime: 16574 MAC:001E42 SPC:0(0) AXL:0 OBD:0 BL:1.6 BT:4', 'version', { imei: '352094082042885', uptime: 16574 }],
  ['teltonika/fmb', 'DI:1 AIN:0.0611 DO:0', 'io', { input_1: true, analog_1: 0.0611, output_1: 'OFF' }],
  ['teltonika/fmb', '2017/06/13 13:52:18 Lon:25.255537 Lat:54.667193 Ignition 1', 'report', { latitude: 54.667193, longitude: 25.255537, ignition: true, event: 'report' }],
  ['teltonika/fmb', '2017/06/13 13:52:18 Lon:-25.5 Lat:-54.5 Low battery 12', 'report', { latitude: -54.5, longitude: -25.5, alarm_text: 'Low battery', alarm_value: '12' }],
  ['teltonika/fmb', 'Not supported or not enabled IO element requested', 'read_element', {}],
  // SinoTrack: pasted with a line break in a value, and from a firmware that dropped and added keys.
  ['sinotrack/st-901', 'ST-901-868L:V4.35,ID:9170\n258210,UP:0000,U1:000000000000,U2:,U3:,MODE:GPRS,POWER ALARM:ON,OVERSPEED:80,APN:internet,,,IP:45.112.204.246,8090,TIME ZONE:E00', 'configuration', { device_id: '9170258210', host: '45.112.204.246', port: 8090, apn: 'internet', power_alarm: 'ON' }],
  ['sinotrack/st-901', 'ST-906:V1.10,ID:9170258210,NEW KEY:7,MODE:SMS,OVERSPEED:120,TIME ZONE:W05', 'configuration', { firmware: 'V1.10', mode: 'SMS', speed_limit: 120, time_zone: 'W05' }],
  // GT-901
  ['aika/gt-901', 'http://maps.google.cn/maps?q=S40.93956%2cE008.53900\nID:9171072755\nACC:ON\nGPS:A\nSpeed:38.00KM/H\n19-12-30 03:20:08', 'position', { latitude: -40.93956, longitude: 8.539, ignition: true, fix: true }],
  ['aika/gt-901', 'http://maps.google.cn/maps ID:9171072755 ACC:OFF GPS:V Speed:0 KM/H 19-12-30 03:20:08', 'position', { fix: false, speed: 0 }],
  ['aika/gt-901', '您的设备掉主电报警，请关注!', 'power_cut', { mains: false, event: 'power_cut' }],
  // Coban's siblings, V-SUN
  ['coban/tk103', 'ACC alarm!\nlat:22.5 long:-114.0', 'position', { event: 'ignition', longitude: -114 }],
  ['coban/gps102', 'Move lat:-33.5 long:-70.25 speed:0.00 T:28/10/09 03:33 Bat:5% Signal:0 imei:359587011016261', 'position', { event: 'movement', latitude: -33.5, fix: false }],
  ['coban/gps102', 'GSM :100%\nGPS: OK/NO\nGPRS: ON/OFF\nBattery: 100%', 'status', { signal: 100, battery: 100 }],
  ['xexun/tk102', 'lat:23.345678S long:70.125621W speed: 001.2 17/07/11 21:34 L:3.62V,1,Signal:L', 'low_battery', { latitude: -23.345678, longitude: -70.125621, battery_voltage: 3.62, battery_low: true, fix: false, event: 'battery_low' }],
  ['xexun/tk102', 'lat: 22.566923 long: 114.051331 speed:85.60 28/10/09 03:33 F:4.32V,0, Signal:F\nheip me imei:359587011016261 05 41.9', 'position', { event: 'sos', fix_time: '2009-10-28T03:33', altitude: 41.9 }],
  ['xexun/tk102', 'ITV,CONFIG OK', 'intervals', {}],
  ['v-sun/tk205', 'Lat: -22.50500\nLong: -114.01000\nSpeed: 80.25KM/H\nDirection: 315.00\nDate: 2008-04-25\nTime: 16:39:45\nBS: 25ee0dff\nFix: V\nID: 353686009002030\nSTATE: ANSWER', 'position', { latitude: -22.505, longitude: -114.01, speed: 80.25, fix: false, fix_time: '2008-04-25T16:39:45Z', event: 'call_answered' }],
  ['v-sun/tk205', 'ERROR GPS GPRMC FRAME DATA BS: 27971054', 'no_position', { fix: false, lac: '2797', cell_id: '1054' }],
  // Concox and its kin
  ['concox/gt06', 'Lat:S22.571285,Lon:W113.877115,Course:42.20,Speed:0.0740,DateTime:10-11-23  22:28:31', 'position', { latitude: -22.571285, longitude: -113.877115, fix_time: '2010-11-23T22:28:31' }],
  ['concox/gt06', 'SOS Alarm! <DateTime:11-06-17 14 :53 :06> ,\nhttp://maps.google.com/maps?q=N22576713,E113.916585', 'alarm', { event: 'sos', fix_time: '2011-06-17T14:53:06' }],
  ['concox/gt06', 'Attention! The vehicle is moved. <DateTime:10-11-23 23:42:51>http://maps.google.com/maps?q=N22.571490,E113.877103', 'alarm', { event: 'movement', latitude: 22.57149 }],
  ['concox/gt06', 'Already in the state of fuel supply cut off,the command is not running!', 'cut_fuel_old', {}],
  ['concox/gt03a', 'vibration ,Alarm: http://maps.google.com/maps?q=N22.5,E113.9 Date time:12-10-31 20:08:18 http://maps.google.com/maps?q=N22.577169,E113.916790.', 'vibration', { latitude: 22.577169, longitude: 113.91679, event: 'shock' }],
  ['concox/gk301', "Current Location (LBS): nearby Bao'an Road Bao'an District, Shenzhen, Guangdong (22.571,113.876)", 'cell_position', { latitude: 22.571, longitude: 113.876, fix: false }],
  ['concox/gk301', 'ERROR:110', 'refused', {}],
  ['seeworld/s03c', 'GPS fail to locate, no data, please try again!', 'no_position', { fix: false }],
  ['seeworld/s03c', 'Warning! Battery is low, please charge in time!', 'low_battery', { event: 'battery_low' }],
  ['micodus/mv55g', 'BATTERY: 100%\nINTERNET: FAILED\nNET: MED\nGPS: UNFIX,0\nSPEED:0KM/H\nACC: OFF\nPOWER: DISCONNECTED, 0.0V\nSENSOR: OFF, LEVEL: 2\nFORTIFIED STATE: ARM (auto)', 'status', { data_connected: false, signal_words: 'MED', fix: false, mains: false, shake_alarm: 2, alarm_state: 'armed_away' }],
  ['t-mark/t1-2', 'BATTERY: 88% GSM: LOW GPS: FIXED LOW RELAYER: DISABLED ACC: OFF CHARGER: NORMAL', 'status', { battery: 88, fix: true, engine_blocked: 'OFF', ignition: false, mains: true }],
  // Meitrack, Meiligao, Noran, Wondex
  ['meitrack/mvt', 'TrackerID,B00,1,91234567,0000000000000F0A00000000', 'phone', { phone_number_1: '91234567' }],
  ['meitrack/mvt', 'SOS,072106 16:40,A,16,23Km/h,97%,http://maps.meigps.com/?lat=-22.513015&lng=-114.057235', 'report', { latitude: -22.513015, longitude: -114.057235, event: 'sos' }],
  ['meiligao/gt30x', 'Latitude = 22 32 36.63S Longitude = 114 04 57.37W, Speed = 2.6854Km/h, 2008-12-24,01:50', 'position', { latitude: -22.5435083, longitude: -114.0826028, fix_time: '2008-12-24T01:50' }],
  ['meiligao/gt30x', 'Longitude = 114 degree - 04 minute -57.74 second, Latitude = 22 degree -32 minute -40.05 second', 'position_words', { latitude: 22.5444583, longitude: 114.0827056 }],
  ['meiligao/gt30x', '$GPRMC,161509.000,A,2232.5485,N,11404.6887,E,0.3,153.7,290709,,*03', 'sentence', { latitude: 22.542475, longitude: 114.078145 }],
  ['noran/nr100', 'Set time interval (30) OK!', 'track', {}],
  ['wondex/vt300', '$OK:VER=M7 2.003 DVB rev02c,V2', 'version', { firmware: 'M7 2.003 DVB rev02c,V2' }],
  ['wondex/vt300', '$ERR:GETLOCATION=1', 'refused', {}],
  ['wondex/vt300', '2000000108,20151030145404,76.948633,43.354700,0,140,15,100,1,1325,125.4,10.5,0.0', 'position', { latitude: 43.3547, longitude: 76.948633, course: 140 }],
  // RTU5024
  ['king-pigeon/rtu5024', 'Relay OFF', 'relay', { output_1: 'OFF' }],
  ['king-pigeon/rtu5024', 'relay on', 'opened', { event: 'opened' }],
  ['king-pigeon/rtu5024', 'Set Time OK!', 'clock', {}],
  ['king-pigeon/rtu5024', '001:004413500001111\n002: Empty', 'add_user', { user_1: '004413500001111', user_2: 'Empty' }],
  // ELDES
  ['eldes/esim', 'The system in ARMED. Z1:ON Z2:OFF Z3:24OFF Z4:FON Z5:ON Z6:ON C1:Pump:ON C2:CONTROLLER2:ON:01.01.23', 'status', { alarm_state: 'armed_away', zone_3: 'off', zone_4: 'on', output_1: 'ON', output_name_1: 'Pump', output_2_remaining: 3683 }],
  ['eldes/esim', 'Z1:door triggered; Z2:windows triggered; Z3:fire triggered; Z4:motion1 triggered;', 'zone_names', { zone_text_1: 'door triggered', zone_text_4: 'motion1 triggered' }],
  ['eldes/esim', '2008.08.07 11:15 Signal strength satisfactory. Z1:OK Z2:ALARM', 'info', { time: '2008-08-07T11:15', input_1: false, input_2: true }],
  ['eldes/esim', 'windows triggered', 'alarm', { input_2: true, event: 'alarm' }],
  ['eldes/esim', 'Input 3 RESTORED', 'alarm_end', { input_3: false, event: 'alarm_end' }],
  // Siemens
  ['siemens/logo-cmr', 'STATUS:STOP', 'status', { run_state: 'stop' }],
  ['siemens/logo-cmr', 'GPS position: 33:51:30.6 S 70:39:1.2 W Alt 0520', 'position', { latitude: -33.8585, longitude: -70.6503333, altitude: 520 }],
  ['siemens/tel50-gsm', 'TEMP 22 C ALARM', 'temperature', { temperature: 22, event: 'temperature_alarm' }],
  // Victron
  ['victron/global-remote', 'System state: bulk charging\nAlarms: low battery\nWarnings: none\nDC: 24.10V -12.50A\nAC in: 231V 4.2A 50Hz\nAC out: 230.0V 0.0A 49.9Hz', 'status', { state: 'bulk charging', alarms: 'low battery', dc_current: -12.5, ac_in_voltage: 231, ac_out_frequency: 49.9 }],
  // Kamstrup: units differ, and are those of the vocabulary in the end.
  ['kamstrup/gsm-module', '32432 kWh, 343 W, 2452 Hours, Meter No: 10101010', 'meter', { energy: 32432, power: 343, operating_hours: 2452, meter_number: '10101010' }],
  ['kamstrup/gsm-module', '12.5 GJ,\n1.5 kW,\n1657 m3\n380 l/h,\nMeter No.: 5300279,\nT1: 93.15 C,\nT2: 32.00 C,\nInfo code: 0,\n7373 Hours', 'heat_meter', { energy: 3472.22222222, power: 1500, volume: 1657, flow: 0.38, operating_hours: 7373 }],
  ['kamstrup/gsm-module', 'Signal: 2(0-4)LEDS, UMTS', 'signal', { signal_level: 2, network_type: 'UMTS' }],
  ['kamstrup/gsm-module', 'Signal: 16 (0-31)', 'signal', { signal_quality: 16 }],
  // Elbro, Bauser, sketches
  ['elbro/smsb-m21t', 'RE1: OFF Ta: -3.0C Th:+21.0C', 'status', { output_1: 'OFF', temperature: -3, target_temperature: 21 }],
  ['elbro/smsb-m21t', 'User added:\n+41797654321\nFree space: 599/600', 'add_user', { free_places: 599 }],
  ['bauser/gam', 'GAM 1 Power On DI1:0 DI2:1 DO:0', 'status', { input_2: true, output_1: 'OFF', event: 'started' }],
  ['bauser/gam', 'GAM 2 DI2 0 Pump stopped', 'alarm', { input_2: false, alarm_text: 'Pump stopped', event: 'alarm' }],
  ['diy/sim800l-relay', 'Relay 2 has been OFF', 'switched', { output_2: 'OFF' }],
  ['diy/sim800l-four-relays', '1:OFF 2:ON 3:OFF 4:ON', 'status', { output_2: 'ON', output_4: 'ON' }],
]

test.each(texts)('%s reads %j as %s', (profile, text, message, values) => {
  const { matches } = makeTrial([profileOf(profile)])(text, undated)
  expect(matches[0]).toMatchObject({ profile, message, values })
})
