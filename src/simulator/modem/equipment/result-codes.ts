/** Result codes of TS 27.005 clause 3.2.5 and TS 27.007 clause 9.2 that the simulator uses, with their wording. */
export const errorTexts = {
  cme: {
    3: 'operation not allowed',
    4: 'operation not supported',
    10: 'SIM not inserted',
    11: 'SIM PIN required',
    12: 'SIM PUK required',
    13: 'SIM failure',
    14: 'SIM busy',
    16: 'incorrect password',
    21: 'invalid index',
    22: 'not found',
    30: 'no network service',
    31: 'network timeout',
    50: 'incorrect parameters',
    100: 'unknown',
  },
  cms: {
    1: 'Unassigned (unallocated) number',
    8: 'Operator determined barring',
    10: 'Call barred',
    21: 'Short message transfer rejected',
    27: 'Destination out of service',
    28: 'Unidentified subscriber',
    29: 'Facility rejected',
    30: 'Unknown subscriber',
    38: 'Network out of order',
    41: 'Temporary failure',
    42: 'Congestion',
    47: 'Resources unavailable, unspecified',
    50: 'Requested facility not subscribed',
    69: 'Requested facility not implemented',
    95: 'Invalid message, unspecified',
    176: 'TPDU not supported',
    192: 'SC busy',
    197: 'SM Rejected-Duplicate SM',
    300: 'ME failure',
    302: 'operation not allowed',
    303: 'operation not supported',
    304: 'invalid PDU mode parameter',
    305: 'invalid text mode parameter',
    310: 'SIM not inserted',
    311: 'SIM PIN required',
    313: 'SIM failure',
    314: 'SIM busy',
    316: 'SIM PUK required',
    320: 'memory failure',
    321: 'invalid memory index',
    322: 'memory full',
    330: 'SMSC address unknown',
    331: 'no network service',
    332: 'network timeout',
    340: 'no +CNMA acknowledgement expected',
    500: 'unknown error',
  },
} as const satisfies Record<string, Readonly<Record<number, string>>>

export type ErrorFamily = keyof typeof errorTexts

/** Final result codes with the digits of ATV0 (V.250 table 1). */
export const finalDigits: Readonly<Record<string, number>> = {
  OK: 0,
  CONNECT: 1,
  RING: 2,
  'NO CARRIER': 3,
  ERROR: 4,
  'NO DIALTONE': 6,
  BUSY: 7,
  'NO ANSWER': 8,
}

/** A refused command: thrown by a row of the command table, caught by the interpreter. */
export class Refusal extends Error {
  readonly family: ErrorFamily | null
  readonly number: number
  readonly wording: string

  /** Without a family the wording is the final result code. */
  constructor(family: ErrorFamily | null, number = 0, wording?: string) {
    super(family === null ? (wording ?? 'ERROR') : `+${family.toUpperCase()} ERROR: ${number}`)
    this.family = family
    this.number = number
    const texts: Readonly<Record<number, string>> = family === null ? {} : errorTexts[family]
    this.wording = wording ?? texts[number] ?? 'unknown'
  }

  /** The final result code at this +CMEE (TS 27.007 clause 9.1): 0 plain, 1 numbers, 2 words. */
  final(reporting: number): string {
    if (this.family === null) return this.message
    if (reporting === 0) return 'ERROR'
    return reporting === 2 ? `+${this.family.toUpperCase()} ERROR: ${this.wording}` : this.message
  }
}

/** Cached, as creating an error costs more than most commands. */
const made = new Map<string, Refusal>()

function refusal(family: ErrorFamily, number: number): Refusal {
  const key = `${family} ${number}`
  const one = made.get(key) ?? new Refusal(family, number)
  made.set(key, one)
  return one
}

export const cme = (number: keyof (typeof errorTexts)['cme']) => refusal('cme', number)
export const cms = (number: keyof (typeof errorTexts)['cms']) => refusal('cms', number)
