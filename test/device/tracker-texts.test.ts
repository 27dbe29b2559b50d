import { describe, expect, test } from '@jest/globals'
import { readAnswer } from '../../src/device/receive/answer.ts'
import { readText } from '../../src/device/receive/read.ts'
import { makeTrial } from '../../src/device/receive/try.ts'
import { at, deviceOf, profileOf, undated } from './library.ts'

const today = at('2026-11-29T12:00:00Z')
const read = (profile: string, text: string, context = today) => readText(deviceOf(profile), text, context)[0]
const tried = (profile: string, text: string) => makeTrial([profileOf(profile)])(text, today).matches[0]?.values
const answered = (profile: string, command: string, text: string, params = {}) =>
  readAnswer(deviceOf(profile), { command, params, text: '' }, text, today)

const place = 'http://maps.google.com/maps?f=q&q=19.401230,-99.171230&z=16'
const coban = ['coban/tk103', 'coban/gps102', 'xexun/tk102', 'lkgps/lk209', 'lkgps/lv-12'] as const

describe('no place', () => {
  test.each([
    ['coban/tk103', 'lat:0.000000 long:0.000000 speed:0.00\nT:18/05/11 14:03\nbat:100%'],
    ['coban/tk103', 'lat:000.0000 long:000.0000 speed:0.00'],
    ['coban/tk103', 'lat:-1.000000 long:-1.000000 speed:0.00'],
    ['coban/tk103', 'lat:90.000000 long:180.000000 speed:0.00'],
    ['concox/gt06', 'Lat:N0.000000,Lon:E0.000000,Course:0.00,Speed:0.00,DateTime:2021-10-29 11:11:43'],
    [
      'aika/gt-901',
      'http://maps.google.cn/maps?q=N0.00000,E0.00000 ID:9171000001 ACC:ON GPS:V Speed:0.00KM/H 24-02-01 03:20:08',
    ],
    ['teltonika/fmb', 'GPS:0 Sat:0 Lat:0.000000 Long:0.000000 Alt:0 Speed:0 Dir:0 Date: 2017/6/16 Time: 12:52:30'],
    ['sinotrack/st-901', 'http://maps.google.com/maps?q=N0.000000,E0.000000'],
    ['365gps/gf-07', 'http://maps.google.com/maps?q=-1,-1'],
    ['micodus/mv55g', 'http://maps.google.com/maps?q=0,0'],
  ])('is what %s says in %j', (profile, text) => {
    const values = read(profile, text)?.values
    expect(values).toMatchObject({ fix: false })
    expect(values).not.toHaveProperty('latitude')
    expect(values).not.toHaveProperty('longitude')
  })

  test('is not what lies on the equator or on the meridian of Greenwich', () => {
    expect(read('coban/tk103', 'lat:0.000000 long:9.453000 speed:0.00')?.values).toMatchObject({ longitude: 9.453 })
    expect(read('coban/tk103', 'lat:51.477000 long:0.000000 speed:0.00')?.values).toMatchObject({ latitude: 51.477 })
  })
})

describe('an old place', () => {
  test.each([
    ['coban/gps102', `last:\nlat:51.481200 long:-3.179300 speed:0.00\nT:03/20/19 16:55\n${place}`, 51.4812],
    ['coban/tk103', `Last:\nlat:51.481200 long:-3.179300 speed:0.00\nT:03/20/19 16:55\n${place}`, 51.4812],
    ['coban/tk103', `Lac:1a2b 3c4d\nT:19/03/20 16:55\nLast:\nT:14:03\n${place}`, 19.40123],
    [
      'aika/gt-901',
      'http://maps.google.cn/maps?q=N40.93956,W008.53900 ID:9171000001 ACC:ON GPS:V Speed:0.00KM/H 24-02-01 03:20:08',
      40.93956,
    ],
    ['concox/gk301', "Current Location (LBS): nearby Bao'an Road (22.571,113.876)", 22.571],
    [
      'concox/gt06',
      'Last position! Lat:S23.112233,Lon:W46.445566,Course:263.28,Speed:0.00Km/h,DateTime:2021-10-29 11:11:43',
      -23.112233,
    ],
  ])('of %s in %j is known, without a fix and without an alarm', (profile, text, latitude) => {
    expect(read(profile, text)).toMatchObject({ values: { latitude, fix: false }, event: null })
  })

  test('answers the question where the tracker is', () => {
    const text = `Lac:1a2b 3c4d\nT:19/03/20 16:55\nLast:\nT:14:03\n${place}`
    expect(answered('coban/tk103', 'locate', text)).toMatchObject({ verdict: 'accepted', event: null })
  })
})

