import { Fault } from '../message/fault.ts'
import { octetsOf } from '../sms/octets.ts'
import { characters, octetsOfCharacters } from './smpp-fields.ts'

/** Optional parameters by tag; where one is repeated, the first counts. */
export type Tlvs = ReadonlyMap<number, Uint8Array>

/** The tags that are used here (SMPP 3.4 clause 5.3.2). */
export const tags = {
  qos_time_to_live: 0x0017,
  additional_status_info_text: 0x001d,
  receipted_message_id: 0x001e,
  user_message_reference: 0x0204,
  destination_port: 0x020b,
  sar_msg_ref_num: 0x020c,
  sar_total_segments: 0x020e,
  sar_segment_seqnum: 0x020f,
  sc_interface_version: 0x0210,
  network_error_code: 0x0423,
  message_payload: 0x0424,
  message_state: 0x0427,
} as const

const headOctets = 4

/** The parameters behind the mandatory fields. Fails with `malformed_pdu` where the last one is cut off. */
export function readTlvs(octets: Uint8Array, from: number): Tlvs {
  const tlvs = new Map<number, Uint8Array>()
  for (let at = from; at < octets.length; ) {
    const value = at + headOctets
    const end = value + (value > octets.length ? 0 : wordAt(octets, at + 2))
    if (value > octets.length || end > octets.length)
      throw new Fault('malformed_pdu', `optional parameter at octet ${at}: the PDU ends before it does`, { octet: at })
    const tag = wordAt(octets, at)
    if (!tlvs.has(tag)) tlvs.set(tag, octets.subarray(value, end))
    at = end
  }
  return tlvs
}

export function writeTlvs(tlvs: Tlvs): number[] {
  return [...tlvs].flatMap(([tag, value]) => {
    if (value.length <= 0xffff) return [...word(tag), ...word(value.length), ...value]
    throw new Fault('encoding_error', `optional parameter ${tag}: at most 65535 octets, not ${value.length}`)
  })
}

/** An unsigned integer, whatever its length; null where it is absent or empty. */
export function numberIn(tlvs: Tlvs, tag: keyof typeof tags): number | null {
  const value = tlvs.get(tags[tag])
  if (value === undefined || value.length === 0 || value.length > 4) return null
  return value.reduce((sum, octet) => sum * 256 + octet, 0)
}

/** A C-octet string; its NUL may be missing. Null where it is absent. */
export function textIn(tlvs: Tlvs, tag: keyof typeof tags): string | null {
  const value = tlvs.get(tags[tag])
  if (value === undefined) return null
  const end = value.indexOf(0)
  return characters(end < 0 ? value : value.subarray(0, end))
}

/** An integer of this many octets, a C-octet string, or octets as they are. */
export type TlvValue = readonly [value: number, octets: 1 | 2 | 4] | string | Uint8Array

export function tlvsOf(values: Readonly<Partial<Record<keyof typeof tags, TlvValue>>>): Tlvs {
  return new Map(Object.entries(values).map(([name, value]) => [tags[name as keyof typeof tags], octetsOfValue(value)]))
}

function octetsOfValue(value: TlvValue): Uint8Array {
  if (value instanceof Uint8Array) return value
  if (typeof value === 'string') return octetsOfCharacters(`${value}\0`)
  const [number, octets] = value
  return octetsOf(number.toString(16).padStart(2 * octets, '0'))
}

function wordAt(octets: Uint8Array, at: number): number {
  return ((octets[at] as number) << 8) | (octets[at + 1] as number)
}

const word = (value: number): [number, number] => [value >> 8, value & 0xff]
