import { expect, test } from '@jest/globals'
import { makeTrial } from '../../src/device/receive/try.ts'
import { seededRandom } from '../../src/util/random.ts'
import { allProfiles, makeProfile, profileOf, undated } from './library.ts'

const all = makeTrial(allProfiles())

test('a text is tried against every profile, and what explains it best comes first', () => {
  const { text, matches, nearest } = all(
    'GPS:1 Sat:7 Lat:54.5 Long:25.2 Alt:0 Speed:0 Dir:0 Date: 2017/6/16 Time: 12:52:30',
    undated,
  )
  expect(text).toMatch(/^GPS:1/)
  expect(matches[0]).toEqual({
    profile: 'teltonika/fmb',
    message: 'position',
    values: {
      fix: true,
      satellites: 7,
      latitude: 54.5,
      longitude: 25.2,
      altitude: 0,
      speed: 0,
      course: 0,
      fix_time: '2017-06-16T12:52:30Z',
    },
  })
  expect(nearest).toBeNull()
})

test('the answer to a command is a match under its name, whatever its parameters were', () => {
  expect(all('Password changed to 6543, please remember it carefully.', undated).matches).toContainEqual({
    profile: 'king-pigeon/rtu5024',
    message: 'change_password',
    values: {},
  })
  expect(all('admin ok!', undated).matches.map(({ profile, message }) => `${profile} ${message}`)).toEqual(
    expect.arrayContaining(['coban/tk103 authorise', 'aika/gt-901 authorise']),
  )
})

test('of two profiles that explain a text equally well, the one that somebody printed comes first', () => {
  const saying = (proof: string): string => `messages: { map: { reader: maps_link, proof: ${proof}, source: manual } }`
  const guess = makeProfile(saying('unproven'), 'a/guess')
  const printed = makeProfile(saying('printed'), 'b/printed')
  const { matches } = makeTrial([guess, printed])('http://maps.google.com/maps?q=-22.5,113.8', undated)
  expect(matches.map(({ profile }) => profile)).toEqual(['b/printed', 'a/guess'])
})

test('every variant and every mode of a profile is tried', () => {
  const { matches } = makeTrial([profileOf('king-pigeon/rtu5024')])('Relay ON', undated)
  expect(matches).toEqual([
    { profile: 'king-pigeon/rtu5024', message: 'opened', values: { event: 'opened' } },
    { profile: 'king-pigeon/rtu5024', message: 'relay', values: { output_1: 'ON' } },
  ])
})

test('for a text that fits nothing, the nearest pattern and where it stopped is shown', () => {
  const text = 'RTC:2017/6/16 7:13 Init:2017/6/16 5:44 UpTime:4744s PWR:PwrVoltage RST:0 GPS:2 Stars:0'
  const { matches, nearest } = all(text, undated)
  expect(matches).toEqual([])
  expect(nearest).toMatchObject({
    profile: 'teltonika/fmb',
    message: 'info',
    at: text.indexOf('tars'),
    rest: 'tars:0',
  })
  expect(nearest?.expected).toContain('"at"')
  const relay = makeTrial([makeProfile('messages: { seen: { text: "Relay {output_1:on_off} now", source: manual } }')])
  expect(relay('relay half now', undated).nearest).toMatchObject({ at: 6, rest: 'half now', expected: ['{output_1}'] })
  expect(relay('relay ', undated).nearest).toMatchObject({ at: 5, rest: '' })
})

test('texts put together from pieces of real ones and noise are no trouble', () => {
  const random = seededRandom(5)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const real = allProfiles().flatMap(({ row }) =>
    Object.values(row.messages ?? {}).flatMap(({ examples }) => examples.map(({ text }) => text)),
  )
  for (let i = 0; i < 300; i++) {
    const pieces = Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
      const text = random() < 0.8 ? pick(real) : String.fromCharCode(Math.floor(random() * 65_536)).repeat(3)
      return text.slice(Math.floor(random() * text.length), Math.ceil(random() * text.length))
    })
    expect(Array.isArray(all(pieces.join(pick(['', ' ', '\n'])), undated).matches)).toBe(true)
  }
})

test.each(['', ' ', '\n', '😀', '\u0000', 'ÿ'.repeat(2000), '('.repeat(500)])('the text %j is no trouble', (text) => {
  expect(all(text, undated).matches).toEqual([])
})
