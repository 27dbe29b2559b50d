import { didYouMean } from '../../util/nearest.ts'
import { own } from '../../util/own.ts'
import type { Setting } from '../schema/command.ts'
import type { ParameterContext } from './parameter-kinds.ts'
import { accepts, asParameter, takeValue } from './parameters.ts'

type Specs = Readonly<Record<string, Setting>>

/** Settings that every device has. */
export const builtIn: readonly string[] = ['hub_number', 'own_number']

/** The given settings over the profile's defaults; `problem` is the first error, or null. */
export function resolveSettings(
  specs: Specs,
  given: Readonly<Record<string, string>>,
  context: ParameterContext,
): { settings: Record<string, string>; problem: string | null } {
  const defaults = Object.entries(specs).flatMap(([name, { default: value = '' }]) =>
    value === '' ? [] : [[name, value]],
  )
  const settings: Record<string, string> = { ...Object.fromEntries(defaults), ...given }
  const problems = [
    ...Object.entries(given).flatMap(([name, value]) => wrongSetting(specs, name, value, context) ?? []),
    ...Object.entries(specs)
      .filter(([name, { required }]) => required && (settings[name] ?? '') === '')
      .map(([name, { label }]) => `"${name}" is needed${label === undefined ? '' : ` (${label})`}`),
  ]
  return { settings, problem: problems[0] ?? null }
}

function wrongSetting(specs: Specs, name: string, value: string, context: ParameterContext): string | null {
  const spec = specOf(specs, name)
  if (spec === null)
    return builtIn.includes(name) ? null : `there is no "${name}"${didYouMean(name, Object.keys(specs))}`
  if (value === '' || isAccepted(spec, value, context)) return null
  return `"${name}" takes ${accepts(asParameter(spec))}${spec.secret ? '' : `, not "${value}"`}`
}

export const isAccepted = (spec: Setting, value: string, context: ParameterContext): boolean =>
  takeValue(asParameter(spec), value, context) !== null

/** The row of a setting; `zone_text_3` belongs to `zone_text_#`. */
export function specOf(specs: Specs, name: string): Setting | null {
  const row = own(specs, name)
  if (row !== undefined) return row
  const family = Object.keys(specs).find((key) => key.includes('#') && suffixOf(key, name) !== null)
  return family === undefined ? null : (specs[family] as Setting)
}

/** The value of `#`: `3` in `zone_text_3`; null for a name of another family. */
export function suffixOf(family: string, name: string): string | null {
  const [head = '', tail = ''] = family.split('#')
  const isMember = name.length > head.length + tail.length && name.startsWith(head) && name.endsWith(tail)
  return isMember ? name.slice(head.length, name.length - tail.length) : null
}
