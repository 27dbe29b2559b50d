import type { Address } from '../message/address.ts'
import type { Device } from './device.ts'
import { originatorOf, sameNumber } from './parameters/numbers.ts'

/** Digits from the right by which numbers are looked up before they are compared. */
const tailDigits = 7

/** An entry with numbers or sender names. */
export interface Listed {
  readonly id: string
  readonly numbers: readonly string[]
}

/** Finds the devices, or other entries, of a number, however the network or a client writes it. */
export class Directory<T extends Listed = Device> {
  readonly #byTail = new Map<string, T[]>()
  readonly #keys = new Map<string, readonly string[]>()
  readonly #region: string | undefined

  constructor(devices: Iterable<T>, region: string | undefined) {
    this.#region = region
    for (const device of devices) this.place(device)
  }

  /** Adds or replaces a device. */
  place(device: T): void {
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
  find(number: string): readonly T[] {
    const candidates = this.#byTail.get(keyOf(number)) ?? []
    return [
      ...new Set(candidates.filter((device) => device.numbers.some((one) => sameNumber(one, number, this.#region)))),
    ]
  }

  /**
   * The originators of an SMS. The name of an alphanumeric originator is never a number, however it is written, nor a
   * mail address: some carriers take any name, and whose a mail is has been proven where it came.
   */
  findOriginator(from: Address): readonly T[] {
    const number = originatorOf(from, this.#region)
    if (number !== null) return this.find(number)
    const name = from.number.trim().toLowerCase()
    const candidates = /\p{L}/u.test(name) && !name.includes('@') ? (this.#byTail.get(keyOf(name)) ?? []) : []
    return candidates.filter(({ numbers }) => numbers.some((one) => one.trim().toLowerCase() === name))
  }
}

function keyOf(number: string): string {
  const digits = number.replace(/\D/g, '')
  return digits.length >= tailDigits && !/\p{L}/u.test(number) ? digits.slice(-tailDigits) : number.trim().toLowerCase()
}
