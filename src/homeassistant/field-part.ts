import { fieldWords } from '../device/describe/field-words.ts'
import { labelOf } from '../device/describe/labels.ts'
import type { Device } from '../device/device.ts'
import type { Property } from '../device/schema/message.ts'
import { fieldOf } from '../device/vocabulary/vocabulary.ts'
import { type DiscoveryContext, jsonValue, keyOf, type Part, topicOf, without } from './component.ts'
import { fieldIcon } from './icons.ts'
import { presentationOf, sensorKindOf } from './presentation.ts'

/** The sensor or binary sensor of a field; null for one that another entity shows. */
export function fieldPart(context: DiscoveryContext, device: Device, name: string, row?: Property): Part | null {
  const look = presentationOf(name)
  if (look.hidden && row === undefined) return null
  const field = fieldOf(name)
  const isDiagnostic = row === undefined ? look.diagnostic : row.category !== undefined
  const kind = binaryOf(device, name) ?? sensorOf(device, name)
  const component = without({
    ...kind,
    name: row?.name ?? labelOf(name),
    stat_t: topicOf(context, device),
    val_tpl: jsonValue(name),
    ic: kind.dev_cla === undefined ? fieldIcon(name, field) : undefined,
    // Sensors are never of the category config.
    ent_cat: isDiagnostic ? 'diagnostic' : undefined,
    en: look.enabled || row !== undefined ? undefined : false,
  })
  return { key: keyOf(name), component, shows: true }
}

/** Pairs of words that make a field a binary one. */
const pairs = [
  ['on', 'off'],
  ['ON', 'OFF'],
  ['true', 'false'],
] as const

type Kind = { readonly p: string; readonly dev_cla: string | undefined } & Readonly<Record<string, unknown>>

function binaryOf(device: Device, name: string): Kind | null {
  const field = fieldOf(name)
  if (field?.type === 'bool')
    return { p: 'binary_sensor', dev_cla: field.class ?? undefined, pl_on: true, pl_off: false }
  if (field?.type === 'switch') return { p: 'binary_sensor', dev_cla: field.class ?? undefined }
  const words = field?.type === 'text' ? fieldWords(device, name) : null
  if (words === null || words.size === 0) return null
  const pair = pairs.find((both: readonly string[]) => [...words].every((word) => both.includes(word)))
  return pair === undefined ? null : { p: 'binary_sensor', dev_cla: undefined, pl_on: pair[0], pl_off: pair[1] }
}

function sensorOf(device: Device, name: string): Kind {
  const { deviceClass, unit, stateClass } = sensorKindOf(name)
  // Home Assistant does not accept a time without a zone as a timestamp.
  const isTime = fieldOf(name)?.type === 'time' && device.timeZone !== null
  return {
    p: 'sensor',
    dev_cla: isTime ? 'timestamp' : (deviceClass ?? undefined),
    unit_of_meas: unit ?? undefined,
    stat_cla: stateClass ?? undefined,
  }
}