describe('an alarm is never lost because another line is odd', () => {
  test.each(coban)('by %s', (profile) => {
    const sos = { event: 'sos', level: 'high' }
    expect(read(profile, `help me!\nLac:1a2b 3c4d\nT:\nLast:\nT:14:03\n${place}`)).toMatchObject({
      ...sos,
      values: { latitude: 19.40123, longitude: -99.17123, lac: '1a2b', cell_id: '3c4d', fix: false },
    })
    expect(read(profile, 'help me!')).toMatchObject(sos)
    expect(read(profile, 'help me!\nNo GPS\nbat:20%')).toMatchObject(sos)
    expect(read(profile, 'help me! lat: long: speed: T:')).toMatchObject(sos)
    expect(read(profile, 'Help me!\r\nsome new line of a firmware\r\nlat:1.5 long:2.5')).toMatchObject(sos)
  })

  test('by other makers, and the answer that acknowledges one is none', () => {
    expect(read('concox/gt06', 'SOS Alarm!\nNO DATA!\nsomething else')).toMatchObject({ event: 'sos', level: 'high' })
    expect(read('concox/gt06', 'Cut Power! Lat:S23.1,Lon:W46.4,odd')).toMatchObject({ event: 'power_cut' })
    expect(read('coban/tk103', 'help me ok!')).toBeUndefined()
    expect(read('coban/tk103', 'move ok')).toBeUndefined()
    expect(read('coban/tk103', 'low battery on ok!')).toBeUndefined()
  })
})

describe('a first line', () => {
  test('that the profile knows elsewhere is no alarm', () => {
    const rest = `\nlat:19.401230\nlong:-99.171230\nspeed:0.00\nT:18/05/11 14:03\nbat:100%\n${place}`
    expect(read('coban/tk103', `ACC on!${rest}`)).toMatchObject({
      event: 'ignition_on',
      level: null,
      values: { ignition: true, latitude: 19.40123, fix_time: '2018-05-11T14:03', battery: 100 },
    })
    expect(read('coban/tk103', `Tracker is activated${rest}`)).toMatchObject({ event: null, level: null })
    expect(read('coban/tk103', `Stop engine Succeed${rest}`)).toMatchObject({ event: null, level: null })
  })

  test('that nobody knows is one', () => {
    expect(read('coban/tk103', `Sensor 7!\nlat:1.5 long:2.5\nspeed:0.00`)).toMatchObject({
      event: 'alarm',
      level: 'high',
      values: { alarm_text: 'Sensor 7!' },
    })
  })
})

describe('the order of a date', () => {
  const text = (date: string) => `lat:51.481200 long:-3.179300 speed:0.00\nT:${date} 16:55\nbat:90%\n${place}`
  const timeOf = (date: string, scts: string, settings = '{}') =>
    readText(deviceOf('coban/tk103', `{ settings: ${settings} }`), text(date), at(scts))[0]?.values.fix_time

  test.each([
    ['18/05/11', '2018-05-11T16:55'],
    ['13/09/30', '2013-09-30T16:55'],
    ['03/11/19', '2019-03-11T16:55'],
    ['03/20/19', '2019-03-20T16:55'],
    ['25/12/18', '2025-12-18T16:55'],
  ])('of %s is told by the date', (date, time) => {
    expect(timeOf(date, '2026-11-29T12:00:00Z')).toBe(time)
  })

  test('is the one that gives today, when the text has just been sent', () => {
    expect(timeOf('11/10/26', '2026-11-10T17:00:00Z')).toBe('2026-11-10T16:55')
    expect(timeOf('11/10/26', '2026-10-11T17:00:00Z')).toBe('2026-10-11T16:55')
    expect(timeOf('11/10/26', '2011-10-26T17:00:00Z')).toBe('2011-10-26T16:55')
  })

  test.each([
    ['dd/MM/yy', '2019-11-03T16:55'],
    ['MM/dd/yy', '2019-03-11T16:55'],
    ['yy/MM/dd', '2003-11-19T16:55'],
  ])('is %s where the owner says so, in texts with a link too', (order, time) => {
    expect(timeOf('03/11/19', '2026-11-29T12:00:00Z', `{ date_order: ${order} }`)).toBe(time)
  })
})

