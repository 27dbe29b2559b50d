/**
 * Emergency numbers with more than three digits, by country code. Those with up to three (112, 911, 999, 110, 000, 08)
 * need no table: no subscriber's number is as short (ITU-T E.161.1, national numbering plans).
 */
const emergencies: Readonly<Record<string, readonly string[]>> = {
  // Police, ambulance, and two ambulance services by their mobile numbers
  '27': ['10111', '10177', '82911', '84124'],
  // Fires in the country, rescue at sea
  '39': ['1515', '1530'],
  // Rescue by helicopter
  '41': ['1414', '1415'],
  // By text phone: Relay UK
  '44': ['18000'],
  // By text phone
  '47': ['1412'],
  // Police by text as SMS (everywhere, or followed by the area code), forest fires, rescue at sea
  '86': ['12110(?:\\d{2,3})?', '12119', '12395'],
  // Police and fire brigade by text
  '65': ['70995', '70999', '71999'],
  '66': ['1155', '1646', '1669'],
  // Women and children in danger, rescue at sea
  '91': ['1091', '1098', '1554'],
  '92': ['1021', '1122'],
  '94': ['1990'],
  '213': ['1021', '1055', '1548'],
  '218': ['1515'],
  '221': ['1515'],
  '254': ['1199'],
  '264': ['10111'],
  // Forest fires, search and rescue
  '357': ['1407', '1441'],
  // Mountain rescue, and in Slovakia rescue by helicopter
  '359': ['1470'],
  '420': ['1210'],
  '421': ['18155', '18300'],
  '423': ['1414'],
  '972': ['1221'],
}

/** As dialled within the country, and after the country code. */
const listed = new RegExp(
  `^(?:${Object.entries(emergencies)
    .map(([code, all]) => `(?:${code}0?)?(?:${all.join('|')})`)
    .join('|')})$`,
)

/** E.164: a country code, which never begins with 0, and 15 digits at most. */
const international = /^\+[1-9]\d{6,14}$/
/** A country code followed by at most three digits: 112 and the like, and never a subscriber's number. */
const tooShortAbroad = /^(?:\+|00)[1-9]\d{0,5}$/
/** As it is dialled in the country: with or without the 0 in front, or with the 00 of another country's. */
const national = /^(?:00?)?[1-9]\d{4,14}$/
const shortCode = /^[1-9]\d{3,5}$/

/**
 * Why a number must not be texted or called; null where it may. Never an emergency number, and never `*` or `#`: those
 * begin codes for the network (call forwarding, credit transfer).
 */
export function refusalOf(number: string, purpose: 'text' | 'call'): string | null {
  const shown = JSON.stringify(number)
  if (/[*#]/.test(number)) return `${shown} is a code for the network, not a number`
  if (!/^\+?\d+$/.test(number)) return `${shown} is not a number`
  if (isEmergency(number)) return `${shown} is an emergency number, or as short as one`
  if (international.test(number)) return null
  if (number.startsWith('+')) return `${shown} has too few or too many digits for a number with a country code`
  if (purpose === 'call')
    return /^[1-9]\d{4,14}$/.test(number) ? null : `${shown} is called only with its country code, as +49…`
  return national.test(number) || shortCode.test(number) ? null : `${shown} has too few or too many digits for a number`
}

function isEmergency(number: string): boolean {
  const digits = number.replace(/^[+0]+/, '')
  return digits.length < 4 || tooShortAbroad.test(number) || listed.test(digits)
}
