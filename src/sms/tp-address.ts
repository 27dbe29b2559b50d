import { type Address, typesOfNumber } from '../message/address.ts'
import { Fault } from '../message/fault.ts'
import { decodeSeptets, encodeSeptets } from './gsm7.ts'
import { malformed } from './malformed.ts'
import type { OctetReader } from './octets.ts'
import { numberIn, semiOctetsOf } from './semioctets.ts'
import { packSeptets, unpackSeptets } from './septets.ts'

/** TS 23.040 clause 9.1.2.5: an address value takes at most 10 octets. */
const maxSemiOctets = 20

/** TS 24.011 clause 8.2.5.1 allows 11 octets after the length; the conformance vectors have one more. */
const maxServiceCentreOctets = 12

/** Reads TP-OA, TP-DA or TP-RA (clause 9.1.2.5). Fails with `addressTruncated` and `addressTooLong`. */
export function readAddress(reader: OctetReader, field: string): Address {
  const error = 'addressTruncated'
  const start = reader.position
  const semiOctets = reader.octet(field, { error })
  if (semiOctets > maxSemiOctets) throw malformed('addressTooLong', field, start)
  const typeOfAddress = reader.octet(field, { error })
  return addressIn(typeOfAddress, reader.take(Math.ceil(semiOctets / 2), field, { error }), semiOctets)
}

/** Reads the service centre address in front of a TPDU, `null` if it is left out (TS 27.005 clause 3.1). */
export function readServiceCentre(reader: OctetReader): Address | null {
  const error = 'smscTruncated'
  const length = reader.octet('SMSC', { error })
  if (length === 0) return null
  if (length > maxServiceCentreOctets) throw malformed('smscTooLong', 'SMSC', 0)
  const octets = reader.take(length, 'SMSC', { error })
  return addressIn(octets[0]!, octets.subarray(1), 2 * (length - 1))
}

/** Length in semi-octets, type of address and value, as in TP-OA. Fails with `encoding_error`. */
export function addressOctets(address: Address): number[] {
  const { semiOctets, value } = addressValue(address)
  return [semiOctets, typeOfAddressOf(address), ...value]
}

/** The service centre address with its length in octets; a single zero leaves it to the SIM. */
export function serviceCentreOctets(address: Address | null): number[] {
  if (address === null) return [0]
  const { value } = addressValue(address)
  return [1 + value.length, typeOfAddressOf(address), ...value]
}

/** Bit 8 is always set; type of number, then numbering plan (clause 9.1.2.5). */
export function typeOfAddressOf({ ton, npi }: Address): number {
  return 0x80 | (typesOfNumber.indexOf(ton) << 4) | npi
}

function addressIn(typeOfAddress: number, value: Uint8Array, semiOctets: number): Address {
  const ton = typesOfNumber[(typeOfAddress >> 4) & 7]!
  const name = () => decodeSeptets(unpackSeptets(value, Math.floor((semiOctets * 4) / 7)))
  const number = ton === 'alphanumeric' ? name() : numberIn(value, semiOctets)
  return { number, ton, npi: typeOfAddress & 0xf }
}

function addressValue({ number, ton }: Address): { semiOctets: number; value: Iterable<number> & { length: number } } {
  const septets = ton === 'alphanumeric' ? encodeSeptets(number) : null
  const semiOctets = septets ? Math.ceil((septets.length * 7) / 4) : number.length
  const value = septets ? packSeptets(septets) : semiOctetsOf(number)
  if (value && semiOctets <= maxSemiOctets) return { semiOctets, value }
  throw new Fault('encoding_error', `${JSON.stringify(number)} does not fit in an address`, { number, ton })
}
