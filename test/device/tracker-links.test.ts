import { describe, expect, test } from '@jest/globals'
import { readAnswer } from '../../src/device/receive/answer.ts'
import { readText } from '../../src/device/receive/read.ts'
import { sampleDevices } from '../../src/device/sample.ts'
import { composeCommand } from '../../src/device/send/compose-command.ts'
import { allProfiles, at, deviceOf } from './library.ts'

const today = at('2026-11-29T12:00:00Z')
const read = (profile: string, text: string) => readText(deviceOf(profile), text, today)[0]
const answered = (profile: string, command: string, text: string, config = '{}') =>
  readAnswer(deviceOf(profile, config), { command, params: {}, text: '' }, text, today)

const link = 'http://maps.google.com/maps?f=q&q=19.401230,-99.171230&z=16'
const place = { latitude: 19.40123, longitude: -99.17123 }
const cell = { lac: '1a2b', cell_id: '3c4d' }
const coban = ['coban/tk103', 'coban/gps102', 'xexun/tk102', 'lkgps/lk209', 'lkgps/lv-12'] as const
const trackers = allProfiles().filter(({ row }) => row.kind === 'tracker')

describe('an alarm with a cell or a link instead of a place is still the alarm', () => {
  test.each(coban)('of %s', (profile) => {
    expect(read(profile, `speed 080!\nLac:1a2b 3c4d\nT:\nLast:\nT:14:03\n${link}`)).toMatchObject({
      event: 'overspeed',
      level: 'high',
      values: { speed_limit: 80, ...place, ...cell, fix: false },
    })
    expect(read(profile, `speed 080! ${link}`)).toMatchObject({ event: 'overspeed', values: place })
    expect(read(profile, 'speed 080!')).toMatchObject({ event: 'overspeed', values: { speed_limit: 80 } })
    expect(read(profile, `Sensor 2! ${link}`)).toMatchObject({
      event: 'alarm',
      level: 'high',
      values: { alarm_text: 'Sensor 2!', ...place },
    })
    expect(read(profile, 'Sensor 2!\nLac:1a2b 3c4d\nT:18/05/11 14:03')).toMatchObject({
      event: 'alarm',
      values: { alarm_text: 'Sensor 2!', ...cell, fix_time: '2018-05-11T14:03' },
    })
    for (const said of ['LAC:1a2b,CID:3c4d', 'Cell ID: 3c4d LAC: 1a2b', 'lac 1a2b cell 3c4d'])
      expect(read(profile, `Sensor 2!\n${said}`)).toMatchObject({ event: 'alarm', values: cell })
    expect(read(profile, `Sensor 2!\nbat:20%\nLast:\nT:14:03\n${link}`)).toMatchObject({
      event: 'alarm',
      values: { ...place, battery: 20, fix: false },
    })
    expect(read(profile, `help me! ${link}`)).toMatchObject({ event: 'sos', values: place })
    expect(read(profile, `low battery! ${link}`)).toMatchObject({ event: 'battery_low', values: place })
    expect(read(profile, 'Sensor 2! https://goo.gl/maps/abcdef')).toMatchObject({ event: 'alarm' })
  })

  test('of the fuel and of doors', () => {
    expect(read('coban/tk103', 'oil: 12.5%\nLac:1a2b 3c4d\nT:14:03')).toMatchObject({
      event: 'fuel_alarm',
      level: 'high',
      values: { fuel: 12.5, ...cell },
    })
    expect(read('coban/tk103', `Door alarm! ${link}`)).toMatchObject({ event: 'door_opened', values: place })
    expect(read('coban/tk103', `ACC on! ${link}`)).toMatchObject({ event: 'ignition_on', level: null, values: place })
  })

  test('where its words stand behind others of the dialect', () => {
    expect(read('jointech/jt600', `ALM,SOS,jeson,09-28 12:11:02,odd,${link}`)).toMatchObject({
      event: 'sos',
      values: place,
    })
    const unitraq = deviceOf('unitraq/mt-900', '{ variant: mt900m }')
    expect(readText(unitraq, `MT-01Over Speed Warning, odd ${link}`, today)[0]).toMatchObject({ event: 'overspeed' })
  })

  test('but words that only lead over to the place, an answer and a value are none', () => {
    for (const words of [
      'Current position!',
      'My location is',
      'Cell location:',
      'GPS not fixed.',
      'No GPS fix!',
      'Bat:80%',
      'speed 080 ok!',
      'Tracker is activated',
      'wrong password!',
    ])
      expect([words, read('coban/tk103', `${words} ${link}`)]).toMatchObject([words, { event: null, values: place }])
    expect(read('coban/tk103', 'Oil: 12.5%\nDoor: OFF')).toMatchObject({ event: null, reading: 'partial' })
    expect(read('coban/tk103', 'Pay your bill! http://pay.example/q=1')).toBeUndefined()
    expect(read('coban/tk103', 'Hello from\nthe other side')).toBeUndefined()
  })
})

