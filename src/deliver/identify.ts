import type { Device } from '../device/device.ts'
import { sameNumber } from '../device/numbers.ts'
import { own } from '../device/own.ts'
import { isOwn, type ReadContext, readText } from '../device/read.ts'
import type { Address } from '../message/address.ts'
import type { Values } from '../message/values.ts'

/** Digits from the right by which numbers are looked up before they are compared. */
const tail = 7

/** Finds the device behind an originating address, however the network writes its number. */
export class Directory {
  readonly #byTail = new Map<string, Device[]>()
  readonly #keys = new Map<string, readonly string[]>()
  readonly #region: string | undefined

  constructor(devices: Iterable<Device>, region: string | undefined) {
    this.#region = region
    for (const device of devices) this.place(device)
  }

  /** A device that is new, or has changed. */
  place(device: Device): void {
    this.remove(device.id)
    const keys = [...new Set(device.numbers.map(keyOf))]
    for (const key of keys) this.#byTail.set(key, [...(this.#byTail.get(key) ?? []), device])
    this.#keys.set(device.id, keys)
  }

  remove(id: string): void {
    for (const key of this.#keys.get(id) ?? []) {
      const left = (this.#byTail.get(key) ?? []).filter((device) => device.id !== id)
      if (left.length > 0) this.#byTail.set(key, left)
      else this.#byTail.delete(key)
    }
    this.#keys.delete(id)
  }

  /** The devices with this number: normally one, none for a stranger. */
  find(from: Address): readonly Device[] {
    const number = numberOf(from)
    const candidates = this.#byTail.get(keyOf(number)) ?? []
    return [
      ...new Set(candidates.filter((device) => device.numbers.some((one) => sameNumber(one, number, this.#region)))),
    ]
  }
}

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

/** The address of a number that is written like that. */
export function addressOf(number: string): Address {
  const isInternational = number.startsWith('+')
  return {
    number: isInternational ? number.slice(1) : number,
    ton: isInternational ? 'international' : 'unknown',
    npi: 1,
  }
}

function keyOf(number: string): string {
  const digits = number.replace(/\D/g, '')
  return digits.length >= tail ? digits.slice(-tail) : number.toLowerCase()
}
