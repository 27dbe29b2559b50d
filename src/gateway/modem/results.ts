/** How an AT command ended. */
export type Final =
  | { readonly kind: 'ok'; readonly text: string }
  | {
      readonly kind: 'error'
      readonly text: string
      /** Which list `number` is of: +CMS ERROR (TS 27.005 clause 3.2.5), +CME ERROR (TS 27.007 clause 9.2), or none. */
      readonly family: 'cms' | 'cme' | null
      readonly number: number | null
    }

/** Errors in words (AT+CMEE=2), all letters in lower case and nothing else, as their numbers. */
const verboseCms: Readonly<Record<string, number>> = {
  mefailure: 300,
  smsserviceofmereserved: 301,
  operationnotallowed: 302,
  operationnotsupported: 303,
  invalidpdumodeparameter: 304,
  invalidsmspdu: 304,
  invalidtextmodeparameter: 305,
  simnotinserted: 310,
  simpinrequired: 311,
  phsimpinrequired: 312,
  simfailure: 313,
  simbusy: 314,
  simwrong: 315,
  simpukrequired: 316,
  memoryfailure: 320,
  invalidmemoryindex: 321,
  memoryfull: 322,
  smscaddressunknown: 330,
  nonetworkservice: 331,
  networktimeout: 332,
  nocnmaacknowledgementexpected: 340,
  unknownerror: 500,
}
const verboseCme: Readonly<Record<string, number>> = {
  operationnotallowed: 3,
  operationnotsupported: 4,
  simnotinserted: 10,
  simpinrequired: 11,
  simpukrequired: 12,
  simfailure: 13,
  simbusy: 14,
  simwrong: 15,
  incorrectpassword: 16,
  memoryfull: 20,
  invalidindex: 21,
  notfound: 22,
  nonetworkservice: 30,
  networktimeout: 31,
  incorrectparameters: 50,
  unknown: 100,
  unknownerror: 100,
}

/** Makers' own words for ERROR. */
const plainErrors = [
  /^ERROR$/,
  /^COMMAND NOT SUPPORT$/i,
  /^MODEM ERROR: *\d+$/i,
  /^NA$/,
  /^ERROR: UNSUPPORTED$/i,
  /^NOT FOND /i,
  // A CDMA message that was not sent.
  /^\^HCMGSF:/,
]

/** The final result in a line, or null when it is none. */
export function finalIn(line: string): Final | null {
  if (line === 'OK') return { kind: 'ok', text: line }
  const named = /^\+?(CMS|CME) ?ERROR:? *(.*)$/i.exec(line)
  if (named) {
    const family = (named[1] as string).toLowerCase() as 'cms' | 'cme'
    const said = (named[2] ?? '').trim()
    const letters = said.toLowerCase().replace(/[^a-z]/g, '')
    const number = /^\d+$/.test(said) ? Number(said) : ((family === 'cms' ? verboseCms : verboseCme)[letters] ?? null)
    return { kind: 'error', text: line, family, number }
  }
  if (plainErrors.some((pattern) => pattern.test(line)))
    return { kind: 'error', text: line, family: null, number: null }
  return null
}
