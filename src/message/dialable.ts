/**
 * Emergency numbers with more than three digits, by country code. Those with up to three (112, 911, 999, 110, 000, 08, …)
 * need no table: no number as short as that is a device's or a person's (ITU-T E.161.1, national numbering plans).
 */
const emergencies: Readonly<Record<string, readonly string[]>> = {
  '27': ['10111', '10177'],
  '41': ['1414', '1415'],
  '66': ['1155', '1669'],
  '92': ['1021', '1122'],
  '254': ['1199'],
}

/** As they are dialled at home, and behind the country code. */
const listed = new Set(Object.entries(emergencies).flatMap(([code, all]) => all.flatMap((one) => [one, code + one])))

/** E.164: a country code, which never begins with 0, and 15 digits at most. */
const international = /^\+[1-9]\d{6,14}$/
/** A country code with three digits at most behind it: 112 and its kind, and no subscriber's number anywhere. */
const tooShortAbroad = /^(?:\+|00)[1-9]\d{0,5}$/
/** As it is dialled in the country: with or without the 0 in front, or with the 00 of another country's. */
const national = /^(?:00?)?[1-9]\d{4,14}$/
const shortCode = /^[1-9]\d{3,5}$/

/**
 * Why a number must not be texted to or called; null where it may. Never an emergency number, and never `*` or `#`: what
 * begins like that are orders to the network (call forwarding, credit transfer) and no numbers.
 */
export function refusalOf(number: string, purpose: 'text' | 'call'): string | null {
  const shown = JSON.stringify(number)
  if (/[*#]/.test(number)) return `${shown} is no number but a code for the network`
  if (!/^\+?\d+$/.test(number)) return `${shown} is no number`
  if (isEmergency(number)) return `${shown} is an emergency number, or as short as one`
  if (international.test(number)) return null
  if (number.startsWith('+')) return `${shown} has too few or too many digits for a number with a country code`
  if (purpose === 'call')
    return /^[1-9]\d{4,14}$/.test(number) ? null : `${shown} is called only with its country code, as +49…`
  return national.test(number) || shortCode.test(number) ? null : `${shown} has too few or too many digits for a number`
}

function isEmergency(number: string): boolean {
  const digits = number.replace(/^[+0]+/, '')
  return digits.length < 4 || tooShortAbroad.test(number) || listed.has(digits)
}
