import { expect, test } from '@jest/globals'
import { makeTrial } from '../../src/device/receive/try.ts'
import { at, profileOf } from './library.ts'

/** Texts of fleet and personal trackers as the facts print them, and others of the same format with what they say. */
// biome-ignore format: a table
const texts: readonly (readonly [profile: string, text: string, message: string, values: Record<string, unknown>])[] = [
  // Teltonika: the FT platform prints a blank after every colon.
  ['teltonika/fmb', 'Data Link: 1 GPRS: 1 Phone: 5 SIM: 0 OP: 24602 Signal: 3 NewSMS: 0 Roaming: 0 SMSFull: 0 LAC: 1 Cell ID: 3055 NetType: 2 FwUpd: 65536', 'status', { phone_state: 'asleep', network_type: '4g', signal_level: 3 }],
  ['teltonika/fmb', '2017/06/13 13:52:18 Lon:-25.255537 Lat:-54.667193 Alarm 1, Battery Level 80, Instant Movement 1', 'report', { latitude: -54.667193, longitude: -25.255537 }],
  ['teltonika/fmb', 'I/O ID:66 Value:12843', 'read_element', { parameter_id: 66, parameter_value: '12843' }],
  ['teltonika/gh4000', 'GEO! Name: Anna; Time: 12:30:01;Geozone:Home,School;', 'zones', { unit_name: 'Anna', geozones: 'Home,School' }],
  ['teltonika/gh4000', 'GEO! Name: Anna; Time: 12:30:01;Geozone:<N/A>;', 'zones', { unit_name: 'Anna' }],
  // Bitrek
  ['bitrek/bi-810', 'Data Link: 0 GPRS: 0 IP: 0.0.0.0 GSM: 2 Roaming: 1', 'status', { data_connected: false, signal_level: 2, roaming: true }],
  ['bitrek/bi-810', 'GPS: 1 Sat: 11 Lat: -3.5 Long: -70.25 Alt: 12 Speed: 61 Dir: 270\nDate: 2026/1/9 Time: 2:05:30', 'position', { latitude: -3.5, longitude: -70.25, speed: 61, fix_time: '2026-01-09T02:05:30Z' }],
  ['bitrek/bi-810', 'http://www.biakom.com/maps/q=-50.420209,-30.428448,12,0', 'map', { latitude: -50.420209, longitude: -30.428448 }],
  // Queclink: longitude first
  ['queclink/gt300', '+RESP:GTRTL,135790246811220,1,0,0,1,61.4,270,-3.0,6,-121.354647,-31.222080,20260109020530,0262,0001,18d8,3072,00,000f,0102070202', 'position', { latitude: -31.22208, longitude: -121.354647, speed: 61.4, course: 270, altitude: -3, fix_time: '2026-01-09T02:05:30Z', mcc: '0262', mnc: '0001' }],
  ['queclink/gt300', '+RESP:GTLGT,135790246811220,20260109020530,20260109030530,000A,0102070202', 'last_fix', { fix_time: '2026-01-09T02:05:30Z' }],
  ['queclink/gl300', '+RESP:GTLBC,1A0102,135790246811220,car,+8613800000000,0,0.0,0,0.0,-70.250000,-33.500000,20260109020530,0730,0002,18d8,6141,00,,20260109020531,11F1$', 'position', { latitude: -33.5, longitude: -70.25, fix: false, fix_time: '2026-01-09T02:05:30Z' }],
  ['queclink/gl300', 'https://maps.google.com/maps?q=-31.222073,-121.354335 F0 D2026/01/09T02:05:30 B7%', 'map', { latitude: -31.222073, longitude: -121.354335, fix: false, battery: 7 }],
  // CalAmp
  ['calamp/lmu', 'APP:62 1.2c\nCOM:-113 d/a 0.0.0.0 [internet]\nGPS:Antenna Open\nINP:00000000 24.1\nMID:004532100016 ESN\nINB:0.0.0.0:0 LMX', 'status', { signal_strength: -113, voltage: 24.1, device_id: '004532100016' }],
  // Suntech
  ['suntech/st900', 'OK;BAT;7.0%', 'battery', { battery: 7 }],
  ['suntech/st910', 'ST940;Location;205283272;500;20260109;02:05:30;+23.659019;+046.695403;061.400;270.00;1;4.2;1', 'position', { latitude: 23.659019, longitude: 46.695403, speed: 61.4, course: 270, fix: true, fix_time: '2026-01-09T02:05:30Z' }],
  ['suntech/st910', 'ST910;Alert;205283272;500;20260109;02:05:30;-23.659019;-046.695403;000.602;000.00;0', 'position', { event: 'alert', latitude: -23.659019 }],
  ['suntech/st910', 'ST910;RES;ACK;123456789', 'acknowledge', { device_id: '123456789' }],
  ['suntech/st300', 'ST300STT;205027329;03;374;20260109;02:05:30;177b38;+23.566052;+046.477588;061.400;270.00;9;1;52000;24.05;110010;2;0313', 'status', { latitude: 23.566052, satellites: 9, fix: true, odometer: 52, voltage: 24.05, ignition: true, input_1: true, input_2: false, output_1: 'ON', output_2: 'OFF' }],
  ['suntech/st300', 'ST300CMD;Res;511848119;319H;Disable1', 'resume', { device_id: '511848119' }],
  // TopFlytech
  ['topflytech/t8808', 'SET RELAY DISABLE OK,RELAY:0#', 'relay_off', {}],
  ['topflytech/t8808', 'SET RELAY DELAY, SPEED IS MORE THAN 20KM/H#', 'relay_on', {}],
  ['topflytech/t8808', 'http://maps.google.com/maps?q=-22.571490,-113.877103', 'map', { latitude: -22.57149, longitude: -113.877103 }],
  // Galileosky: no zeros in front, and the year may be one digit
  ['galileosky/glonass', 'Dev1050 Soft=223 Pack=7 TmDt=2:5:30 9.1.26 Per=60 Nav=1 Lat=-60.4007 Lon=-31.0070 Speed=61.5 HDOP=1.2 SatCnt=4 A=270', 'status', { fix: false, latitude: -60.4007, longitude: -31.007, fix_time: '2026-01-09T02:05:30', course: 270 }],
  ['galileosky/glonass', 'INALL:in0=0,in1=0,in2=5,in3=0,in4=0,in5=0,in6=1,in7=2,RS232=10,1,Acc=332943891;', 'inputs', { value_2: 5, value_7: 2 }],
  ['galileosky/glonass', 'INSYS: Pow=24010,Vbat=3900,Vant=0,Vdc=4000,Temper=-12', 'voltages', { voltage: 24.01, temperature: -12 }],
  ['galileosky/glonass', 'RS485 4095,-3', 'tanks', { fuel_level_1: 4095, temperature_1: -3 }],
  // Omnicomm
  ['omnicomm/oko', 'DOUT 0=0 1=1', 'outputs', { output_0: 'OFF', output_1: 'ON' }],
  ['omnicomm/oko', 'CRLDOUT OK', 'clear_output', {}],
  ['omnicomm/oko', 'STAT 09.01.2026 02:05:30 GPS=0 SPD=0 IGN=0 L1=0:3', 'status', { ignition: false, state_1: 'error' }],
  // Jointech: the year is that of the network's stamp
  ['jointech/jt600', 'jeson,01-08 23:59:02,Speed:0km/h,Charging,GPS:7,STANDARD,http://maps.google.com/?q=22.549737S,114.076685W', 'position', { fix_time: '2026-01-08T23:59:02', charging: true, latitude: -22.549737, longitude: -114.076685 }],
  ['jointech/jt600', 'ALM,SOS,3110701703,12-31 12:11:02,Speed:0km/h,Battery:7%,Base Station,STANDARD,\nCell ID:4195,LAC:230', 'alarm', { event: 'sos', unit_name: '3110701703', fix_time: '2025-12-31T12:11:02', battery: 7, fix: false }],
  // Watches
  ['reachfar/rf-v28', 'ver:G36;\nID:lc1;imei:863737078412551\nurl:gps.example.org;port:8001\nbat level:9;', 'status', { host: 'gps.example.org', port: 8001, battery: 9 }],
  // VJOYCAR
  ['vjoycar/tk05', 'Notice: System has ended period locate function.', 'track_off', {}],
  ['vjoycar/tk05', 'Notice: System has ended all tracking functions.', 'all_off', {}],
  // Overwatch
  ['overwatch/pl630', 'Authorized Phone A: +4917012345678;B:;C:13765432101', 'numbers', { phone_number_a: '+4917012345678', phone_number_c: '13765432101' }],
  ['overwatch/pl630', 'shock alarm https://maps.google.com/maps?q=-40.756441,+73.986378', 'alarm', { event: 'shock', latitude: -40.756441, longitude: 73.986378 }],
  ['overwatch/pl630', 'http://maps.google.com/maps?q=-40.7564,+73.9863', 'map', { latitude: -40.7564, longitude: 73.9863 }],
  ['overwatch/pl630', 'Wrong Password', 'refused', {}],
  // UniTraQ
  ['unitraq/mt-900', 'VAN_7Over Speed Warning, [http://maps.google.com/maps?hl=en&q=-24.816848,-121.025245 ]', 'alarm', { event: 'overspeed', device_id: 'VAN_7', latitude: -24.816848 }],
  ['unitraq/mt-900', '26/01/09,02:05:30,W070.25,S33.5,S061.4,C270.00', 'position', { latitude: -33.5, longitude: -70.25, speed: 61.4, course: 270, fix_time: '2026-01-09T02:05:30' }],
  ['unitraq/mt-900', '466,97,7664,85d6,048,466,97,7664,85d7,031', 'cells', { mcc: '466', cell_id: '85d6' }],
  // Car alarm
  ['sky-microwave/car-alarm', 'Unarmed;ACC:on;Door:open;LAC:10133;CID:04195;Time:09-01-2602:05:30 Speed:061km/hN33.5000 W070.2500', 'status', { alarm_state: 'disarmed', ignition: true, door: true, speed: 61, latitude: 33.5, longitude: -70.25 }],
  ['sky-microwave/car-alarm', "Relieve 'STOP' & Unarmed", 'resume', {}],
  ['sky-microwave/car-alarm', 'S33d30m00s W070d15m00s', 'minutes', { latitude: -33.5, longitude: -70.25 }],
  // Midland
  ['midland/geopoint', 'GEO Tracker\nID:77\nLOW BATTERY\n26/01/09 02:05', 'low_battery', { device_id: '77', battery_low: true, time: '2026-01-09T02:05' }],
]

test.each(texts)('%s reads %j as %s', (profile, text, message, values) => {
  const { matches } = makeTrial([profileOf(profile)])(text, at('2026-01-09T03:00:00Z'))
  expect(matches[0]).toMatchObject({ profile, message, values })
})
