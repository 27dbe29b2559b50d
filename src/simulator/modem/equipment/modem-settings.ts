import { parseRanges } from './parse-ranges.ts'

/** A command that only stores numbers: the output of its test form, and the factory values. */
export interface RememberedNumbers {
  readonly values: string
  readonly factory: readonly number[]
  /** Errors of TS 27.005 instead of 27.007. */
  readonly errors?: 'cms'
}

/**
 * All settings that are numbers. Basic commands and S registers: V.250 clause 6.2; `+CNMI`, `+CSMS` and the like: TS
 * 27.005 clause 3; the rest TS 27.007.
 */
export const rememberedNumbers = {
  E: { values: '(0,1)', factory: [1] },
  Q: { values: '(0,1)', factory: [0] },
  V: { values: '(0,1)', factory: [1] },
  X: { values: '(0-4)', factory: [4] },
  '&C': { values: '(0-2)', factory: [1] },
  '&D': { values: '(0-2)', factory: [0] },
  '&K': { values: '(0-4)', factory: [0] },
  '&S': { values: '(0,1)', factory: [0] },
  '\\Q': { values: '(0-3)', factory: [0] },
  S0: { values: '(0-255)', factory: [0] },
  S3: { values: '(0-127)', factory: [13] },
  S4: { values: '(0-127)', factory: [10] },
  S5: { values: '(0-127)', factory: [8] },
  S7: { values: '(0-255)', factory: [60] },
  '+CMEE': { values: '(0-2)', factory: [0] },
  '+CREG': { values: '(0-2)', factory: [0] },
  '+CGREG': { values: '(0-2)', factory: [0] },
  '+CEREG': { values: '(0-2)', factory: [0] },
  '+CRC': { values: '(0,1)', factory: [0] },
  '+CLIP': { values: '(0,1)', factory: [0] },
  '+COLP': { values: '(0,1)', factory: [0] },
  '+CCWA': { values: '(0,1)', factory: [0] },
  '+CSSN': { values: '(0,1),(0,1)', factory: [0, 0] },
  '+CMOD': { values: '(0)', factory: [0] },
  '+CTZU': { values: '(0,1)', factory: [0] },
  '+CTZR': { values: '(0-2)', factory: [0] },
  '+CMER': { values: '(0-3),(0),(0),(0-2),(0,1)', factory: [0, 0, 0, 0, 0] },
  '+CGEREP': { values: '(0-2),(0,1)', factory: [0, 0] },
  '+CUSD': { values: '(0-2)', factory: [0] },
  '+IPR': { values: '(0,1200,2400,4800,9600,19200,38400,57600,115200,230400,460800)', factory: [115_200] },
  '+IFC': { values: '(0-2),(0-2)', factory: [0, 0] },
  '+ICF': { values: '(0-6),(0-3)', factory: [3, 3] },
  '+CSMS': { values: '(0,1)', factory: [0], errors: 'cms' },
  '+CMGF': { values: '(0,1)', factory: [0], errors: 'cms' },
  '+CNMI': { values: '(0-3),(0-3),(0,2,3),(0-2),(0,1)', factory: [0, 0, 0, 0, 0], errors: 'cms' },
  '+CSMP': { values: '(0-255),(0-255),(0-255),(0-255)', factory: [17, 167, 0, 0], errors: 'cms' },
  '+CSDH': { values: '(0,1)', factory: [0], errors: 'cms' },
  '+CMMS': { values: '(0-2)', factory: [0], errors: 'cms' },
  '+CGSMS': { values: '(0-3)', factory: [3] },
} as const satisfies Readonly<Record<string, RememberedNumbers>>

export type NumbersName = keyof typeof rememberedNumbers
export type Charset = 'GSM' | 'IRA' | 'UCS2'

/** Settings of the DTE; replaced by `ATZ` and by a reset. */
export interface Settings {
  readonly numbers: Record<NumbersName, number[]>
  /** +CSCS */
  charset: Charset
  /** +COPS format: 0 long, 1 short, 2 numeric. */
  operatorFormat: number
}

/** Factory settings. */
export function factorySettings(): Settings {
  const numbers = Object.fromEntries(
    Object.entries(rememberedNumbers).map(([name, { factory }]) => [name, [...factory]]),
  ) as Settings['numbers']
  return { numbers, charset: 'IRA', operatorFormat: 0 }
}

/** Whether the numbers are valid: at most as many as there are groups, each in its group. */
export function mayBeSet(values: string, wanted: readonly (number | null)[]): boolean {
  const groups = parseRanges(values)
  return wanted.length <= groups.length && wanted.every((value, i) => value === null || groups[i]?.(value) === true)
}
