import type { Value, Values } from '../../message/values.ts'
import { type Device, propertiesOf } from '../device.ts'
import { isListed } from '../mask.ts'

/** States that let somebody in, or take a warning away: whoever forges one of them gains something. */
const states: readonly (readonly [field: RegExp, value: RegExp])[] = [
  [/^alarm_state(_|$)/, /^(disarm|unset|off$)/i],
  [/^(door|gate|barrier|garage|cover|valve)(_|$)/, /^(true|on|open)/i],
  [/^lock(_|$)/, /^(false|off|unlock|open)/i],
  [/^engine(_|$)/, /./],
  [/tamper/, /^(false|off|ok|clear|normal)/i],
]

/** Where a switch opens a way, its being on is one of them too. */
const kindsThatOpen: readonly string[] = ['gate', 'intercom']
const outputs = /^(relay|output|switch)(_\d+)?$/

const events = /^(disarmed|unlocked|opened|(door|gate)_open(ed)?|engine_\w+|tamper_(end|cleared|ok|off|restored))$/

/** Must this value be proven better than others? By the tables, or by the profile's own `danger`. */
export function isDangerous(device: Device, field: string, value: Value): boolean {
  if (value === null) return false
  const said = String(value)
  if (states.some(([name, values]) => name.test(field) && values.test(said))) return true
  if (kindsThatOpen.includes(device.profile.row.kind) && outputs.test(field) && said === 'ON') return true
  const marked = propertiesOf(device)[field]?.danger ?? []
  return marked.some((one) => one.toLowerCase() === said.toLowerCase()) || isSetByDanger(device, field, said)
}

/** A command whose `danger` is told brings it about. What its parameters decide may be any value. */
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

export const dangersIn = (device: Device, values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([field, value]) => isDangerous(device, field, value)))
