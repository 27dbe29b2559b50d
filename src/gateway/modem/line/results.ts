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

/**
 * RP causes (TS 24.011 annex E-2) and TP-FCS (TS 23.040 clause 9.2.3.22) in words, as modems write them with AT+CMEE=2.
 */
const networkCauses: Readonly<Record<string, number>> = {
  unassignednumber: 1,
  unassignedunallocatednumber: 1,
  operatordeterminedbarring: 8,
  callbarred: 10,
  networkfailure: 17,
  shortmessagetransferrejected: 21,
  memorycapacityexceeded: 22,
  congestion: 42,
  destinationoutofservice: 27,
  destinationoutoforder: 27,
  unidentifiedsubscriber: 28,
  facilityrejected: 29,
  unknownsubscriber: 30,
  networkoutoforder: 38,
  temporaryfailure: 41,
  resourcesunavailable: 47,
  requestedfacilitynotsubscribed: 50,
  requestedfacilitynotimplemented: 69,
  invalidshortmessagetransferreferencevalue: 81,
  invalidshortmessagereferencevalue: 81,
  invalidmessage: 95,
  semanticallyincorrectmessage: 95,
  invalidmandatoryinformation: 96,
  messagetypenonexistentornotimplemented: 97,
  messagenotcompatiblewithshortmessageprotocolstate: 98,
  messagenotcompatiblewithshortmessagetransferprotocolstate: 98,
  informationelementnonexistentornotimplemented: 99,
  protocolerror: 111,
  interworking: 127,
  telematicinterworkingnotsupported: 128,
  shortmessagetypenotsupported: 129,
  cannotreplaceshortmessage: 130,
  tppiderror: 143,
  datacodingschemenotsupported: 144,
  datacodingschemealphabetnotsupported: 144,
  messageclassnotsupported: 145,
  tpdcserror: 159,
  commandcannotbeactioned: 160,
  commandunsupported: 161,
  tpcommanderror: 175,
  tpdunotsupported: 176,
  scbusy: 192,
  nosubscription: 193,
  noscsubscription: 193,
  scsystemfailure: 194,
  invalidsmeaddress: 195,
  destinationsmebarred: 196,
  smrejectedduplicatesm: 197,
  tpvpfnotsupported: 198,
  tpvpnotsupported: 199,
  simsmsstoragefull: 208,
  nosmsstoragecapabilityinsim: 209,
  errorinms: 210,
  simapplicationtoolkitbusy: 212,
}

/** Errors in words (AT+CMEE=2), all letters in lower case and nothing else, as their numbers. */
const verboseCms: Readonly<Record<string, number>> = {
  ...networkCauses,
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

/** Vendor-specific words for ERROR. */
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
    const cause = (named[2] ?? '').trim()
    const letters = cause
      .toLowerCase()
      .replace(/[^a-z]/g, '')
      .replace(/^unspecified|unspecified$|^d0usim/g, '')
    const number = /^\d+$/.test(cause) ? Number(cause) : ((family === 'cms' ? verboseCms : verboseCme)[letters] ?? null)
    return { kind: 'error', text: line, family, number }
  }
  if (plainErrors.some((pattern) => pattern.test(line)))
    return { kind: 'error', text: line, family: null, number: null }
  return null
}
