import type { Device } from '../../device/device.ts'
import type { Property } from '../../device/schema/message.ts'
import { fieldOf } from '../../device/vocabulary.ts'
import { type DiscoveryContext, jsonValue, type Part, switchOf, topicOf, without } from './component.ts'
import { labelOf, presentationOf, sensorKindOf } from './presentation.ts'

/** The sensor or binary sensor of a field; null for one that another entity shows. */
export function fieldPart(context: DiscoveryContext, device: Device, name: string, row?: Property): Part | null {
  const look = presentationOf(name)
  if (look.hidden && row === undefined) return null
  const field = fieldOf(name)
  const isDiagnostic = row === undefined ? look.diagnostic : row.category !== undefined
  const common = {
    name: row?.name ?? labelOf(name),
    stat_t: topicOf(context, device),
    // Sensors are never a configuration.
    ent_cat: isDiagnostic ? 'diagnostic' : undefined,
    en: look.enabled || row !== undefined ? undefined : false,
  }
  if (field?.type === 'bool' || field?.type === 'switch') {
    const component = without({
      p: 'binary_sensor',
      ...common,
      val_tpl: field.type === 'bool' ? switchOf(name) : jsonValue(name),
      dev_cla: field.class ?? undefined,
    })
    return { key: name, component, shows: true }
  }
  const { deviceClass, unit, stateClass } = sensorKindOf(name)
  // A time without a zone is no time stamp to Home Assistant.
  const isTime = field?.type === 'time' && device.timeZone !== null
  const component = without({
    p: 'sensor',
    ...common,
    val_tpl: jsonValue(name),
    dev_cla: isTime ? 'timestamp' : (deviceClass ?? undefined),
    unit_of_meas: unit ?? undefined,
    stat_cla: stateClass ?? undefined,
  })
  return { key: name, component, shows: true }
}
