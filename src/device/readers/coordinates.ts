import { anyOf, blank, either, gap, literal, maybe, type Regular, sequence, some, units } from '../regular/regular.ts'

export type Axis = 'latitude' | 'longitude'

const letters: Record<Axis, string> = { latitude: 'NS', longitude: 'EW' }
const digits = some(units.digit)
const number = sequence(digits, maybe(anyOf('.,'), digits))

/** Decimal degrees: `-22.5`, `N22.571285`, `22.549737N`, `22.549737,N`, `037.730640`. */
export function degrees(axis: Axis): Regular<never> {
  const letter = anyOf(letters[axis])
  const plain = sequence(maybe(anyOf('+-'), gap), number, maybe(literal('°')))
  return either(sequence(letter, gap, plain), sequence(plain, maybe(gap, maybe(literal(','), gap), letter)))
}

const parting = (...names: readonly string[]): Regular<never> =>
  either(sequence(gap, either(...names.map((name) => literal(name))), gap, maybe(literal('-')), gap), blank)

/** Degrees, minutes, seconds: `22 32 36.63N`, `49:0:50.4 N`, `N22d32m36s`, `114 degree - 04 minute -57.74 second`. */
export function sexagesimal(axis: Axis): Regular<never> {
  const letter = anyOf(letters[axis])
  const angle = sequence(
    maybe(anyOf('+-')),
    digits,
    parting('degrees', 'degree', 'deg', 'd', '°', ':'),
    digits,
    parting('minutes', 'minute', 'min', 'm', "'", ':'),
    number,
    maybe(gap, either(literal('seconds'), literal('second'), literal('sec'), literal('s'), literal('"'))),
  )
  return either(sequence(letter, gap, angle), sequence(angle, maybe(gap, letter)))
}

/** Degrees and minutes as NMEA 0183 prints them, (d)ddmm.mmmm with the hemisphere: `2232.5485,N`. */
export function nmea(axis: Axis): Regular<never> {
  const letter = anyOf(letters[axis])
  const comma = sequence(gap, maybe(literal(',')), gap)
  return either(sequence(letter, comma, number), sequence(number, comma, letter))
}

/**
 * More than 180 degrees is a misprint of a manual or a lost dot, and null. A latitude between 90 and 180 is passed on
 * as reported: many sample and test texts have their first digits altered.
 */
const onGlobe = (value: number): number | null => (Math.abs(value) <= 180 ? Number(value.toFixed(7)) + 0 : null)

const isNegative = (text: string, letter: string): boolean => /[−–-]/.test(text.trim()[0] ?? '') || /[SW]/i.test(letter)

export function readDegrees(text: string): number | null {
  const letter = /[NSEW]/i.exec(text)?.[0] ?? ''
  const plain = text.replace(/,?\s*[NSEW]/i, '')
  const value = Number(plain.replace(/[^\d.,]/g, '').replace(',', '.'))
  return onGlobe(isNegative(plain, letter) ? -value : value)
}

export function readSexagesimal(text: string): number | null {
  const [whole = 0, minutes = 0, seconds = 0] = (text.match(/\d+(?:[.,]\d+)?/g) ?? []).map((n) =>
    Number(n.replace(',', '.')),
  )
  const value = whole + minutes / 60 + seconds / 3600
  return onGlobe(isNegative(text, hemisphere(text)) ? -value : value)
}

/** The letter is first or last; a last `s` after `d` and `m` is the unit of the seconds. */
function hemisphere(text: string): string {
  const first = /^\s*([NSEW])/i.exec(text)?.[1]
  if (first !== undefined) return first
  const bare = text.replace(/(\d\s*)(?:seconds?|sec)/i, '$1').replace(/(\d\s*d[^s]*\d\s*)s/i, '$1')
  return /([NSEW])\s*$/i.exec(bare)?.[1] ?? ''
}

export function readNmea(text: string): number | null {
  const letter = /[NSEW]/i.exec(text)?.[0] ?? ''
  const printed = Number(/[\d.]+/.exec(text.replace(/,(?=\d)/, '.'))?.[0])
  const value = Math.floor(printed / 100) + (printed % 100) / 60
  return onGlobe(isNegative('', letter) ? -value : value)
}
