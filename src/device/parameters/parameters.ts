import { Fault } from '../../message/fault.ts'
import { isNoValue, type Value, wordOf } from '../../message/values.ts'
import { didYouMean } from '../../util/nearest.ts'
import { own } from '../../util/own.ts'
import { assemble } from '../regular/instructions.ts'
import { run } from '../regular/machine.ts'
import { list, literal, type Regular, words } from '../regular/regular.ts'
import type { Command, Parameter, Setting } from '../schema/command.ts'
import { type ParameterContext, parameterKinds, type Taken } from './parameter-kinds.ts'

/** Accepted parameters: the values for the result, and what is sent. An optional one without a value is null. */
export interface TakenParameters {
  readonly values: Readonly<Record<string, Value>>
  readonly wires: Readonly<Record<string, string>>
}

/** Capacity of 255 segments. */
const maxCharacters = 39_015

/** Checks what was given for a command. Fails with `out_of_range`, naming the parameter and what it accepts. */
export function takeParameters(
  name: string,
  command: Command,
  given: unknown,
  context: ParameterContext,
): TakenParameters {
  const table = recordOf(name, given)
  const known = Object.keys(command.params)
  for (const key of Object.keys(table)) {
    if (!known.includes(key))
      throw refusal(name, key, `${name} has no parameter "${key}"${didYouMean(key, known)}`, known)
  }
  const values: Record<string, Value> = {}
  const wires: Record<string, string> = {}
  for (const [key, spec] of Object.entries(command.params)) {
    const taken = takeOne(name, key, spec, own(table, key), context)
    values[key] = taken?.value ?? null
    wires[key] = taken?.wire ?? ''
  }
  return { values, wires }
}

function recordOf(name: string, given: unknown): Record<string, unknown> {
  if (given === undefined || given === null) return {}
  if (typeof given === 'object' && !Array.isArray(given)) return given as Record<string, unknown>
  throw refusal(name, '', `${name} takes its parameters as an object`, [])
}

function takeOne(
  command: string,
  key: string,
  spec: Parameter,
  given: unknown,
  context: ParameterContext,
): Taken | null {
  const value = isMissing(given) ? spec.default : given
  if (isMissing(value)) {
    if (spec.optional) return null
    throw refusal(command, key, `${command} needs "${key}": ${accepts(spec)}`, accepts(spec))
  }
  const taken = takeValue(spec, value, context)
  if (taken !== null) return taken
  const shown = spec.secret ? '' : `, not ${JSON.stringify(value)?.slice(0, 80)}`
  throw refusal(command, key, `"${key}" of ${command} takes ${accepts(spec)}${shown}`, accepts(spec))
}

/** A value for a parameter; null when it is not accepted. */
export function takeValue(spec: Parameter, given: unknown, context: ParameterContext): Taken | null {
  if (spec.list !== undefined) return takeList(spec, given, context)
  if (typeof given !== 'string' && typeof given !== 'number' && typeof given !== 'boolean') return null
  const text = wordOf(given)
  if (isNoValue(text) && spec.options === undefined) return null
  if (text.length > maxCharacters || (spec.pattern !== undefined && !follows(text, spec.pattern))) return null
  return parameterKinds[spec.type].take(text, spec, context)
}

/** Several values in one hole. An empty element is sent as defined in the profile (`?` at Teltonika: unchanged). */
function takeList(spec: Parameter, given: unknown, context: ParameterContext): Taken | null {
  const { separator, skip } = spec.list as NonNullable<Parameter['list']>
  const elements: readonly unknown[] = Array.isArray(given) ? given : wordOf(given).split(/[,;]/)
  const taken = elements.map((element) => {
    const plain = typeof element === 'string' ? element.trim() : element
    if (isMissing(plain) || plain === skip) return { value: skip, wire: skip }
    return takeValue({ ...spec, list: undefined }, plain, context)
  })
  if (taken.length === 0 || taken.includes(null)) return null
  const all = taken as Taken[]
  return { value: all.map(({ value }) => String(value)).join(','), wire: all.map(({ wire }) => wire).join(separator) }
}

const isMissing = (value: unknown): boolean => value === undefined || value === null || value === ''

const follows = (text: string, pattern: Regular<never>): boolean => run(assemble(pattern), text).fits

/** Describes the values of a parameter. */
export function accepts(spec: Parameter): string {
  const element = parameterKinds[spec.type].accepts(spec)
  const unit = spec.unit === undefined || spec.type === 'duration' ? '' : ` (${spec.unit})`
  return spec.list === undefined ? element + unit : `a list, each ${element}${unit}`
}

/** The expression for a parameter as sent. */
export function wireOf(spec: Parameter): Regular<never> {
  const element = parameterKinds[spec.type].regular(spec)
  if (spec.list === undefined) return element
  const skipped: Regular<never>[] = spec.list.skip === '' ? [] : [literal(spec.list.skip)]
  return list(
    { is: 'either', of: [element, ...skipped] },
    spec.list.separator === ' ' ? literal(' ') : words(spec.list.separator),
  )
}

/** The value that was given for a text as sent. */
export function givenFor(spec: Parameter, wire: string): string {
  if (spec.list === undefined) return parameterKinds[spec.type].given(wire, spec)
  return wire
    .split(spec.list.separator)
    .map((element) => (element === spec.list?.skip ? element : parameterKinds[spec.type].given(element, spec)))
    .join(',')
}

/** A setting as a parameter of its type. */
export const asParameter = (setting: Setting): Parameter => ({
  ...setting,
  comma: false,
  optional: !setting.required,
  prefix: '',
})

function refusal(command: string, parameter: string, message: string, accepted: unknown): Fault {
  return new Fault('out_of_range', message, { command, ...(parameter !== '' && { parameter }), accepted })
}
