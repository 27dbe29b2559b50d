import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { type Device, makeDevice } from '../../src/device/device.ts'
import { DeviceConfig } from '../../src/device/device-config.ts'
import { disguise } from '../../src/device/draft/anonymise.ts'
import { problemsOf } from '../../src/device/draft/check-rule.ts'
import { contributionOf } from '../../src/device/draft/contribution.ts'
import { draftPattern } from '../../src/device/draft/draft-pattern.ts'
import { literally } from '../../src/device/draft/draft-pieces.ts'
import { draftProfile } from '../../src/device/draft/draft-profile.ts'
import { groupTexts } from '../../src/device/draft/group-texts.ts'
import { readPattern } from '../../src/device/draft/read-pattern.ts'
import { lintProfile } from '../../src/device/lint/index.ts'
import { parseProfile } from '../../src/device/profile/profile.ts'
import { readText } from '../../src/device/receive/read.ts'
import { sampleDevice, sampleDevices } from '../../src/device/sample.ts'
import { seededRandom } from '../../src/util/random.ts'
import { makeProfile, profileOf, undated, yaml } from './library.ts'

/** What a pattern reads in a text; null where it can't be one or does not fit. */
function read(pattern: string, text: string): Readonly<Record<string, unknown>> | null {
  try {
    const profile = makeProfile(`messages: { seen: { text: ${JSON.stringify(pattern)} } }`)
    return readText(sampleDevice(profile, '', {}), text, undated)[0]?.values ?? null
  } catch {
    return null
  }
}

