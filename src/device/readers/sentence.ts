import type { Values } from '../../message/values.ts'
import { fewest, literal, maybe, type Regular, sequence, units } from '../regular/regular.ts'
import { convert } from '../vocabulary/units.ts'
import { readNmea } from './coordinates.ts'

/** An NMEA 0183 sentence of the kinds that hold a position, as some trackers text it. */
export const nmeaSentence: Regular<never> = sequence(maybe(literal('$')), literal('GP'), fewest(units.solid))

/** Index of each field by kind of sentence. GGA has no date, so its time is not used. */
const kinds = {
  GPRMC: { time: 1, valid: 2, latitude: 3, longitude: 5, knots: 7, course: 8, date: 9 },
  GPGGA: { latitude: 2, longitude: 4, quality: 6, satellites: 7, hdop: 8, altitude: 9 },
} as const

export function readSentence(sentence: string): Values | null {
  const cells = sentence.trim().replace(/^\$/, '').split(',')
  const kind = cells[0]?.toUpperCase()
  if (kind !== 'GPRMC' && kind !== 'GPGGA') return null
  const row: Readonly<Record<string, number>> = kinds[kind]
  const cell = (name: string): string => cells[row[name] ?? -1] ?? ''
  const number = (name: string): number | null => (cell(name) === '' ? null : Number(cell(name)))
  const angle = (name: 'latitude' | 'longitude'): number | null =>
    cell(name) === '' ? null : readNmea(`${cell(name)}${cells[(row[name] ?? 0) + 1]}`)
  const knots = number('knots')
  return present({
    latitude: angle('latitude'),
    longitude: angle('longitude'),
    fix: kind === 'GPRMC' ? cell('valid') === 'A' : cell('quality') !== '0',
    fix_time: timeOf(cell('date'), cell('time')),
    speed: knots === null ? null : convert(knots, 'kn', 'km/h'),
    course: number('course'),
    satellites: number('satellites'),
    hdop: number('hdop'),
    altitude: number('altitude'),
  })
}

/** ddMMyy and HHmmss.sss, always UTC. */
function timeOf(date: string, time: string): string | null {
  const day = /^(\d\d)(\d\d)(\d\d)$/.exec(date)
  const clock = /^(\d\d)(\d\d)(\d\d)/.exec(time)
  return day && clock ? `20${day[3]}-${day[2]}-${day[1]}T${clock[1]}:${clock[2]}:${clock[3]}Z` : null
}

function present(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
}

export const sentenceSamples: readonly string[] = [
  '$GPRMC,161509.000,A,2232.5485,N,11404.6887,E,0.3,153.7,290709,,*03',
  'GPRMC,161509,V,2232.5485,S,11404.6887,W,0.3,153.7,290709,,*03',
]
