import { describe, expect, test } from '@jest/globals'
import { maskText } from '../../src/device/mask.ts'
import { learnedFrom, readForward, readText } from '../../src/device/receive/read.ts'
import { at, deviceOf, makeProfile, undated } from './library.ts'

const message = (row: string): string => `messages: { seen: { ${row}, source: manual } }`

describe('a text', () => {
  test('is read by the one message that it fits', () => {
    const [reading, ...more] = readText(
      deviceOf('eldes/esim', '{ settings: { password: "1111", zone_text_2: window open } }'),
      ' Window  OPEN ',
      undated,
    )
    expect(more).toEqual([])
    expect(reading).toMatchObject({
      message: 'alarm',
      values: { input_2: true },
      event: 'alarm',
      level: 'high',
      repeats: 180,
      ends: null,
      trust: null,
    })
  })

  test('that nobody knows is no reading', () => {
    expect(readText(deviceOf('coban/tk103'), 'Your credit is low', undated)).toEqual([])
    expect(readText(deviceOf('coban/tk103'), '', undated)).toEqual([])
  })

  test('ends an alarm, and may be a part of an answer', () => {
    const panel = deviceOf('eldes/esim', '{ settings: { password: "1111" } }')
    expect(readText(panel, 'Input 2 RESTORED', undated)[0]).toMatchObject({
      event: 'alarm_end',
      ends: 'alarm',
      values: { input_2: false },
    })
    expect(readText(panel, 'Z1:door; Z2:yard;', undated)[0]).toMatchObject({ message: 'zone_names', part: 2 })
  })

  test('teaches the texts that the owner gave the device', () => {
    const panel = deviceOf('eldes/esim', '{ settings: { password: "1111" } }')
    const values = readText(panel, 'Z1:door; Z2:yard;', undated)[0]?.values ?? {}
    expect(learnedFrom(panel, { ...values, alarm_state: 'disarmed' })).toEqual({
      zone_text_1: 'door',
      zone_text_2: 'yard',
    })
  })

  test('that is passed on for somebody else is never a reading of the device', () => {
    const device = deviceOf(
      makeProfile(
        `forwards: "SMS forward from {from:number}: {inner:text}"\n${message('text: "{_:line}: Relay {output_1:on_off}"')}`,
      ),
    )
    expect(readText(device, 'SMS forward from +36301234567: Relay ON', undated)).toEqual([])
    expect(readForward(device, 'SMS forward from +36301234567: Relay ON')).toEqual({
      from: '+36301234567',
      inner: 'Relay ON',
    })
    expect(readText(device, 'Box: Relay ON', undated)).toHaveLength(1)
    const phone = deviceOf('generic/phone')
    expect(readForward(phone, 'From 10000:\nthis is the content\nof the message')).toEqual({
      from: '10000',
      inner: 'this is the content\nof the message',
    })
    const router = deviceOf('mikrotik/routeros', '{ settings: { password: s3cr3t } }')
    const said = 'From: +36301234567 Date:jan/02/2020 12:00:00 GMT +1 Msg: Relay ON'
    expect(readForward(router, said)).toEqual({ from: '+36301234567', inner: 'Relay ON' })
  })

  test('may hold fragments in any order', () => {
    const device = deviceOf(
      makeProfile(
        message(
          'text: "Unit {unit_name:word}~, {rest:text}", find: [ "batt:{battery:percent}", "[temp:{temperature:decimal}~C]", "[in:{text_1:line}]" ]',
        ),
      ),
    )
    const values = (text: string) => readText(device, text, undated)[0]?.values
    expect(values('Unit A1, temp: -3.5C batt: 80%')).toEqual({ unit_name: 'A1', temperature: -3.5, battery: 80 })
    expect(values('Unit A1, batt: 80% in: front door open\nbye')).toEqual({
      unit_name: 'A1',
      battery: 80,
      text_1: 'front door open',
    })
    expect(readText(device, 'Unit A1, temp: -3.5C', undated)).toMatchObject([
      { reading: 'partial', values: { unit_name: 'A1', temperature: -3.5 } },
    ])
  })

  test('may have position and time in pieces, as pairs or as fragments', () => {
    const pairs = deviceOf(
      makeProfile(
        message(
          'fields: { separator: "\\n", keys: { Lat: "latitude:latitude", Long: "longitude:longitude", Date: "fix_time:date(yyyy-MM-dd)", Time: "fix_time:clock(HH:mm:ss)", Fix: "state" } }, set: { mains: "false" }',
        ),
      ),
    )
    const fragments = deviceOf(
      makeProfile(
        message(
          'find: [ "Lat:{latitude:latitude}", "[Long:{longitude:longitude}]", "[Date:{fix_time:date(yyyy-MM-dd)}]", "[Time:{fix_time:clock(HH:mm:ss)}]" ], set: { mains: "false" }',
        ),
      ),
    )
    const text = 'Lat: +22.50500\nTime: 16:39:45\nLong: -114.01000\nBS: 25ee0dff\nDate: 2008-04-25'
    const values = { latitude: 22.505, longitude: -114.01, fix_time: '2008-04-25T16:39:45', mains: false }
    expect(readText(pairs, text, undated)[0]?.values).toEqual(values)
    expect(readText(fragments, text, undated)[0]?.values).toEqual(values)
    expect(readText(pairs, 'Lat: +22.50500\nTime: 16:39:45', undated)[0]?.values).toEqual({
      fix_time: '16:39:45',
      mains: false,
    })
  })

  test('that the device cuts is read as far as it goes', () => {
    const device = deviceOf(
      makeProfile(
        message('text: "Relay {output_1:on_off} Battery {battery:percent} Signal {signal:percent}", cut_at: 24'),
      ),
    )
    expect(readText(device, 'Relay ON Battery 80% Sign', undated)[0]?.values).toEqual({ output_1: 'ON', battery: 80 })
    expect(readText(device, 'Relay ON Battery 80% S', undated)).toMatchObject([{ reading: 'partial' }])
  })

  test('that is nothing but a map link is a position, of every kind of link', () => {
    const tracker = deviceOf('coban/tk103')
    const links: [string, number, number][] = [
      ['http://maps.google.com/maps?q=N22.571490,E113.877103', 22.57149, 113.877103],
      ['http://maps.google.com/?q=22.549737N,114.076685E', 22.549737, 114.076685],
      ['http://maps.google.cn/maps?q=N40.93956%2cW008.53900', 40.93956, -8.539],
      ['https://maps.google.com/maps?q=+40.756441,-73.986378', 40.756441, -73.986378],
      ['http://maps.google.com/maps?f=q&hl=en&q=-22.5,-114.25&ie=UTF8&z=16&iwloc=addr&om=1', -22.5, -114.25],
      ['http://maps.meigps.com/?lat=22.513015&lng=114.057235', 22.513015, 114.057235],
      ['www.biakom.com/maps/q=50.420209,30.428448,12,0', 50.420209, 30.428448],
      ['https://www.google.com/maps/@-33.45,-70.66,17z', -33.45, -70.66],
      ['https://maps.google.com/maps?q=loc:1.5,2.5', 1.5, 2.5],
      ['geo:48.1,11.5', 48.1, 11.5],
    ]
    for (const [link, latitude, longitude] of links) {
      expect([link, readText(tracker, link, undated)[0]?.values]).toEqual([link, { latitude, longitude }])
    }
    expect(readText(tracker, 'http://maps.google.com/maps', undated)).toEqual([])
  })
})

