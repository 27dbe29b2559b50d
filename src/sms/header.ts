import type { Concat } from '../message/segment.ts'
import type { LanguageIdentifiers } from './gsm7.ts'
import { hexOf, octetsOf } from './octets.ts'

/** A raw element of the user data header (TS 23.040 clause 9.2.3.24); `data` is hex. */
export interface InformationElement {
  readonly iei: number
  readonly data: string
}

/** Application ports; `bits` is their width. */
export interface Ports {
  readonly dst: number
  readonly src: number
  readonly bits: 8 | 16
}

/** The elements that the hub understands. */
export interface HeaderMeaning {
  readonly concat?: Concat
  readonly ports?: Ports
  readonly nli?: LanguageIdentifiers
}

export interface Header extends HeaderMeaning {
  readonly udh: readonly InformationElement[]
}

interface ElementRow {
  readonly octets: number
  readonly meaning: (data: Uint8Array, before: HeaderMeaning) => HeaderMeaning
}

/** Elements by identifier; one of unexpected length is skipped (clause 9.2.3.24). */
const rows: Readonly<Record<number, ElementRow>> = {
  // 9.2.3.24.1, 9.2.3.24.8: concatenated short messages
  0: { octets: 3, meaning: (data) => concatOf(data[0]!, data[1]!, data[2]!, 8) },
  8: { octets: 4, meaning: (data) => concatOf(wordAt(data, 0), data[2]!, data[3]!, 16) },
  // 9.2.3.24.3, 9.2.3.24.4: application port addressing
  4: { octets: 2, meaning: (data) => ({ ports: { dst: data[0]!, src: data[1]!, bits: 8 } }) },
  5: { octets: 4, meaning: (data) => ({ ports: { dst: wordAt(data, 0), src: wordAt(data, 2), bits: 16 } }) },
  // 9.2.3.24.15, 9.2.3.24.16: national language single shift and locking shift
  36: { octets: 1, meaning: (data, { nli }) => ({ nli: { locking: 0, ...nli, single: data[0]! } }) },
  37: { octets: 1, meaning: (data, { nli }) => ({ nli: { single: 0, ...nli, locking: data[0]! } }) },
}

/**
 * The header in these octets (without its length), `null` if its last element is cut off or a single octet is left: the
 * whole header is to be ignored then. Of repeated or mutually exclusive elements the last one counts.
 */
export function headerIn(octets: Uint8Array): Header | null {
  const udh: InformationElement[] = []
  let meaning: HeaderMeaning = {}
  for (let at = 0; at < octets.length; ) {
    const iei = octets[at]!
    const end = at + 2 + (octets[at + 1] ?? octets.length)
    if (end > octets.length) return null
    const data = octets.subarray(at + 2, end)
    udh.push({ iei, data: hexOf(data) })
    const row = rows[iei]
    if (row?.octets === data.length) meaning = { ...meaning, ...row.meaning(data, meaning) }
    at = end
  }
  return { udh, ...meaning }
}

/** The elements of a header. */
export function elementsOf({ concat, ports, nli }: HeaderMeaning): InformationElement[] {
  const elements: InformationElement[] = []
  if (nli?.locking) elements.push({ iei: 0x25, data: hexOf([nli.locking]) })
  if (nli?.single) elements.push({ iei: 0x24, data: hexOf([nli.single]) })
  if (ports?.bits === 8) elements.push({ iei: 0x04, data: hexOf([ports.dst, ports.src]) })
  if (ports?.bits === 16) elements.push({ iei: 0x05, data: hexOf([...word(ports.dst), ...word(ports.src)]) })
  if (concat?.bits === 8) elements.push({ iei: 0x00, data: hexOf([concat.ref, concat.total, concat.seq]) })
  if (concat?.bits === 16) elements.push({ iei: 0x08, data: hexOf([...word(concat.ref), concat.total, concat.seq]) })
  return elements
}

/** TP-UDHL and the elements. */
export function headerOctets(elements: readonly InformationElement[]): number[] {
  const octets = elements.flatMap(({ iei, data }) => [iei, data.length / 2, ...octetsOf(data)])
  return [octets.length, ...octets]
}

/** An element with part 0, a part beyond the total or a total of 0 is skipped (9.2.3.24.1). */
function concatOf(ref: number, total: number, seq: number, bits: 8 | 16): HeaderMeaning {
  return seq >= 1 && seq <= total ? { concat: { ref, total, seq, bits } } : {}
}

function wordAt(data: Uint8Array, at: number): number {
  return (data[at]! << 8) | data[at + 1]!
}

function word(value: number): [number, number] {
  return [value >> 8, value & 0xff]
}