describe('every tracker', () => {
  test.each(trackers.map((profile) => [profile.id, profile] as const))('%s', (_, profile) => {
    for (const device of sampleDevices(profile)) {
      const said = (text: string) => readText(device, text, today)
      expect(said(`${link} Bat:80%`)).toMatchObject([{ event: null, values: { ...place, battery: 80 } }])
      expect(said(`odd words ${link}, and more`)[0]?.values).toMatchObject(place)
      expect(said(`Position:\n${link}.`)).toMatchObject([{ event: null, values: place }])
      for (const old of [
        'GPS not fixed.',
        'Cell location:',
        'Last GPS position',
        'LBS location',
        'Base station position:',
      ])
        expect(said(`${old} ${link}`)).toMatchObject([{ event: null, values: { ...place, fix: false } }])
      for (const cry of [
        'SOS!',
        'SOS Alarm!',
        'help me!',
        'Help!',
        'SOS from Tom,',
        'SOS',
        'SOS:',
        'SOS,',
        '[SOS]',
        'Help me!!!',
      ])
        expect(said(`${cry} ${link}`)[0]).toMatchObject({ event: 'sos', values: place })
      for (const cry of ['SOS!', 'help me!']) expect(said(cry)[0]).toMatchObject({ event: 'sos', level: 'high' })
      expect(said(`SOS ok! ${link}`)).toMatchObject([{ event: null }])
      expect(said('SOS ok')).toEqual([])
      expect(said('SOS:\n1. +4915112345699\n2.')).toEqual([])
    }
  })
})

describe('a link', () => {
  test('counts beside the words of an alarm, and where the first one is no place', () => {
    const text = `Vibration alarm! http://tracker.example/login ${link}`
    expect(read('365gps/gf-07', text)).toMatchObject({
      event: 'alarm',
      level: 'high',
      values: { alarm_text: 'Vibration alarm!', ...place },
    })
    expect(read('365gps/gf-07', 'see http://tracker.example/login')).toBeUndefined()
  })

  test('counts beside a state that the profile knows', () => {
    const state = 'BATTERY: 15%\nINTERNET: CLOSED\nNET: NONE\nGPS: CLOSED'
    expect(read('micodus/mv55g', `${state}\n${link}`)?.values).toMatchObject({ battery: 15, ...place })
  })

  test('is no place of a device that is no tracker', () => {
    expect(read('king-pigeon/k2', `SOS! ${link}`)?.values.latitude).toBeUndefined()
  })

  test('counts in the forms that map services have', () => {
    for (const path of ['place/19.401230,-99.171230', 'search/19.401230,-99.171230', 'dir//19.401230,-99.171230'])
      expect(read('365gps/gf-07', `here https://www.google.com/maps/${path} now`)?.values).toMatchObject(place)
  })

  test('and a place in words are not mixed up with other words', () => {
    expect(read('365gps/gf-07', `Market place 5 ${link}`)?.values).toEqual(place)
  })
})

