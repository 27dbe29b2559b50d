import type { Parameter } from '../api/answer-types.ts'

/** How a parameter is entered. */
export type Control = 'text' | 'number' | 'select' | 'tel' | 'datetime-local' | 'time' | 'password'

const byType: Readonly<Record<string, Control>> = {
  int: 'number',
  decimal: 'number',
  enum: 'select',
  bool: 'select',
  phone: 'tel',
  date: 'datetime-local',
  time: 'time',
}

export function controlOf({ type, list, secret, options }: Parameter): Control {
  if (secret) return 'password'
  // Several values in one line.
  if (list) return 'text'
  return options === undefined ? (byType[type] ?? 'text') : 'select'
}

export type Entered = Readonly<Record<string, string>>

/** What a form shows before anything is entered. */
export const startOf = (parameters: readonly Parameter[]): Entered =>
  Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter.default ?? firstOf(parameter)]))

/** A list of choices without an empty one starts with its first. */
const firstOf = (parameter: Parameter): string =>
  controlOf(parameter) === 'select' && !parameter.optional ? (choicesOf(parameter)[0] ?? '') : ''

/** The values of a list of choices; an empty one where nothing need be chosen. */
export function choicesOf({ type, options, optional }: Parameter): readonly string[] {
  const values = options ?? (type === 'bool' ? ['true', 'false'] : [])
  return optional ? ['', ...values] : values
}

export type Wrong = 'missing' | 'number' | 'whole' | 'small' | 'large' | 'length' | 'digits'

/** What is plainly wrong with a value; the hub checks everything else. */
export function wrongIn(parameter: Parameter, value: string): Wrong | null {
  const { type, min, max, length, list, optional } = parameter
  if (value.trim() === '') return optional || parameter.default !== undefined ? null : 'missing'
  if (list) return null
  if (type === 'int' || type === 'decimal') return wrongNumber(parameter, value)
  if (type === 'digits' && !/^\d+$/.test(value)) return 'digits'
  if (type !== 'text' && type !== 'digits') return null
  const characters = [...value].length
  const isWithin = characters >= (min ?? 0) && characters <= (max ?? Number.POSITIVE_INFINITY)
  return isWithin && (length === undefined || characters === length) ? null : 'length'
}

function wrongNumber({ type, min, max }: Parameter, value: string): Wrong | null {
  const number = Number(value.replace(',', '.'))
  if (!Number.isFinite(number)) return 'number'
  if (type === 'int' && !Number.isInteger(number)) return 'whole'
  if (min !== undefined && number < min) return 'small'
  return max !== undefined && number > max ? 'large' : null
}

/** What is wrong in a form, by parameter. */
export function wrongsIn(parameters: readonly Parameter[], entered: Entered): Readonly<Record<string, Wrong>> {
  return Object.fromEntries(
    parameters.flatMap((parameter) => {
      const wrong = wrongIn(parameter, entered[parameter.name] ?? '')
      return wrong === null ? [] : [[parameter.name, wrong]]
    }),
  )
}

/** The arguments of a command: what was left empty is left out. */
export function argumentsOf(parameters: readonly Parameter[], entered: Entered): Readonly<Record<string, string>> {
  return Object.fromEntries(
    parameters.flatMap(({ name, type, list }) => {
      const value = (entered[name] ?? '').trim()
      if (value === '') return []
      // A comma stands between values of a list, otherwise before decimals.
      return [[name, type === 'decimal' && !list ? value.replace(',', '.') : value]]
    }),
  )
}
