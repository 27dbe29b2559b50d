import type { Device } from '../device/device.ts'
import { isOwn, readText } from '../device/receive/read.ts'
import type { ReadContext } from '../device/receive/reading.ts'
import type { Address } from '../message/address.ts'
import type { Values } from '../message/values.ts'
import { own } from '../util/own.ts'

/** How a text answers the commands of a device: by its wording, because any text would, or not at all. */
export type Answering = (device: Device) => Promise<'wording' | 'any' | null>

/**
 * The devices whose text it may be, of those with the number: normally one. Devices may share a number where the
 * profile's `identity` distinguishes them, or the wording of their texts.
 *
 * The one that the text names has it. Else it is of those that recognise it as a whole, as a message or as the answer
 * to a command that waits; of several, of the one whose command it answers. What none of them recognises is of
 * the one that finds most in it, and of the first one where it means nothing.
 */
export async function identify(
  devices: readonly Device[],
  text: string,
  context: ReadContext,
  answering: Answering,
): Promise<readonly Device[]> {
  if (devices.length < 2) return devices
  const possible = []
  for (const device of devices) {
    const read = readText(device, text, context)
    const readings = read.filter(({ values }) => isOwn(device, values))
    if (readings.some(({ values }) => isNamed(device, values))) return [device]
    // It names another one.
    if (readings.length === 0 && read.length > 0) continue
    const answers = await answering(device)
    const isExact = readings.some(({ reading }) => reading === 'exact')
    const most = Math.max(0, ...readings.map(({ values }) => Object.keys(values).length))
    possible.push({ device, answers, isExact, most })
  }
  const knowing = possible.filter(({ answers, isExact }) => isExact || answers === 'wording')
  const awaited = knowing.filter(({ answers }) => answers === 'wording')
  const best = Math.max(0, ...possible.map(({ most }) => most))
  const ranks = [
    knowing.length > 1 && awaited.length > 0 ? awaited : knowing,
    possible.filter(({ answers }) => answers === 'any'),
    possible.filter(({ most }) => most > 0 && most === best),
  ]
  const owners = ranks.find((rank) => rank.length > 0)
  return owners === undefined ? devices.slice(0, 1) : owners.map(({ device }) => device)
}

/** Whether the text of this device contains the field that identifies it. */
function isNamed(device: Device, values: Values): boolean {
  const { identity } = device.dialect
  return identity !== null && own(values, identity) !== undefined
}

/** As in the configuration: with a plus if it is international. */
export function numberOf({ number, ton }: Address): string {
  return ton === 'international' ? `+${number}` : number
}
