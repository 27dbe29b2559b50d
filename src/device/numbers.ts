import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min'
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

/** May a text be sent to it? Names of senders can't be answered. */
export const isDialable = (number: string): boolean => /^\+?[\d*#]{2,20}$/.test(normaliseNumber(number))

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