describe('a drafted pattern', () => {
  test.each([
    [
      'WATER LEVEL: 63% TEMP: 12.5C BAT: 3.91V',
      'WATER LEVEL: 7% TEMP: -3C BAT: 4V',
      { level: 7, temperature: -3, battery_voltage: 4 },
    ],
    ['Temp 22.5', 'Temp 22.7', { temperature: 22.7 }],
    ['T22.5C H40%', 'T-1.25C H41%', { temperature: -1.25 }],
    ['Supply: 12050 mV', 'Supply: 11800 mV', { voltage: 11.8 }],
    ['Temperature: 70°F', 'Temperature: 32°F', { temperature: 0 }],
    ['Pressure 1,5 bar', 'Pressure 2 bar', { pressure: 2 }],
    [
      '2026-11-29 12:30:05 pump 3 ON',
      '2025-01-02 03:04:05 pump 4 OFF',
      { time: '2025-01-02T03:04:05', switch_2: 'OFF' },
    ],
    ['29.11.2026 12:30 level: 50%', '01.02.2025 03:04 level: 51%', { time: '2025-02-01T03:04', level: 51 }],
    ['Date 29/11/26, 12:30 ok', 'Date 28/10/25, 01:02 ok', { time: '2025-10-28T01:02' }],
    ['lat:22.571285 lon:-114.05', 'lat:-1.5 lon:3.25', { latitude: -1.5, longitude: 3.25 }],
    ['Pos N22.571285,E114.057000 now', 'Pos S22.571285,W114.057000 now', { latitude: -22.571285, longitude: -114.057 }],
    ['Door: OPEN', 'Door: closed', { text_1: 'closed' }],
    ['Flow 3.2m3/h total 1,234.5 m3', 'Flow 3.25m3/h total 12,345,678.5 m3', { value_1: 3.25, value_2: 12345678.5 }],
    ['Level 1.250,5 l', 'Level 980,5 l', { value_1: 980.5 }],
    ['Voltage 12.0-14.4V', 'Voltage 11.5-13.8V', { value_1: 11.5, value_2: 13.8 }],
    ['Range -5 - 14', 'Range -7 - -3', { value_1: -7, value_2: -3 }],
    ['Time: 5:07 PM', 'Time: 11:07 AM', { text_1: '11:07' }],
    ['Time: 11:07 AM', 'Time: 5:07 PM', { text_1: '17:07' }],
    ['29.11.2026 12:30:05 am', '01.02.2025 12:04:05 PM', { time: '2025-02-01T12:04:05' }],
    ['Pump ran at 5:07', 'Pump ran at 15:07', { text_1: '15:07' }],
    ['Rain .5mm', 'Rain 1.5mm', { value_1: 1.5 }],
    ['Rain 1.5mm', 'Rain .5mm', { value_1: 0.5 }],
    ['IP 192.168.1.20 id 0012', 'IP 10.0.0.1 id 0013', { text_1: '10.0.0.1', text_2: '0013' }],
  ])('of %j reads it, and reads %j', (text, sister, values) => {
    const pattern = draftPattern(text)
    expect(read(pattern, text)).not.toBeNull()
    expect(read(pattern, sister)).toMatchObject(values)
  })

  test.each([
    ['Flow 3.2m3/h total 1,234.5 m3', { value_1: 3.2, value_2: 1234.5 }],
    ['Level 1.250,5 l', { value_1: 1250.5 }],
    ['Total 1,234,567 l', { value_1: 1234567 }],
    ['Energy 1.234.567,89 kWh', { value_1: 1234567.89 }],
    ['Voltage 12.0-14.4V', { value_1: 12, value_2: 14.4 }],
    ['Time: 12:07 AM', { text_1: '00:07' }],
    ['Time: 12:07:09 p.m.', { text_1: '12:07:09' }],
    ['Rain .5mm', { value_1: 0.5 }],
    ['Rain:,5 mm', { value_1: 0.5 }],
    ['a, b. 5 ok', { value_1: 5 }],
    ['Ratio 1:10', { value_1: 1, value_2: 10 }],
  ])('of %j reads its numbers as they are meant', (text, values) => {
    expect(read(draftPattern(text), text)).toMatchObject(values)
  })

  test('reads its own text and every other value, whatever stands in the text', () => {
    const random = seededRandom(31)
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
    const number = () => `${pick(['', '', '-', '+'])}${Math.floor(random() * 400)}${pick(['', '.5', ',25', '.004'])}`
    const two = (most: number) => String(1 + Math.floor(random() * most)).padStart(2, '0')
    const kinds: readonly (() => string)[] = [
      () => `${number()}${pick(['', '%', ' %', 'C', ' V', ' mV', 'bar', ' dBm'])}`,
      () => `20${two(26)}-${two(12)}-${two(28)} ${two(23)}:${two(59)}`,
      () => `${two(12)}/${two(12)}/${two(26)} ${two(23)}:${two(59)}:${two(59)}`,
      () => `${two(23)}:${two(59)}`,
      () => pick(['ON', 'OFF']),
      () => pick(['open', 'closed', 'OK', 'alarm', 'low']),
    ]
    const names = ['TEMP', 'Bat', 'Water level', 'Zone A', 'GSM', 'Pump', 'x', 'Druck']
    for (let round = 0; round < 300; round++) {
      const shape = Array.from({ length: 1 + Math.floor(random() * 5) }, () => ({
        name: pick(names),
        mark: pick([': ', '=', ' ', ':']),
        // The unit stays what it is: a device prints the same one each time.
        value: pick(kinds),
        end: pick([', ', '\n', '; ', ' ']),
      }))
      const units = shape.map(({ value }) => /[^\d.,+-].*$/.exec(value())?.[0] ?? '')
      const text = () =>
        shape
          .map(({ name, mark, value, end }, i) => {
            const made = value()
            const isNumber = value === kinds[0]
            return `${name}${mark}${isNumber ? `${number()}${units[i]}` : made}${end}`
          })
          .join('')
          .trim()
      const [one, other] = [text(), text()]
      const pattern = draftPattern(one)
      expect({ one, pattern, read: read(pattern, one) !== null }).toEqual({ one, pattern, read: true })
      expect({ one, other, pattern, read: read(pattern, other) !== null }).toEqual({ one, other, pattern, read: true })
    }
  })
})

describe('a drafted profile', () => {
  test('has one message for texts that differ in a word, and its examples prove it', () => {
    const texts = ['Mains lost at 12:30', 'Mains back at 13:05', 'Zone 3 alarm', 'Zone 14 alarm', 'Hello']
    const source = draftProfile(texts, read)
    const { messages } = parse(source) as { messages: Record<string, { examples: { text: string }[] }> }
    expect(Object.values(messages).map(({ examples }) => examples.map(({ text }) => text))).toEqual([
      texts.slice(0, 2),
      texts.slice(2, 4),
      ['Hello'],
    ])
    const device = sampleDevice(parseProfile('my/pump', yaml(source)), '', {})
    for (const text of [...texts, 'Mains cut at 09:00', 'Zone 7 alarm']) {
      expect(readText(device, text, undated)).toHaveLength(1)
    }
  })

  test('keeps a text that has no words of its own as it is', () => {
    expect(draftProfile(['12.5'], read)).toContain('text: "12.5"')
  })
})