describe('a date', () => {
  const device = (zone: string) =>
    deviceOf(makeProfile(`${zone}${message('text: "at {fix_time:date(MM-dd HH:mm:ss)}"')}`))
  const read = (zone: string, text: string, scts: string) => readText(device(zone), text, at(scts))[0]?.values.fix_time

  test('gets its year from the stamp of the network', () => {
    expect(read('', 'at 09-28 12:11:02', '2026-09-28T12:12:00+00:00')).toBe('2026-09-28T12:11:02')
    expect(read('', 'at 12-31 23:59:50', '2027-01-01T00:00:10+00:00')).toBe('2026-12-31T23:59:50')
    expect(read('', 'at 01-01 00:00:05', '2026-12-31T23:59:50+00:00')).toBe('2027-01-01T00:00:05')
  })

  test('carries the offset of the zone where it is known, summer and winter', () => {
    expect(read('time_zone: Europe/Berlin\n', 'at 07-01 12:00:00', '2026-07-01T10:00:00Z')).toBe(
      '2026-07-01T12:00:00+02:00',
    )
    expect(read('time_zone: Europe/Berlin\n', 'at 01-15 12:00:00', '2026-01-15T11:00:00Z')).toBe(
      '2026-01-15T12:00:00+01:00',
    )
    expect(read('time_zone: "+08:00"\n', 'at 01-15 12:00:00', '2026-01-15T11:00:00Z')).toBe('2026-01-15T12:00:00+08:00')
  })

  test('that cannot be, or lies ahead of the network, is left out, and the rest of the text still counts', () => {
    expect(read('', 'at 02-30 12:00:00', '2026-03-01T00:00:00Z')).toBeUndefined()
    const tracker = deviceOf('coban/tk103')
    const text = 'help me! lat:1.5 long:2.5 speed:0.00 T:31/09/30 10:27 Bat:25% Signal:F imei:1234567'
    expect(readText(tracker, text, at('2026-01-01T00:00:00Z'))[0]).toMatchObject({
      event: 'sos',
      values: { latitude: 1.5 },
    })
    expect(readText(tracker, text, at('2026-01-01T00:00:00Z'))[0]?.values).not.toHaveProperty('fix_time')
  })
})

