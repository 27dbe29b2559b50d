import type { Device } from '../device/device.ts'
import type { Directory } from '../device/directory.ts'
import { readForward } from '../device/receive/read.ts'
import type { ReadContext } from '../device/receive/reading.ts'
import { type Answering, identify } from './identify.ts'

/** A text of somebody else in the text of a device. */
export interface Forwarded {
  readonly by: Device
  /** The sender, as the forwarding device names it. */
  readonly from: string | null
  readonly text: string
  /** The device whose text it is read as; null where it is only published. */
  readonly of: Device | null
}

/**
 * What a device forwards. It is read as the text of the device with the number only where the forwarding one is
 * configured for that, and one level deep: what is itself a forwarded text names its sender to nobody.
 */
export async function forwardedIn(
  by: Device | null,
  text: string,
  directory: Directory,
  context: ReadContext,
  answering: (text: string) => Answering,
): Promise<Forwarded | null> {
  const found = by === null ? null : readForward(by, text)
  if (by === null || found === null) return null
  const { from, inner } = found
  const owners = by.forwards === null || from === null ? [] : directory.find(from).filter(({ id }) => id !== by.id)
  const [one = null, ...others] = await identify(owners, inner, context, answering(inner))
  const of = others.length > 0 ? null : one
  const isNested = of !== null && [by, of].some((device) => readForward(device, inner) !== null)
  return { by, from, text: inner, of: isNested ? null : of }
}
