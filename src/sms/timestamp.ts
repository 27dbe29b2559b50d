import { Fault } from '../message/fault.ts'
import { octetsOf } from './octets.ts'
import { decimalIn, decimalOctet } from './semioctets.ts'

/** Octets of a time stamp. */
export const timestampOctets = 7

/** Two-digit years from here on are 19xx: clocks that were never set begin in 1980. */
const firstYear = 80

const two = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'))
const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const signBit = 0x08
const iso = /^(?:19|20)(\d\d)-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)([+-])(\d\d):(\d\d)$/

/**
 * TS 23.040 clause 9.2.3.11: six numbers of two digits, then the zone in quarters of an hour with its sign in bit 3.
 * Returns ISO 8601 with the sender's offset, or `null` if the seven octets name no instant.
 */
export function timestampIn(octets: Uint8Array): string | null {
  const year = decimalIn(octets[0]!)
  const month = decimalIn(octets[1]!)
  const day = decimalIn(octets[2]!)
  const hour = decimalIn(octets[3]!)
  const minute = decimalIn(octets[4]!)
  const second = decimalIn(octets[5]!)
  const quarters = decimalIn(octets[6]! & ~signBit)
  // Every fourth year from 1980 to 2079 is a leap year. NaN, which is no decimal number, fails each comparison.
  const days = (daysInMonth[month - 1] ?? 0) + (month === 2 && year % 4 === 0 ? 1 : 0)
  const valid = year <= 99 && day >= 1 && day <= days && hour < 24 && minute < 60 && second < 60 && quarters < 80
  if (!valid) return null
  const sign = octets[6]! & signBit && quarters > 0 ? '-' : '+'
  const offset = `${sign}${two[quarters >> 2]}:${two[(quarters & 3) * 15]}`
  const date = `${year < firstYear ? '20' : '19'}${two[year]}-${two[month]}-${two[day]}`
  return `${date}T${two[hour]}:${two[minute]}:${two[second]}${offset}`
}

/** The octets of an ISO 8601 time with offset, or of `raw` hex where there is no time. Fails with `encoding_error`. */
export function octetsOfTimestamp(time: string | null, raw?: string): Uint8Array {
  const octets = time === null ? octetsOf(raw ?? '00'.repeat(timestampOctets)) : octetsOfIso(time)
  if (octets.length === timestampOctets && (time === null || timestampIn(octets) === time)) return octets
  throw new Fault('encoding_error', `${time ?? raw} does not fit in a time stamp`, { time, raw })
}

function octetsOfIso(time: string): Uint8Array {
  const [, year, month, day, hour, minute, second, sign, zoneHours, zoneMinutes] = iso.exec(time) ?? []
  const quarters = Number(zoneHours) * 4 + Number(zoneMinutes) / 15
  const octets = [year, month, day, hour, minute, second, quarters].map((value) => decimalOctet(Number(value)))
  if (sign === '-') octets[6]! |= signBit
  return Uint8Array.from(octets)
}