describe('Concox alarms', () => {
  const fix = { latitude: -23.112233, longitude: -46.445566 }
  const block = 'Lat:S23.112233,Lon:W46.445566,Course:263.28,Speed:90.00Km/h,DateTime:2021-10-29 11:11:43'
  const url = 'http://maps.google.com/maps?q=S23.112233,W46.445566'

  test('that the profile has in another text count with their own event', () => {
    const geofence = { event: 'geofence', level: 'high', values: fix }
    expect(read('concox/gt06', `Geofence Out Alarm!${block}`)).toMatchObject(geofence)
  })

  test.each(['concox/gt06', 'concox/gt03a', 'seeworld/s03c'])('that %s has no words for', (profile) => {
    for (const words of ['Over Speed!', 'Cornering Alarm!', 'Vehicle Moved!']) {
      const alarm = { event: 'alarm', level: 'high', values: { alarm_text: words, ...fix } }
      expect(read(profile, `${words}${block}`)).toMatchObject(alarm)
      expect(read(profile, `${words}<DateTime:2021-10-29 11:11:43> ${url}`)).toMatchObject(alarm)
      expect(read(profile, `${words}<DateTime:21-10-29 11:11:43>${url}`)?.values.fix_time).toBe('2021-10-29T11:11:43')
    }
  })

  test.each(['concox/gt06', 'concox/gt03a', 'seeworld/s03c'])('keep their time when %s has no place', (profile) => {
    expect(read(profile, 'SOS Alarm!<DateTime:2021-10-29 11:11:43>')).toMatchObject({
      event: 'sos',
      values: { fix_time: '2021-10-29T11:11:43' },
    })
    expect(read(profile, `SOS Alarm!<DateTime:2021-10-29 11:11:43> ${url}`)).toMatchObject({
      event: 'sos',
      values: { ...fix, fix_time: '2021-10-29T11:11:43' },
    })
  })

  test.each(['concox/gt06', 'concox/gt03a', 'seeworld/s03c'])('are not what %s has before a position', (profile) => {
    for (const [words, isOld] of [
      ['Current position!', false],
      ['Last position!', true],
      ['DWXX=', false],
    ] as const) {
      const reading = read(profile, `${words}${block}`)
      expect(reading).toMatchObject({ message: 'position', event: null, values: { ...fix, speed: 90 } })
      expect(reading?.values.fix).toBe(isOld ? false : undefined)
    }
  })

  test.each(['concox/gt06', 'concox/gt03a', 'seeworld/s03c'])('beside the other texts of %s', (profile) => {
    expect(read(profile, `<10-29 11:13>${url}`)).toMatchObject({ event: null, values: fix })
    expect(read(profile, `<DateTime:10-11-23 23:42:51> ${url}`)).toMatchObject({
      message: 'position_link',
      event: null,
      values: { ...fix, fix_time: '2010-11-23T23:42:51' },
    })
    expect(read(profile, 'NO DATA!')).toMatchObject({ event: null, values: { fix: false } })
    expect(read(profile, 'GPS fail to locate, no data, please try again!')?.values.fix ?? false).toBe(false)
  })

  test('and the state of a GT06, which is asked and read without `unproven: true`', () => {
    const device = deviceOf('concox/gt06')
    const { texts } = composeCommand(device, 'status', {}, { now: '2026-11-29T12:00:00Z' })
    expect(texts.map(({ text }) => text)).toEqual(['STATUS#'])
    const text =
      'Battery:4.20V,NORMAL; GPRS:Link Up; GPS:Successful positioning; SVS Used in fix:3(9); ACC:ON; Defense:OFF;'
    const values = { battery_voltage: 4.2, data_connected: true, fix: true, satellites: 3, ignition: true }
    expect(readText(device, text, today)).toMatchObject([{ message: 'status', values }])
    expect(answered('concox/gt06', 'status', text)).toMatchObject({ verdict: 'accepted', any: false, values })
  })

  test('and the state of a GT06 that searches or runs low', () => {
    const state = (battery: string, gps: string) =>
      read('concox/gt06', `Battery:${battery}; GPRS:Link Up; GPS:${gps}; ACC:OFF; Defense:OFF;`)?.values
    expect(state('3.60V,LOW', 'Searching Satellite, SVS Used in fix:0(0)')).toMatchObject({
      battery_voltage: 3.6,
      battery_low: true,
      fix: false,
      satellites: 0,
    })
    expect(state('4.20V,NORMAL', 'Successful positioning, SVS Used in fix:9(9)')).toMatchObject({
      battery_low: false,
      fix: true,
      satellites: 9,
    })
    expect(state('3.40V,Extremely Low', 'NOT FIXED')).toMatchObject({ battery_low: true, fix: false })
  })
})

