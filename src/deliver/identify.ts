import type { Device } from '../device/device.ts'
import { isOwn, type ReadContext, readText } from '../device/receive/read.ts'
import type { Address } from '../message/address.ts'
import type { Values } from '../message/values.ts'
import { own } from '../util/own.ts'

/**
 * Which of the devices behind a number a text is of: the one that it names, else the only one that knows it. Several
 * share a number where texts or the profile's `identity` tell them apart.
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

/** The text holds the field that tells this device from others. */
function isNamed(device: Device, values: Values): boolean {
  const { identity } = device.dialect
  return identity !== null && own(values, identity) !== undefined && isOwn(device, values)
}

/** As the configuration writes it: with a plus when it is international. */
export function numberOf({ number, ton }: Address): string {
  return ton === 'international' ? `+${number}` : number
}