describe('texts of a device', () => {
  const groups = (...texts: string[]) =>
    groupTexts(texts, readPattern).map(({ pattern, texts: of }) => [pattern, of.length])

  test('are grouped by what is the same in them', () => {
    expect(
      groups(
        'Pump 1 on at 12:30',
        'Relay 1: ON',
        'Pump 1 on at 12:31',
        'Level 3.5 m',
        'Level n/a',
        'Pump 1 off at 13:00',
      ),
    ).toEqual([
      ['Pump 1 {switch_1:on_off} at {text_2:clock(HH:mm)}', 3],
      ['Relay 1: {output_1:on_off}', 1],
      ['Level {value_1:decimal} m', 1],
      ['Level n/a', 1],
    ])
  })

  test('of makers that we did not write are read as they are meant', () => {
    const status =
      'Power: ON\nBat: 100%\nGPRS: ON\nGPS: ON\nACC: OFF\nDoor: OFF\nGSM: 15\nOil: 0.00%\nAPN: internet,,;\nArm: OFF\n'
    const read = (text: string) => readPattern(draftPattern(text.trim()), text)
    expect(read(status)).toMatchObject({
      mains: true,
      battery: 100,
      ignition: false,
      door: false,
      signal_quality: 15,
      fuel: 0,
    })
    expect(draftPattern('ST-915/4G,ID:7028000001,PW:0000,SHAKE ALARM:OFF')).toBe(
      'ST-915/{value_1:decimal}G,ID:{text_2:digits},PW:{_:word},SHAKE ALARM:{switch_3:on_off}',
    )
    expect(draftPattern('Lac:1a2b 3c4d GPS Level:38,26,33')).toBe(
      'Lac:{text_1:hex} {text_2:hex} GPS Level:{value_3:int},{value_4:int},{value_5:int}',
    )
    expect(draftPattern('Owner +49551000111, code: ***')).toBe('Owner {text_1:number}, code: {_:word}')
  })

  test('cost steps in proportion to their length, whatever they are', () => {
    for (const piece of [
      '1',
      '1.',
      '-',
      'a1',
      'https://',
      '1a',
      ' ',
      ': ',
      'lat ',
      '12:3',
      '0,1,',
      '+4',
      '***',
      ',111',
    ]) {
      const cost = (length: number) => {
        const text = piece.repeat(length / piece.length)
        const begun = process.cpuUsage().user
        for (let round = 0; round < 8; round++) draftPattern(text)
        return process.cpuUsage().user - begun
      }
      cost(1_600)
      expect({ piece, isLinear: cost(6_400) < 12 * Math.max(cost(1_600), 8_000) }).toEqual({ piece, isLinear: true })
    }
    const many = Array.from(
      { length: 2_000 },
      (_, i) => `kind${String.fromCharCode(97 + (i % 26))}${'x'.repeat(i % 90)} ${i}`,
    )
    expect(groupTexts(many, readPattern).length).toBeLessThanOrEqual(50)
    expect(groupTexts(['x'.repeat(5_000)], readPattern)).toEqual([])
  })

  test('are an alarm where a rule has a hole for any word', () => {
    const messages = { zone: { text: 'Zone {value_1:int}: {text_1:word}' } }
    const panel = makeDevice(
      'panel',
      DeviceConfig.parse({ profile: 'coban/tk103', number: '+4915112345610', messages }),
      profileOf('coban/tk103'),
    )
    const read = (text: string) => readText(panel, text, undated)[0]
    expect(read('Zone 1: closed')).toMatchObject({ message: 'zone', event: null, reading: 'exact' })
    expect(read('Zone 1: SOS')).toMatchObject({ message: 'zone', event: 'sos', values: { text_1: 'SOS' } })
    expect(read('Zone 1: FIRE')).toMatchObject({ message: 'zone', event: 'alarm', level: 'high' })
  })

  test('are an alarm where a person has named that hole', () => {
    const panel = (config: object) =>
      makeDevice(
        'panel',
        DeviceConfig.parse({ profile: 'coban/tk103', number: '+4915112345610', ...config }),
        profileOf('coban/tk103'),
      )
    const [named] = ['Zone {value_1:int}: {status:word}', '[Zone {value_1:int}: ]{alarm_text:line}'].map((text) =>
      panel({ messages: { zone: { text } } }),
    )
    const read = (text: string) => readText(named as Device, text, undated)[0]
    expect(read('Zone 1: closed')).toMatchObject({ event: null, values: { status: 'closed' }, reading: 'exact' })
    expect(read('Zone 1: SOS')).toMatchObject({ event: 'sos', values: { status: 'SOS' }, level: 'high' })
    // Whoever turns alarms off has said what its words mean.
    const calm = panel({ alarms: 'false', messages: { zone: { text: 'Zone {value_1:int}: {status:word}' } } })
    expect(readText(calm, 'Zone 1: FIRE', undated)[0]?.event).toBeNull()
  })

  test('of a device that its owner calls one of alarms are alarms by their words, without any rule', () => {
    const generic = (config: object) =>
      makeDevice(
        'button',
        DeviceConfig.parse({ profile: 'generic/text', number: '+4915112345610', ...config }),
        profileOf('generic/text'),
      )
    const read = (config: object, text: string) => readText(generic(config), text, undated)[0]
    expect(read({}, 'SOS from the shed')?.event).toBeUndefined()
    const alarms = { alarms: 'true' }
    expect(read(alarms, 'SOS from the shed')).toMatchObject({ event: 'sos', level: 'high', reading: 'partial' })
    expect(read(alarms, 'Garage: Feuer!')).toMatchObject({ event: 'alarm', level: 'high' })
    expect(read(alarms, 'SOS number set')?.event ?? null).toBeNull()
    expect(read(alarms, 'all is well')?.event ?? null).toBeNull()
    // As before: a message that is an alarm makes it one of alarms.
    const messages = { intruder: { text: 'Intruder at {zone:line}', event: 'intruder_alarm', level: 'high' } }
    expect(read({ messages }, 'Garage: Feuer!')).toMatchObject({ event: 'alarm' })
  })

  test('that are an alarm are not taken by a rule without an event', () => {
    const [tracker] = sampleDevices(profileOf('coban/tk103')) as [Device]
    const lost = problemsOf(
      tracker,
      { name: 'own', pattern: 'Kiosk: SOS {_:line}', event: null, texts: ['Kiosk: SOS at 12'] },
      [],
    )
    expect(lost).toEqual(['"Kiosk: SOS at 12" would be no sos any more: give the rule an event'])
    const given = { name: 'own', pattern: 'Kiosk: SOS at {value_1:int}', event: 'sos', texts: ['Kiosk: SOS at 12'] }
    expect(problemsOf(tracker, given, [])).toEqual([])
    // Nor are further texts of the device.
    const other = {
      name: 'own',
      pattern: 'Kiosk: (closed|SOS) at {value_1:int}',
      event: null,
      texts: ['Kiosk: closed at 1'],
    }
    expect(problemsOf(tracker, other, ['Kiosk: SOS at 12'])).toEqual([
      '"Kiosk: SOS at 12" would be no sos any more: give the rule an event',
    ])
  })

  test('that answer a command are not taken by a rule', () => {
    const [tracker] = sampleDevices(profileOf('coban/tk103')) as [Device]
    const [, reply = ''] = Object.values(tracker.dialect.commands).flatMap(({ examples }) =>
      examples.flatMap((one) => one.reply),
    )
    const rule = { name: 'mine', pattern: literally(reply), event: 'mine', texts: [reply] }
    expect(problemsOf(tracker, rule, []).join()).toMatch(/takes the answer to/)
  })
})

