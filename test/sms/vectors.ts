import { existsSync } from 'node:fs'
import { Fault } from '../../src/message/fault.ts'
import { decodePdu } from '../../src/sms/decode-pdu.ts'
import type { Tpdu } from '../../src/sms/tpdu.ts'
import { readJson } from './json.ts'

/** A PDU and its full decode, or what is wrong with it. */
export interface Vector {
  readonly id: string
  readonly pdu: string
  readonly expect: Tpdu | Malformed
}

export interface Malformed {
  readonly error: string
  readonly lenient?: object
}

export interface WellFormed extends Vector {
  readonly expect: Tpdu
}

const composed = new URL('../vectors/tpdu-composed.json', import.meta.url)

/** PDUs from the tests of other projects: they are read where they lie and never copied. */
const published = new URL('../../../shared/vectors/tpdu-public.json', import.meta.url)

/**
 * Published vectors of which the standard says something else: what their projects refuse is read. TS 23.040 clause
 * 9.2.3.1: the reserved message type is processed as SMS-DELIVER.
 */
const contradicted: readonly string[] = ['gm-mti3']

const all: readonly Vector[] = [...read(composed), ...readPublished()]
export const vectors = all.filter(({ id }) => !contradicted.includes(id))
export const readAllTheSame = all.filter(({ id }) => contradicted.includes(id))

export const wellFormed = vectors.filter((vector): vector is WellFormed => !('error' in vector.expect))

/** What a vector's `expect` says of a PDU, with `fault` for all that a fault tells. */
export function outcome(pdu: string): { seen: Tpdu | Malformed; fault?: Fault } {
  try {
    return { seen: decodePdu(pdu) }
  } catch (fault) {
    if (!(fault instanceof Fault) || fault.code !== 'malformed_pdu') throw fault
    const { error, lenient } = fault.detail as unknown as Malformed
    return { seen: { error, ...(lenient && { lenient }) }, fault }
  }
}

function read(url: URL): Vector[] {
  return readJson(url) as Vector[]
}

function readPublished(): Vector[] {
  if (existsSync(published)) return read(published)
  console.warn(`passed over: the published vectors, as there is no ${published.pathname}`)
  return []
}