describe('answers that real devices give', () => {
  test('arm and disarm of the Coban family', () => {
    expect(answered('coban/tk103', 'arm', 'Tracker is activated')).toMatchObject({
      verdict: 'accepted',
      values: { alarm_state: 'armed_away' },
    })
    expect(answered('coban/tk103', 'arm', 'set up fail! Pls turn off ACC').verdict).toBe('refused')
    expect(answered('coban/tk103', 'arm', 'set up fail! Pls close the door').verdict).toBe('refused')
    expect(answered('coban/tk103', 'disarm', 'tracker is deactivated')).toMatchObject({
      verdict: 'accepted',
      values: { alarm_state: 'disarmed' },
    })
  })

  test.each(['coban/tk103', 'coban/gps102', 'xexun/tk102'])('%s refuses a wrong password', (profile) => {
    expect(answered(profile, 'status', 'pwd fail').verdict).toBe('refused')
    expect(answered(profile, 'status', 'password fail!').verdict).toBe('refused')
  })

  test('what is so already is accepted, and what waits for a fix is pending', () => {
    const already = 'Already in the state of fuel supply to resume, The command is not running!'
    expect(answered('concox/gt06', 'restore_fuel', already).verdict).toBe('accepted')
    expect(answered('concox/gt06', 'restore_fuel_old', already).verdict).toBe('accepted')
    const cut = 'Already in the state of fuel supply cut off, the command is not running!'
    expect(answered('concox/gt06', 'cut_fuel', cut).verdict).toBe('accepted')
    const waits = 'GPS not fixed, Cut off the fuel supply operation delay execution!'
    expect(answered('concox/gt06', 'cut_fuel', waits).verdict).toBe('pending')
  })

  test('a parameter of a Teltonika', () => {
    const params = { parameter: '2001', value: 'internet' }
    expect(answered('teltonika/fmb', 'set_parameter', 'New value 2001:internet;', params).verdict).toBe('accepted')
    expect(answered('teltonika/fmb', 'set_parameter', 'New value 2001:;', { ...params, value: 'x' }).verdict).toBe(
      'accepted',
    )
    expect(answered('teltonika/fmb', 'set_parameter', 'New value 2002:x;', params).verdict).toBe('none')
  })

  test('a map link answers whoever asked where the tracker is', () => {
    const link = 'http://www.google.com/maps?q=44.812500,20.461200'
    for (const profile of ['365gps/gf-07', 'lkgps/lv-12', 'lkgps/lk209', 'eview/ev-07', 'micodus/mv55g']) {
      expect(read(profile, link)?.values).toMatchObject({ latitude: 44.8125, longitude: 20.4612 })
      expect(answered(profile, 'locate', link)).toMatchObject({ verdict: 'accepted', any: false })
    }
  })
})

test('the state of a Coban tracker is read whole', () => {
  const text =
    'Power: ON\nBat: 100%\nGPRS: ON\nGPS: ON\nACC: OFF\nDoor: OFF\nGSM: 15\nOil: 0.00%\nAPN: internet,,;\nIP: 203.0.113.9:9000\nArm: OFF\n'
  expect(tried('coban/tk103', text)).toMatchObject({
    mains: true,
    battery: 100,
    ignition: false,
    door: false,
    signal_quality: 15,
    alarm_state: 'disarmed',
    ip: '203.0.113.9',
    port: 9000,
  })
})

test('a refusal in common words is not an acceptance, of any device and for any command', () => {
  for (const text of [
    'operation failure',
    'Invalid Command',
    'Command error!',
    'wrong password',
    'stay arm 1 unsuccessful',
  ])
    expect(answered('365gps/gf-07', 'restart', text).verdict).toBe('refused')
  for (const text of ['no error', 'Failed calls: 3', 'battery low'])
    expect(answered('365gps/gf-07', 'restart', text)).toMatchObject({ verdict: 'accepted', any: true })
})

test('a tracker with unknown texts still reports its position with a link', () => {
  const text = 'http://maps.google.com/?q=22.571490,113.877103'
  expect(readText(deviceOf('bitrek/bi-810'), text, undated)[0]?.values).toMatchObject({ latitude: 22.57149 })
})

test.each([
  ['coban/tk103', 'lat: long: speed: T:'],
  ['concox/gt06', 'Lat:,Lon:,Course:0.00,Speed:0.00,DateTime:10-11-23 22:28'],
])('a place that %s leaves empty in %j is none', (profile, text) => {
  expect(read(profile, text)?.values).toMatchObject({ fix: false })
  expect(read(profile, text)?.values).not.toHaveProperty('latitude')
})
