import {
  type CountryCode,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min'
import type { Address } from '../../message/address.ts'
import { refusalOf } from '../../message/dialable.ts'
import type { PhoneForm } from '../schema/command.ts'

/**
 * The normal form of a number: E.164 with plus if it is one. Short codes and names of senders are kept, without blanks.
 */
export function normaliseNumber(text: string, region?: string): string {
  const plain = text.trim()
  if (/\p{L}/u.test(plain)) return plain
  const digits = plain.replace(/[\s()./-]/g, '').replace(/^00(?=[1-9])/, '+')
  const country =
    region !== undefined && isSupportedCountry(region.toUpperCase()) ? (region.toUpperCase() as CountryCode) : undefined
  if (digits.startsWith('+')) return digits
  // Shorter ones are short codes, even where small networks have such numbers.
  const parsed =
    country === undefined || digits.length < minNumberDigits ? undefined : parsePhoneNumberFromString(digits, country)
  return parsed?.isValid() ? parsed.number : digits
}

/** Shorter ones are short codes and compared literally. */
const minNumberDigits = 7
/** Equal digits that make two numbers the same where the country of the shorter one is unknown. */
const minMatchDigits = 9

/**
 * Whether two numbers are the same subscriber. A network may write a sender as `+4915112345678`, `004915112345678` or
 * `015112345678`. Two international numbers have to be equal, national ones equal and within their country.
 */
export function sameNumber(a: string, b: string, region?: string): boolean {
  const [one, two] = [normaliseNumber(a, region), normaliseNumber(b, region)]
  if (one.toLowerCase() === two.toLowerCase() || lacksPlus(a, two) || lacksPlus(b, one)) return true
  if (/\p{L}/u.test(one + two) || one.startsWith('+') === two.startsWith('+')) return isSameNational(one, two)
  const [whole, other] = one.startsWith('+') ? [one, two] : [two, one]
  const parsed = parsePhoneNumberFromString(whole)
  const digits = other.replace(/^0+/, '')
  const code = region === undefined ? undefined : callingCodeOf(region)
  if (code !== undefined && parsed?.countryCallingCode !== code) return false
  return (
    digits.length >= (code === undefined ? minMatchDigits : minNumberDigits) &&
    parsed?.nationalNumber.replace(/^0+/, '') === digits
  )
}

/** An international number without its plus, as written by networks that leave the type of number open. */
function lacksPlus(text: string, international: string): boolean {
  const digits = text.replace(/[\s()./-]/g, '')
  return digits.length >= minMatchDigits && international === `+${digits}`
}

/** Two national numbers, one of which may lack its trunk prefix. */
function isSameNational(one: string, two: string): boolean {
  if (/\D/.test(one + two)) return false
  const [a, b] = [one, two].map((digits) => digits.replace(/^0+/, '')) as [string, string]
  return a === b && a.length >= minMatchDigits
}

function callingCodeOf(region: string): string | undefined {
  const country = region.toUpperCase()
  return isSupportedCountry(country) ? getCountryCallingCode(country) : undefined
}

/** The country of an international number, for the hub's own; undefined where that is unknown. */
export const countryOf = (number: string): string | undefined => parsePhoneNumberFromString(number)?.country

/**
 * The originator's number for look-ups; null for a name, which is never a number however it is written. A national
 * number belongs to the SIM's country.
 */
export function originatorOf({ number, ton }: Address, region?: string): string | null {
  if (ton === 'alphanumeric') return null
  if (ton === 'international') return `+${number}`
  const code = region === undefined ? undefined : callingCodeOf(region)
  if (ton !== 'national' || code === undefined || number.length < minNumberDigits) return number
  const normal = normaliseNumber(number, region)
  // Digits like the country code at the start of a national number are part of it.
  return normal.endsWith(number.replace(/^0/, '')) && normal.length >= number.replace(/^0/, '').length + code.length
    ? normal
    : `+${code}${number.replace(/^0/, '')}`
}

/** The number with its omitted plus; null where that is not a valid number. */
export function withPlus(text: string): string | null {
  const digits = text.replace(/[\s()./-]/g, '')
  if (!/^[1-9]\d{7,14}$/.test(digits)) return null
  return parsePhoneNumberFromString(`+${digits}`)?.isValid() ? `+${digits}` : null
}

/**
 * Whether digits without plus are not a number of this country: not a possible one, or one that begins with the
 * country's own code because its plus was lost.
 */
export function isForeignForm(text: string, region: string | undefined): boolean {
  const digits = text.replace(/[\s()./-]/g, '')
  if (region === undefined || !isSupportedCountry(region) || !/^\d{7,}$/.test(digits)) return false
  return !normaliseNumber(digits, region).startsWith('+') || digits.startsWith(getCountryCallingCode(region))
}

/** Whether a text may be sent to it; names of senders can't be answered. */
export const isDialable = (number: string): boolean => refusalOf(normaliseNumber(number), 'text') === null

/** A number in the form that a device takes in its commands. Short codes have only one form. */
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

/** A problem of a written number: certain, or only likely. */
export interface NumberProblem {
  readonly isSure: boolean
  readonly message: string
}

/** Digits up to which a number may be a short code of a network. */
const maxShortCodeDigits = 6
/** TS 23.040 9.1.2.5 has room for 20 digits, E.164 for 15. */
const maxDigits = 15

/** Checks how a number of the configuration is written; null when it is fine. */
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
  if (!/^\+?[\d*#]+$/.test(digits)) return sure('is not a phone number: write it like +4915112345678')
  if (/[*#]/.test(digits) || (!digits.startsWith('+') && digits.length <= maxShortCodeDigits)) return null
  const whole = parsePhoneNumberFromString(digits.startsWith('+') ? digits : `+${digits}`)
  if (digits.startsWith('+')) {
    if (digits.length > maxDigits + 1) return sure(`has ${digits.length - 1} digits: a number has at most ${maxDigits}`)
    if (/^\+0/.test(digits)) return sure('has a zero after the plus: write the country code there, like +49')
    if (whole?.isValid())
      return whole.number === digits ? null : perhaps(`may have a digit too many: did you mean "${whole.number}"?`)
    return whole?.isPossible() ? null : perhaps('may have a digit too many or too few: compare it with +4915112345678')
  }
  if (region !== undefined && isSupportedCountry(region)) {
    const national = parsePhoneNumberFromString(digits, region as CountryCode)
    const isWhole = whole?.isValid() && whole.number !== national?.number
    const asWritten = national?.formatNational().replace(/\D/g, '') === digits
    if (national?.isValid() && asWritten) return null
    if (isWhole) return sure(`has no plus: did you mean "${whole?.number}"?`)
    if (national?.isValid()) {
      const other = whole?.isPossible() ? `; did you mean "${whole.number}"?` : ''
      return perhaps(`is read as ${national.number}: write it with plus and country code${other}`)
    }
    return perhaps(`is not a number of ${region}: write it with plus and country code`)
  }
  if (!digits.startsWith('0') && whole?.isValid()) return sure(`has no plus: did you mean "${whole.number}"?`)
  return sure('has no country code: write it like +4915112345678, or set sms: { region: DE } for your country')
}

/** Common country codes that differ from ISO 3166. */
const otherNames: Readonly<Record<string, string>> = { UK: 'GB', EN: 'GB', EL: 'GR' }

/** What is wrong with `sms.region`, or null. */
export function regionProblem(region: string): string | null {
  if (isSupportedCountry(region)) return null
  const meant = otherNames[region]
  return `there is no country "${region}"${meant === undefined ? '; DE, GB and US are some' : `; did you mean "${meant}"?`}`
}
