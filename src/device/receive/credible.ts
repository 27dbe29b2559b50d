import type { Value } from '../../message/values.ts'
import { type Device, messagesOf } from '../device.ts'
import { fieldOf } from '../vocabulary/vocabulary.ts'
import { isDangerous } from './danger.ts'

const ownNumbers = /^(?:battery|signal|humidity|fuel|level)$/
/** A number without its unit beyond this is millivolts. */
const maxBatteryVolts = 60

/** Whether a value that was found without its message can be one: it opens nothing, and is in its range. */
export function isCredible(device: Device, field: string, value: Value, isCommon: boolean): boolean {
  if (isDangerous(device, field, value)) return false
  const isShare = ownNumbers.test(field) || fieldOf(field)?.unit === '%'
  if (isShare && typeof value === 'number' && (value < 0 || value > 100)) return false
  if (isCommon && field === 'battery_voltage' && typeof value === 'number' && value > maxBatteryVolts) return false
  if (field === 'signal_quality' && typeof value === 'number' && value > 99) return false
  return !isCommon || !/_\d+$/.test(field) || isReported(device, field)
}

/** Whether some message of the profile has such a numbered field. */
function isReported(device: Device, field: string): boolean {
  const family = field.replace(/\d+$/, '#')
  return Object.values(messagesOf(device)).some(
    ({ text, find, set }) =>
      [...text.map((one) => one.text), ...find].some(
        ({ source }) => source.includes(family) || source.includes(`${field}:`),
      ) || Object.hasOwn(set, field),
  )
}