describe('a contribution', () => {
  const rules = [
    { name: 'fix', pattern: 'Boat of {text_1:word} at {latitude:latitude},{longitude:longitude} id {text_2:digits}' },
    { name: 'call', pattern: 'Call {text_1:number} {_:word} Bat {battery:decimal}%' },
  ]
  const messages = Object.fromEntries(rules.map(({ name, pattern }) => [name, { text: pattern }]))
  const config = DeviceConfig.parse({ profile: 'generic/text', number: '+4915112345610', messages })
  const boat = makeDevice('boat', config, profileOf('generic/text'))
  const texts = [
    'Boat of Annegret at 51.481200,-3.179300 id 358948010446647',
    'Boat of Annegret at 51.481209,-3.179300 id 358948010446647',
    'Call +4915112345699 https://x.example.net/a?id=358948010446647 Bat 80%',
    'nobody reads this of Annegret',
  ]
  const { files, leftOut } = contributionOf(
    boat,
    texts,
    { id: 'my/boat', manufacturer: 'My', family: 'Boat', kind: 'tracker' },
    ['boat', 'Annegret', '+4915112345610'],
  )

  test('has nothing of its owner, and the same for the same', () => {
    const all = JSON.stringify(files)
    for (const secret of ['Annegret', '358948010446647', '51.4812', '3.1793', '4915112345699', 'x.example.net'])
      expect(all).not.toContain(secret)
    expect(leftOut).toBe(1)
    const id = /id (\d{15})/.exec(all)?.[1] ?? 'none'
    expect(all.split(id).length).toBeGreaterThan(2)
  })

  test('has no number, place, link or code of the owner, however it is written', () => {
    const hide = disguise(['Annegret', 'Müller', 'Front gate'])
    for (const [text, ...secrets] of [
      ['Call +49 151 2345 678 now', '2345', '678'],
      ['Call (089) 123-4567', '4567'],
      ['Call 0151/2345678', '2345678'],
      ['PIN: 4711 ok', '4711'],
      ['password abc12', 'abc12'],
      ['At 48°08\'14.5"N 11°34\'31.2"E', "08'14.5", "34'31.2"],
      ['At N48 08.123 E011 34.567', '08.123', '34.567'],
      ['$GPRMC 4807.038,N,01131.001,E', '4807.038', '01131'],
      ['lat:48.137 lon:11.575', '48.137', '11.575'],
      ['https://maps.app.goo.gl/AbCdEfGh123', 'AbCdEfGh'],
      ['https://goo.gl/maps/XyZw9', 'XyZw9'],
      ['http://track.example.net/u/annegret77/t?key=Secretword', 'track', 'annegret77', 'Secretword'],
      ['annegret_muller_front_gate', 'annegret', 'muller', 'front'],
    ] as const) {
      const shown = hide(text)
      for (const secret of secrets) expect({ text, shown, has: shown.includes(secret) }).toMatchObject({ has: false })
    }
    for (const text of ['Bat 80% at 2026-11-29 12:30:05, 29/11/26 08:00', 'T1 +21 45% 12.5V 1,234.5 l', 'Zone 3 open'])
      expect(hide(text)).toBe(text)
    expect(hide('https://maps.google.com/maps?q=48.137154,11.575382&z=15')).toMatch(
      /^https:\/\/maps\.google\.com\/maps\?q=\d\d\.\d{6},\d\d\.\d{6}&z=15$/,
    )
  })

  test('has no name in the name of a rule, its event, or behind a brace in its words', () => {
    const own = {
      annegret_opened: { text: 'Annegret opened \\{ for Annegret {value_1:int}', event: 'annegret_opened' },
    }
    const gate = makeDevice(
      'gate',
      DeviceConfig.parse({ profile: 'generic/text', number: '+4915112345610', messages: own }),
      profileOf('generic/text'),
    )
    const heading = { id: 'my/gate', manufacturer: 'My', family: 'Gate', kind: 'gate' }
    const made = contributionOf(gate, ['Annegret opened { for Annegret 7'], heading, ['Annegret'])
    expect(made.leftOut).toBe(0)
    expect(JSON.stringify(made.files)).not.toMatch(/annegret/i)
    expect(lintProfile(parseProfile('my/gate', yaml(made.files[0]?.text ?? '')))).toEqual([])
  })

  test('is what the corpus of the repository and its profiles are made of', () => {
    expect(files.map(({ path }) => path)).toEqual(['devices/my/boat.yaml', 'test/device/field/my.json'])
    const profile = parseProfile('my/boat', yaml(files[0]?.text ?? ''))
    expect(lintProfile(profile)).toEqual([])
    const rows = JSON.parse(files[1]?.text ?? '') as {
      profile: string
      text: string
      values: object
      event: string | null
    }[]
    expect(rows).toHaveLength(2)
    for (const row of rows) {
      const [reading] = readText(sampleDevice(profile, '', {}), row.text, undated)
      expect({ profile: 'my/boat', values: reading?.values, event: reading?.event }).toMatchObject({
        profile: row.profile,
        values: row.values,
        event: row.event,
      })
    }
  })
})
