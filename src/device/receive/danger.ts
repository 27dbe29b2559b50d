import type { Value, Values } from '../../message/values.ts'
import { type Device, propertiesOf } from '../device.ts'
import { isListed } from '../mask.ts'
import { fieldOf } from '../vocabulary/vocabulary.ts'

/** States that open something or clear a warning: forging them is worthwhile. */
const states: readonly (readonly [field: RegExp, value: RegExp])[] = [
  [/^alarm_state(_|$)/, /^(disarm|unset|off$)/i],
  [/^(door|gate|barrier|garage|cover|valve)(_|$)/, /^(true|on|open)/i],
  [/^lock(_|$)/, /^(false|off|unlock|open)/i],
  [/^engine(_|$)/, /./],
  [/tamper/, /^(false|off|ok|clear|normal)/i],
]

/** Kinds whose outputs open something: ON is dangerous too. */
const kindsThatOpen: readonly string[] = ['gate', 'intercom']
const outputs = /^(relay|output|switch)(_\d+)?$/

const events = /^(disarmed|unlocked|opened|(door|gate)_open(ed)?|engine_\w+|tamper_(end|cleared|ok|off|restored))$/

/** Whether a value needs better proof than others, by the tables or by the profile's `danger`. */
export function isDangerous(device: Device, field: string, value: Value): boolean {
  if (value === null) return false
  const word = String(value)
  if (states.some(([name, values]) => name.test(field) && values.test(word))) return true
  if (kindsThatOpen.includes(device.profile.row.kind) && outputs.test(field) && word === 'ON') return true
  const marked = propertiesOf(device)[field]?.danger ?? []
  return marked.some((one) => one.toLowerCase() === word.toLowerCase()) || isSetByDanger(device, field, word)
}

/** Whether a command with a `danger` sets it. A value that parameters decide may be any. */
function isSetByDanger({ dialect }: Device, field: string, value: string): boolean {
  return Object.values(dialect.commands).some(
    ({ danger, sets }) =>
      danger !== undefined &&
      Object.entries(sets).some(
        ([name, set]) => isListed(field, [name.replace(/\{.*\}/, '#')]) && (set.includes('{') || set === value),
      ),
  )
}

export const isDangerousEvent = (event: string): boolean => events.test(event)

export const withoutDangers = (device: Device, values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([field, value]) => !isDangerous(device, field, value)))

export const dangersIn = (device: Device, values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([field, value]) => isDangerous(device, field, value)))

const warnings: readonly (string | null)[] = ['problem', 'battery']
const measures: readonly string[] = ['number', 'time']

/**
 * The values of a text that is read long after it came: none that opens, disarms or warns, as that would seem to be
 * happening now. An alarm gives its measures and its place alone.
 */
export const calmValues = (
  device: Device,
  { values, event }: { readonly values: Values; readonly event: string | null },
): Values =>
  Object.fromEntries(
    Object.entries(withoutDangers(device, values)).filter(([field, value]) => {
      const known = fieldOf(field)
      if (event !== null) return measures.includes(known?.type ?? '')
      const isWarning = value === true && known?.type === 'bool' && warnings.includes(known.class)
      return !isWarning && !(field === 'mains' && value === false) && !/^alarm/.test(field)
    }),
  )
