/**
 * Emergency numbers with more than three digits. Those with up to three (112, 911, 999, 110, 000, 08, …) need no table:
 * no number as short as that is a device's or a person's (ITU-T E.161.1, national numbering plans).
 */
const emergencies: Readonly<Record<string, readonly string[]>> = {
  CH: ['1414', '1415'],
  KE: ['1199'],
  PK: ['1021', '1122'],
  TH: ['1155', '1669'],
  ZA: ['10111', '10177'],
}

const listed = new Set(Object.values(emergencies).flat())

/** E.164: a country code, which never begins with 0, and 15 digits at most. */
const international = /^\+[1-9]\d{4,14}$/
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
  if (isEmergency(number.replace(/^[+0]+/, ''))) return `${shown} is an emergency number, or as short as one`
  if (international.test(number)) return null
  if (number.startsWith('+')) return `${shown} has too few or too many digits for a number with a country code`
  if (purpose === 'call')
    return /^[1-9]\d{4,14}$/.test(number) ? null : `${shown} is called only with its country code, as +49…`
  return national.test(number) || shortCode.test(number) ? null : `${shown} has too few or too many digits for a number`
}

function isEmergency(digits: string): boolean {
  return digits.length < 4 || listed.has(digits)
}
