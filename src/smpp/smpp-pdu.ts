import { Fault } from '../message/fault.ts'
import { OctetReader } from '../sms/octets.ts'
import { type Body, nameOf, type PduName, pdus, responseBit } from './pdu-table.ts'
import type { Field } from './smpp-fields.ts'
import { readTlvs, type Tlvs, writeTlvs } from './tlvs.ts'

/** SMPP 3.4 clause 3.2: the header of every PDU. */
export const headerOctets = 16

/** Numbers of requests: 1 to 2^31 - 1 (clause 3.2). */
export const maxSequence = 0x7fff_ffff

interface Header {
  readonly id: number
  /** Null where SMPP 3.4 has no such PDU. */
  readonly name: PduName | null
  /** `command_status`: 0 in requests, and in responses that report no error. */
  readonly status: number
  /** 32 bits: some number theirs from 0, or beyond 2^31. */
  readonly sequence: number
}

/** A PDU with its mandatory fields and optional parameters. */
export type Pdu<N extends PduName = PduName> = {
  readonly [M in N]: {
    readonly name: M
    readonly status: number
    readonly sequence: number
    readonly body: Body<M>
    readonly tlvs: Tlvs
  }
}[N]

/** What a PDU is written of; fields that are left out have their usual value. */
export interface Written<N extends PduName> {
  readonly name: N
  readonly sequence: number
  readonly status?: number
  readonly body?: Partial<Body<N>>
  readonly tlvs?: Tlvs
}

/** The header of a whole PDU, which needs no more than its 16 octets. */
export function headerOf(octets: Uint8Array): Header {
  const id = longAt(octets, 4)
  return { id, name: nameOf(id), status: longAt(octets, 8), sequence: longAt(octets, 12) }
}

export function isResponse({ id }: Pick<Header, 'id'>): boolean {
  return id >= responseBit
}

/**
 * Reads a whole PDU. A response may end before any of its fields, as responses with an error do, and what is behind its
 * fields is ignored where it can't be read. Fails with `malformed_pdu` and the field.
 */
export function readPdu(octets: Uint8Array): Pdu {
  const { id, name, status, sequence } = headerOf(octets)
  if (name === null) throw new Fault('malformed_pdu', `unknown command_id ${id.toString(16)}`, { field: 'command_id' })
  const reader = new OctetReader(octets)
  reader.position = headerOctets
  const mayEnd = isResponse({ id })
  const fields = Object.entries(pdus[name].body as Record<string, Field<unknown>>)
  const body = Object.fromEntries(
    fields.map(([field, { absent, read }]) => [field, mayEnd && reader.remaining === 0 ? absent : read(reader, field)]),
  )
  const tlvs = tlvsBehind(octets, reader.position, mayEnd)
  return { name, status, sequence, body, tlvs } as Pdu
}

function tlvsBehind(octets: Uint8Array, at: number, lenient: boolean): Tlvs {
  try {
    return readTlvs(octets, at)
  } catch (error) {
    if (lenient) return new Map()
    throw error
  }
}

/** Fails with `encoding_error` and the field that does not fit. */
export function writePdu<N extends PduName>({ name, sequence, status = 0, body, tlvs }: Written<N>): Uint8Array {
  const { id, body: fields } = pdus[name]
  const given: Readonly<Record<string, unknown>> = body ?? {}
  const octets = [
    ...Object.entries(fields as Record<string, Field<unknown>>).flatMap(([field, { absent, write }]) => [
      ...write(given[field] ?? absent, field),
    ]),
    ...writeTlvs(tlvs ?? new Map()),
  ]
  const pdu = new Uint8Array(headerOctets + octets.length)
  const view = new DataView(pdu.buffer)
  for (const [i, value] of [pdu.length, id, status, sequence].entries()) view.setUint32(4 * i, value)
  pdu.set(octets, headerOctets)
  return pdu
}

function longAt(octets: Uint8Array, at: number): number {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength).getUint32(at)
}
