import { Fault } from '../message/fault.ts'
import type { OctetReader } from '../sms/octets.ts'

/** A mandatory field of a PDU (SMPP 3.4 clause 3.1): its value where a PDU leaves it out, and both directions. */
export interface Field<T> {
  readonly absent: T
  read(octets: OctetReader, name: string): T
  write(value: T, name: string): Iterable<number>
}

const maxOctet = 0xff

/** An unsigned integer of one octet. */
export function octet(absent = 0): Field<number> {
  return {
    absent,
    read: (octets, name) => octets.octet(name),
    write: (value, name) => {
      if (Number.isInteger(value) && value >= 0 && value <= maxOctet) return [value]
      throw new Fault('encoding_error', `${name}: ${value} does not fit into an octet`, { field: name })
    },
  }
}

/**
 * A C-octet string: ASCII up to a NUL, which counts as one of its `most` octets. Only those that are written are limited:
 * a longer one of the other end is read as it is.
 */
export function text(most: number): Field<string> {
  return {
    absent: '',
    read: (octets, name) => {
      const rest = octets.octets.subarray(octets.position)
      // Without a NUL it has no end.
      const end = rest.indexOf(0)
      const read = octets.take(end < 0 ? rest.length + 1 : end + 1, name)
      return characters(read.subarray(0, -1))
    },
    write: (value, name) => {
      if (!/^[\x01-\x7f]*$/.test(value))
        throw new Fault('encoding_error', `${name}: only ASCII can be written`, { field: name })
      if (value.length < most) return [...octetsOfCharacters(value), 0]
      throw new Fault('encoding_error', `${name}: at most ${most - 1} characters, not ${value.length}`, { field: name })
    },
  }
}

/** A length in one octet, and that many octets: `sm_length` and `short_message`. */
export function counted(most: number): Field<Uint8Array> {
  return {
    absent: new Uint8Array(),
    read: (octets, name) => octets.take(octets.octet(`${name}.length`), name),
    write: (value, name) => {
      if (value.length <= most) return [value.length, ...value]
      throw new Fault('encoding_error', `${name}: at most ${most} octets, not ${value.length}`, { field: name })
    },
  }
}

/** Each octet as the character of this number: ASCII, and ISO 8859-1 above it. */
export function characters(octets: Uint8Array): string {
  let read = ''
  for (const one of octets) read += String.fromCharCode(one)
  return read
}

export function octetsOfCharacters(value: string): Uint8Array {
  return Uint8Array.from(value, (character) => character.charCodeAt(0))
}