describe('coordinates', () => {
  const read = (pattern: string, text: string) =>
    readText(deviceOf(makeProfile(message(`text: "${pattern}"`))), text, undated)[0]?.values
  test.each([
    ['{latitude:latitude} {longitude:longitude}', '+22.50500 -114.01000', 22.505, -114.01],
    ['{latitude:latitude} {longitude:longitude}', 'N22.571285 W013.877115', 22.571285, -13.877115],
    ['{latitude:latitude},{longitude:longitude}', '22.549737 S, 114.076685 E', -22.549737, 114.076685],
    ['{latitude:dms} {longitude:dms}', '22 32 36.63N 114 04 57.37W', 22.5435083, -114.0826028],
    [
      '{longitude:dms}, {latitude:dms}',
      '114 degree - 04 minute -57.74 second, 22 degree -32 minute -40.05 second',
      22.5444583,
      114.0827056,
    ],
    ['{latitude:dms} {longitude:dms}', 'S22d32m36s E114d04m57s', -22.5433333, 114.0825],
    ['{latitude:nmea},{longitude:nmea}', '2232.5485,S,11404.6887,E', -22.542475, 114.078145],
    [
      '{position:nmea_sentence}',
      '$GPRMC,161509.000,A,2232.5485,N,11404.6887,E,0.3,153.7,290709,,*03',
      22.542475,
      114.078145,
    ],
  ])('%s in %j', (pattern, text, latitude, longitude) => {
    expect(read(pattern, text)).toMatchObject({ latitude, longitude })
  })

  test('of an NMEA sentence come with speed, course, fix and time', () => {
    expect(
      read('{position:nmea_sentence}', '$GPRMC,161509.000,V,2232.5485,N,11404.6887,E,10,153.7,290709,,*03'),
    ).toMatchObject({ speed: 18.52, course: 153.7, fix: false, fix_time: '2009-07-29T16:15:09Z' })
  })

  test('that have lost their dot are left out, the alarm is not', () => {
    const device = deviceOf(makeProfile(message('text: "SOS Alarm! {position:maps_link}", event: sos')))
    expect(
      readText(device, 'SOS Alarm! http://maps.google.com/maps?q=N22576713,E113.916585', undated)[0],
    ).toMatchObject({ event: 'sos', values: {} })
  })
})

describe('secrets', () => {
  test('in a text are masked by their place: a password 0000 does not eat a coordinate', () => {
    const tracker = deviceOf('sinotrack/st-901')
    const text =
      'ST-901:V4.35,ID:9000000210,UP:0000,U1:000000000000,U2:,U3:,MODE:GPRS,OVERSPEED:80,APN:a,b,c,IP:45.0000.2,8090,TIME ZONE:E00'
    const [reading] = readText(tracker, text, undated)
    expect(reading?.masked).toBe(
      'ST-901:V4.35,ID:9000000210,UP:***,U1:***,U2:,U3:,MODE:GPRS,OVERSPEED:80,APN:a,b,***,IP:45.0000.2,8090,TIME ZONE:E00',
    )
    expect([...(reading?.secretFields ?? [])].sort()).toEqual(['apn_password', 'password', 'phone_number_1'])
  })

  test('are masked as whole tokens in a text that nobody understands', () => {
    const tracker = deviceOf('sinotrack/st-901')
    expect(maskText(tracker, 'password 0000 at 37.0000,0000.5 and 20000, (0000)')).toBe(
      'password *** at 37.0000,0000.5 and 20000, (***)',
    )
  })
})
