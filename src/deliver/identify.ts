import type { Device } from '../device/device.ts'
import { isOwn, readText } from '../device/receive/read.ts'
import type { ReadContext } from '../device/receive/reading.ts'
import type { Address } from '../message/address.ts'
import type { Values } from '../message/values.ts'
import { own } from '../util/own.ts'

/**
 * The device of a text, among those with the number: the one that it names, else the only one that recognises it.
 * Devices may share a number where texts or the profile's `identity` distinguish them.
 */
export function identify(devices: readonly Device[], text: string, context: ReadContext): Device | null {
  if (devices.length < 2) return devices[0] ?? null
  const knowing = devices.flatMap((device) => {
    const values = readText(device, text, context).map((reading) => reading.values)
    return values.some((one) => isOwn(device, one))
      ? [{ device, named: values.some((one) => isNamed(device, one)) }]
      : []
  })
  return (knowing.find(({ named }) => named) ?? knowing[0])?.device ?? devices[0] ?? null
}

/** Whether the text contains the field that identifies this device. */
function isNamed(device: Device, values: Values): boolean {
  const { identity } = device.dialect
  return identity !== null && own(values, identity) !== undefined && isOwn(device, values)
}

/** As in the configuration: with a plus if it is international. */
export function numberOf({ number, ton }: Address): string {
  return ton === 'international' ? `+${number}` : number
}
