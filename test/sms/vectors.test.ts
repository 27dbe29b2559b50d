import { isDeepStrictEqual } from 'node:util'
import { expect, test } from '@jest/globals'
import { decodePdu } from '../../src/sms/decode-pdu.ts'
import { encodePdu } from '../../src/sms/encode-pdu.ts'
import { malformations } from '../../src/sms/malformed.ts'
import type { Tpdu } from '../../src/sms/tpdu.ts'
import { outcome, readAllTheSame, vectors, type WellFormed, wellFormed } from './vectors.ts'

/** Legal PDUs that a writer would not write: they decode, but another PDU says the same. */
const notCanonical: readonly (readonly [why: string, ids: RegExp])[] = [
  ['an escape before a code that has no character of its own', /^(esc-.*|nli-len-2|nli-single-fallback)$/],
  ['a malformed header, whose elements are not kept', /^udh-malformed-/],
  ['a type of address without bit 8', /^(zeros-20|an-cing-.*)$/],
  ['an odd number filled up with another semi-octet than 1111', /^of-charset-default(_ext)?$/],
  ['the reserved message type', /^mti-reserved$/],
  ['a time zone of minus zero', /^(pm-deliver-7bit|al-wikipedia)$/],
  ['fill or spare bits that are not zero', /^(mm-multipart-[12]|xl-7bit-[01]|xl-vp-enh-2|w-sr-dcsless)$/],
  ['fill or spare bits that are not zero', /^(gm-airtime|rt-4|ga-02|ga-14)$/],
]

/** The PDU of a vector in upper case, without the octets behind its end. */
function canonicalOf({ pdu, expect }: WellFormed): string {
  return pdu.toUpperCase().slice(0, pdu.length - 2 * (expect.trailingOctets ?? 0))
}

function isCanonical({ id }: WellFormed): boolean {
  return !notCanonical.some(([, ids]) => ids.test(id))
}

/** What a PDU means, whatever way it is written. */
function meaningOf(tpdu: Tpdu): object {
  const { firstOctet, tpduLength, trailingOctets, udhMalformed, udhi, udh, ...meaning } = tpdu
  const { udl, ...rest } = meaning
  return rest
}

test('every vector decodes exactly as it expects, or fails with its error and what can be saved', () => {
  const wrong = vectors.filter(({ pdu, expect }) => !isDeepStrictEqual(outcome(pdu).seen, expect))
  expect(wrong.slice(0, 3).map(({ id, pdu, expect }) => ({ id, seen: outcome(pdu).seen, expect }))).toEqual([])
  expect(vectors.length).toBeGreaterThanOrEqual(934)
})

test('a published vector that the standard contradicts is read by the standard', () => {
  const seen = readAllTheSame.map(({ id, pdu }) => ({ id, seen: outcome(pdu).seen }))
  expect(seen).toEqual(readAllTheSame.map(({ id }) => ({ id, seen: expect.objectContaining({ type: 'deliver' }) })))
})

test('hex in lower case and with line ends around it is the same PDU', () => {
  const wrong = vectors.filter(
    ({ pdu, expect }) => !isDeepStrictEqual(outcome(` ${pdu.toLowerCase()}\r\n`).seen, expect),
  )
  expect(wrong.map(({ id }) => id)).toEqual([])
})

test('every canonical vector is encoded to the same octets, with the length that AT+CMGS takes', () => {
  const wrong = wellFormed.filter(isCanonical).filter((vector) => {
    const { pdu, tpduLength } = encodePdu(vector.expect)
    const expected = canonicalOf(vector)
    return pdu !== expected || tpduLength !== vector.expect.tpduLength - (vector.expect.trailingOctets ?? 0)
  })
  expect(wrong.slice(0, 3).map(({ id, pdu, expect }) => ({ id, pdu, written: encodePdu(expect).pdu }))).toEqual([])
})

test('a vector that is not canonical is written another way and means the same', () => {
  const others = wellFormed.filter((vector) => !isCanonical(vector))
  for (const vector of others) {
    const { pdu } = encodePdu(vector.expect)
    expect([vector.id, pdu]).not.toEqual([vector.id, canonicalOf(vector)])
    expect([vector.id, meaningOf(decodePdu(pdu))]).toEqual([vector.id, meaningOf(vector.expect)])
  }
  expect(others.length).toBeGreaterThanOrEqual(16)
})

test('every cut through a PDU is a fault that names the field and the first octet that is missing', () => {
  const wrong: unknown[] = []
  for (const vector of wellFormed) {
    const end = canonicalOf(vector).length / 2
    for (let octets = 0; octets < end; octets++) {
      const cut = vector.pdu.slice(0, 2 * octets)
      const { seen, fault } = outcome(cut)
      if (isWholeReport(seen, vector.expect)) continue
      const { error, field, octet } = fault?.detail ?? {}
      const named = typeof field === 'string' && field !== '' && octet === octets && String(error) in malformations
      if (!named) wrong.push({ id: vector.id, octets, seen, field, octet })
    }
  }
  expect(wrong.slice(0, 3)).toEqual([])
})

/** The one legal cut: the end of a status report from TP-PI on is optional. */
function isWholeReport(seen: object, whole: Tpdu): boolean {
  if (whole.type !== 'statusReport' || whole.pi === undefined || 'error' in seen) return false
  const { pi, pid, dcs, coding, udl, udh, concat, ports, nli, text, data, trailingOctets, tpduLength, ...report } =
    whole
  return isDeepStrictEqual({ ...seen, tpduLength: 0 }, { ...report, tpduLength: 0 })
}

test('each malformed PDU is located', () => {
  const located: Readonly<Record<string, readonly [field: string, octet: number]>> = {
    'bad-empty': ['PDU', 0],
    'bad-one-nibble': ['PDU', 0],
    'bad-nonhex': ['PDU', 37],
    'bad-smsc-ff': ['SMSC', 0],
    'bad-cut-005': ['SMSC', 5],
    'bad-addr-21': ['OA', 9],
    'bad-cut-015': ['OA', 15],
    'bad-cut-018': ['PID', 18],
    'bad-cut-026': ['SCTS', 26],
    'bad-cut-027': ['UDL', 27],
    'bad-cut-030': ['UD', 30],
    'bad-udl-161': ['UDL', 27],
    'bad-udhl-ff': ['UD.UDH', 28],
    'bad-udhi-udl0': ['UD.UDH', 28],
    'ucs2-odd': ['UD', 32],
    'sr-short': ['ST', 33],
    'sr-short-dt': ['DT', 30],
  }
  for (const [id, place] of Object.entries(located)) {
    const { pdu } = vectors.find((vector) => vector.id === id)!
    const { field, octet } = outcome(pdu).fault!.detail
    expect([id, field, octet]).toEqual([id, ...place])
  }
})

test('a report that is cut off after its status still identifies its message', () => {
  const report = wellFormed.find(({ id }) => id === 'sr-pi7')!
  for (const octets of [1, 2, 3, 4, 5]) {
    const { fault } = outcome(report.pdu.slice(0, -2 * octets))
    expect(fault?.detail.lenient).toMatchObject({ type: 'statusReport', mr: 9, status: 0, statusClass: 'completed' })
  }
})
