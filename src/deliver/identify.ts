import type { Device } from '../device/device.ts'
import { sameNumber } from '../device/numbers.ts'
import type { Address } from '../message/address.ts'

/** Digits from the right by which numbers are looked up before they are compared. */
const tail = 7

/** Finds the device behind an originating address, however the network writes its number. */
export class Directory {
  readonly #byTail = new Map<string, Device[]>()
  readonly #region: string | undefined

  constructor(devices: Iterable<Device>, region: string | undefined) {
    this.#region = region
    for (const device of devices) {
      for (const number of device.numbers) {
        const key = keyOf(number)
        this.#byTail.set(key, [...(this.#byTail.get(key) ?? []), device])
      }
    }
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

/** As the configuration writes it: with a plus when it is international. */
export function numberOf({ number, ton }: Address): string {
  return ton === 'international' ? `+${number}` : number
}

function keyOf(number: string): string {
  const digits = number.replace(/\D/g, '')
  return digits.length >= tail ? digits.slice(-tail) : number.toLowerCase()
}
