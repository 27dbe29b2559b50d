import type { Device } from './device.ts'
import { sameNumber } from './numbers.ts'

/** Digits from the right by which numbers are looked up before they are compared. */
const tail = 7

/** Finds the devices behind a number, however the network or a client writes it. */
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
  find(number: string): readonly Device[] {
    const candidates = this.#byTail.get(keyOf(number)) ?? []
    return [
      ...new Set(candidates.filter((device) => device.numbers.some((one) => sameNumber(one, number, this.#region)))),
    ]
  }
}

function keyOf(number: string): string {
  const digits = number.replace(/\D/g, '')
  return digits.length >= tail ? digits.slice(-tail) : number.toLowerCase()
}
