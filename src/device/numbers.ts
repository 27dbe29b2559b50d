import {
  type CountryCode,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min'
import { refusalOf } from '../message/dialable.ts'
import type { PhoneForm } from './schema/command.ts'

/**
 * A number as the hub keeps it: E.164 with plus where it is one. Short codes and names of senders stay as they are,
 * without the blanks that people put into numbers.
 */
export function normaliseNumber(text: string, region?: string): string {
  const plain = text.trim()
  if (/\p{L}/u.test(plain)) return plain
  const digits = plain.replace(/[\s()./-]/g, '').replace(/^00(?=[1-9])/, '+')
  const country =
    region !== undefined && isSupportedCountry(region.toUpperCase()) ? (region.toUpperCase() as CountryCode) : undefined
  if (digits.startsWith('+')) return digits
  // Shorter ones are short codes, even where a village has such numbers too.
  const parsed = country === undefined || digits.length < tail ? undefined : parsePhoneNumberFromString(digits, country)
  return parsed?.isValid() ? parsed.number : digits
}

/** Digits that make two numbers one when a network leaves the country or the trunk prefix away. */
const tail = 7

/**
 * Is this the same subscriber? A network may name a sender `+4915112345678`, `004915112345678` or `015112345678`.
 * Two international numbers are the same only digit by digit.
 */
export function sameNumber(a: string, b: string, region?: string): boolean {
  const [one, two] = [normaliseNumber(a, region), normaliseNumber(b, region)]
  if (one.toLowerCase() === two.toLowerCase()) return true
  if (/\p{L}/u.test(one + two) || (one.startsWith('+') && two.startsWith('+'))) return false
  const [short = '', long = ''] = [one, two]
    .map((number) => number.replace(/^(?:\+|0+)/, ''))
    .sort((x, y) => x.length - y.length)
  return short.length >= tail && long.endsWith(short)
}

/** The number with the plus that was left away; null where that makes no number. */
export function withPlus(text: string): string | null {
  const digits = text.replace(/[\s()./-]/g, '')
  if (!/^[1-9]\d{7,14}$/.test(digits)) return null
  return parsePhoneNumberFromString(`+${digits}`)?.isValid() ? `+${digits}` : null
}

/**
 * Whether digits without plus are no number of this country: none that is possible, or one that begins with the
 * country's own code, as those do that have lost their plus.
 */
export function isForeignForm(text: string, region: string | undefined): boolean {
  const digits = text.replace(/[\s()./-]/g, '')
  if (region === undefined || !isSupportedCountry(region) || !/^\d{7,}$/.test(digits)) return false
  return !normaliseNumber(digits, region).startsWith('+') || digits.startsWith(getCountryCallingCode(region))
}

/** May a text be sent to it? Names of senders can't be answered. */
export const isDialable = (number: string): boolean => refusalOf(normaliseNumber(number), 'text') === null

/** A number in the form that a device wants in its commands. Short codes have only one form. */
export function formatNumber(number: string, form: PhoneForm, region?: string): string {
  const kept = normaliseNumber(number, region)
  if (!kept.startsWith('+')) return kept
  switch (form) {
    case 'plus':
      return kept
    case 'plain':
      return kept.slice(1)
    case '00':
      return `00${kept.slice(1)}`
    case 'national':
      return (parsePhoneNumberFromString(kept)?.formatNational() ?? kept).replace(/[^\d+]/g, '')
  }
}

/** What is wrong with a number as somebody wrote it: surely, or only perhaps. */
export interface NumberProblem {
  readonly isSure: boolean
  readonly message: string
}

/** Digits up to which a number may be a short code of a network. */
const longestShortCode = 6
/** TS 23.040 9.1.2.5 has room for 20 digits, E.164 for 15. */
const mostDigits = 15

/** Checks how a number of the configuration is written; null when nothing is to be said about it. */
export function numberProblem(text: string, region?: string): NumberProblem | null {
  const sure = (message: string) => ({ isSure: true, message: `"${text}" ${message}` })
  const perhaps = (message: string) => ({ isSure: false, message: `"${text}" ${message}` })
  const plain = text.trim()
  if (/\p{L}/u.test(plain)) {
    if (/^[+\d(]/.test(plain)) return sure('has letters in it: write the digits, like +4915112345678')
    return perhaps(
      'is the name of a sender: texts from it are recognised, but nothing can be sent to it: that takes a number like +4915112345678',
    )
  }
  const digits = plain.replace(/[\s()./-]/g, '').replace(/^00(?=[1-9])/, '+')
  if (!/^\+?[\d*#]+$/.test(digits)) return sure('is no phone number: write it like +4915112345678')
  if (/[*#]/.test(digits) || (!digits.startsWith('+') && digits.length <= longestShortCode)) return null
  const whole = parsePhoneNumberFromString(digits.startsWith('+') ? digits : `+${digits}`)
  if (digits.startsWith('+')) {
    if (digits.length > mostDigits + 1)
      return sure(`has ${digits.length - 1} digits: a number has at most ${mostDigits}`)
    if (/^\+0/.test(digits)) return sure('has a zero behind the plus: the country code stands there, like +49')
    if (whole?.isValid() && whole.number !== digits)
      return perhaps(`may have a digit too many: did you mean "${whole.number}"?`)
    return whole?.isPossible() ? null : perhaps('may have a digit too many or too few: compare it with +4915112345678')
  }
  if (region !== undefined && isSupportedCountry(region)) {
    const national = parsePhoneNumberFromString(digits, region as CountryCode)
    const isWhole = whole?.isValid() && whole.number !== national?.number
    const asWritten = national?.formatNational().replace(/\D/g, '') === digits
    if (national?.isValid() && (asWritten || !isWhole)) return null
    if (isWhole) return sure(`has no plus: did you mean "${whole?.number}"?`)
    return perhaps(`is no number of ${region}: write it with plus and country code`)
  }
  if (!digits.startsWith('0') && whole?.isValid()) return sure(`has no plus: did you mean "${whole.number}"?`)
  return sure('has no country code: write it like +4915112345678, or set sms: { region: DE } for your country')
}

/** Countries that people call otherwise than ISO 3166 does. */
const otherNames: Readonly<Record<string, string>> = { UK: 'GB', EN: 'GB', EL: 'GR' }

/** What is wrong with `sms.region`, or null. */
export function regionProblem(region: string): string | null {
  if (isSupportedCountry(region)) return null
  const meant = otherNames[region]
  return `there is no country "${region}"${meant === undefined ? '; DE, GB and US are some' : `; did you mean "${meant}"?`}`
}