describe('where it is', () => {
  const plain = 'http://www.google.com/maps?q=44.812500,20.461200'
  test.each([
    ['vjoycar/tk05', 'locate'],
    ['vjoycar/tk05', 'position'],
    ['vjoycar/tk05', 'address'],
    ['queclink/gl601', 'locate'],
    ['teltonika/gh4000', 'locate'],
    ['reachfar/rf-v28', 'map'],
    ['reachfar/rf-v28', 'locate'],
    ['concox/gt06', 'link'],
    ['concox/gt03a', 'link'],
    ['seeworld/s03c', 'link'],
    ['meiligao/gt30x', 'call_for_position'],
    ['v-sun/tk205', 'call_for_position'],
    ['coban/tk103', 'link'],
    ['coban/tk103', 'track'],
  ])('is what a link tells %s %s', (profile, command) => {
    for (const text of [plain, `Bat:80% ${plain}`])
      expect(answered(profile, command, text)).toMatchObject({
        verdict: 'accepted',
        any: false,
        values: { latitude: 44.8125, longitude: 20.4612 },
      })
  })

  test('is a position where a link was requested', () => {
    const text = 'lat:51.481200 long:-3.179300 speed:0.00 T:03/11/19 16:55 bat:90%'
    expect(answered('coban/tk103', 'link', text)).toMatchObject({ verdict: 'accepted', values: { latitude: 51.4812 } })
    expect(answered('coban/tk103', 'link', 'lat: long: speed: T:')).toMatchObject({ verdict: 'accepted' })
    expect(answered('coban/tk103', 'locate', `Last:\nT:03/20/19 16:55\n${link}`)).toMatchObject({
      verdict: 'accepted',
      event: null,
      values: { ...place, fix: false },
    })
    const teltonika = 'http://maps.google.com/?q=54.666042,25.225032&om=1'
    expect(answered('teltonika/fmb', 'link', teltonika, '{ variant: fmb }').verdict).toBe('accepted')
  })

  test('is no answer to a command that does something', () => {
    expect(answered('coban/tk103', 'stop_tracking', 'lat:51.4812 long:-3.1793 speed:0.00').verdict).toBe('none')
    expect(answered('coban/tk103', 'stop', plain).verdict).toBe('none')
    expect(answered('vjoycar/tk05', 'turn_off', plain).verdict).toBe('none')
  })

  test('in unknown words is what any other text is to a command whose answer nobody knows', () => {
    expect(answered('reachfar/rf-v28', 'find', `ok ${plain}`)).toMatchObject({ verdict: 'accepted', any: true })
    expect(answered('reachfar/rf-v28', 'find', `SOS! ${plain}`)).toMatchObject({ verdict: 'none' })
  })
})

describe('the date of a place', () => {
  const block = 'lat:51.481200 long:-3.179300 speed:0.00'
  const timeOf = (text: string) => read('coban/tk103', text)?.values.fix_time

  test.each([
    ['03/11/2019', '2019-03-11T16:55'],
    ['19-03-11', '2019-03-11T16:55'],
    ['2019-03-11', '2019-03-11T16:55'],
    ['2019/03/11', '2019-03-11T16:55'],
    ['19.03.11', '2019-03-11T16:55'],
    ['25/12/2018', '2018-12-25T16:55'],
  ])('may be written %s', (date, time) => {
    expect(timeOf(`${block}\nT:${date} 16:55\nbat:90%\n${link}`)).toBe(time)
  })

  test('is the same with the link in front, behind or between, and with a cell', () => {
    const time = '2018-05-11T14:03'
    expect(timeOf(`${link}\n${block}\nT:18/05/11 14:03`)).toBe(time)
    expect(timeOf(`${block}\nT:18/05/11 14:03\n${link}`)).toBe(time)
    expect(timeOf(`help me!\n${link}\n${block}\nT:18/05/11 14:03`)).toBe(time)
    expect(timeOf('low battery!\nLac:1a2b 3c4d\nT:18/05/11 14:03')).toBe(time)
  })
})

describe('a link without a place in it', () => {
  test.each(['https://maps.app.goo.gl/Ab3dE', 'https://goo.gl/maps/Ab3dE', 'http://bit.ly/2Ab3dE', 'http://x.y/abc'])(
    'is kept as it is, and is no place: %s',
    (short) => {
      for (const profile of ['coban/tk103', 'sinotrack/st-901', 'reachfar/rf-v28']) {
        const reading = read(profile, short)
        expect(reading).toMatchObject({ reading: 'partial', values: { link: short }, event: null })
        expect(reading?.values).not.toHaveProperty('latitude')
      }
    },
  )

  test('is none where there is one with a place, and none of a device that gives no places', () => {
    expect(read('coban/tk103', `https://bit.ly/2Ab3dE ${link}`)?.values).toEqual(place)
    for (const text of ['http://maps.google.com/maps?q=0.0,0.0', 'Your bill: https://bit.ly/2Ab3dE', 'http://bit.ly'])
      expect([text, read('coban/tk103', text)?.values ?? {}]).toEqual([
        text,
        expect.not.objectContaining({ link: text }),
      ])
    expect(read('generic/text', 'https://bit.ly/2Ab3dE')).toBeUndefined()
  })
})
