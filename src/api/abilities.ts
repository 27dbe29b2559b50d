import { stateFieldsOf } from '../device/describe/state-fields.ts'
import { commandsOf, type Device, propertiesOf } from '../device/device.ts'
import { callsOf } from '../device/send/intent.ts'

/** Commands and properties by the names in the topics. */
export function abilitiesOf(device: Device): Record<string, unknown> {
  const commands = Object.entries(commandsOf(device)).map(([name, { label, params, repeat, danger, asks }]) => {
    const takes = Object.entries(params).map(([param, { type, min, max, options, optional, unit }]) => [
      param,
      { type, min, max, options: options && Object.keys(options), optional: optional || undefined, unit },
    ])
    const asked = asks.length > 0 ? asks : undefined
    return [
      name,
      { label, repeat, danger, asks: asked, params: takes.length > 0 ? Object.fromEntries(takes) : undefined },
    ]
  })
  const properties = Object.entries(propertiesOf(device)).map(([name, row]) => [
    name,
    { entity: row.entity, accepts: [...callsOf(device, row).keys()] },
  ])
  const { fields, families } = stateFieldsOf(device)
  return {
    commands: Object.fromEntries(commands),
    properties: Object.fromEntries(properties),
    fields: [...fields, ...families],
  }
}
