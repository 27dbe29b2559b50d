import { expect, test } from '@jest/globals'
import type { Concat } from '../../src/message/segment.ts'
import { canonicalTpdu } from '../../src/sms/canonical.ts'
import { decodePdu } from '../../src/sms/decode-pdu.ts'
import { encodePdu } from '../../src/sms/encode-pdu.ts'
import { assemblyKey, gap, join } from '../../src/sms/join-segments.ts'
import type { Deliver, DeliverDraft } from '../../src/sms/tpdu.ts'
import { wellFormed } from './vectors.ts'

const concat: Concat = { ref: 7, total: 3, seq: 1, bits: 8 }
const draft: DeliverDraft = {
  type: 'deliver',
  address: { number: '4915112345678', ton: 'international', npi: 1 },
  scts: '2024-03-05T14:15:16+01:00',
  concat,
  text: 'one',
}

function delivered(changes: Partial<DeliverDraft> = {}): Deliver {
  return decodePdu(encodePdu({ ...draft, ...changes }).pdu) as Deliver
}

test('segments belong together by SIM, originator with its type, reference with its width, and total', () => {
  const key = assemblyKey(delivered(), '8949')
  expect(assemblyKey(delivered({ concat: { ...concat, seq: 3 }, text: 'three' }), '8949')).toBe(key)
  const others = [
    assemblyKey(delivered(), '8950'),
    assemblyKey(delivered({ address: { ...draft.address, number: '4915112345679' } }), '8949'),
    assemblyKey(delivered({ address: { ...draft.address, ton: 'unknown' } }), '8949'),
    assemblyKey(delivered({ concat: { ...concat, ref: 8 } }), '8949'),
    assemblyKey(delivered({ concat: { ...concat, bits: 16 } }), '8949'),
    assemblyKey(delivered({ concat: { ...concat, total: 4 } }), '8949'),
  ]
  expect(new Set([key, ...others]).size).toBe(7)
})

test('a text of its own belongs to no set', () => {
  const { concat: _, ...alone } = draft
  expect(assemblyKey(decodePdu(encodePdu(alone).pdu) as Deliver, '8949')).toBeNull()
})

test('a surrogate pair that the sender cut is whole again', () => {
  const parts = wellFormed.filter(({ id }) => /^ucs2-split-0-/.test(id)).map(({ expect }) => expect as Deliver)
  const joined = join(parts.map(({ text, concat }) => ({ text: text!, concat: concat! })))
  expect(joined.missing).toEqual([])
  expect(joined.text).toMatch(/x😀 end$/u)
})

test('octets are joined as octets', () => {
  const of = (seq: number, data: string) => ({ concat: { ...concat, total: 2, seq }, data })
  expect(join([of(2, 'CAFE'), of(1, '00FF')])).toEqual({ data: '00FFCAFE', missing: [] })
})

test('an incomplete message marks what is missing, once for each run of segments', () => {
  const of = (seq: number) => ({ concat: { ...concat, total: 6, seq }, text: `<${seq}>` })
  expect(join([of(5), of(2), of(2)])).toEqual({ text: `${gap}<2>${gap}<5>${gap}`, missing: [1, 3, 4, 6] })
  expect(join([])).toEqual({ missing: [] })
})

test('copies of one message have one canonical form, over whichever service centre and filled up or not', () => {
  const { pdu } = encodePdu(draft)
  const elsewhere = encodePdu({ ...draft, smsc: { number: '491710760000', ton: 'international', npi: 1 } }).pdu
  expect(canonicalTpdu(elsewhere)).toBe(pdu.slice(2))
  expect(canonicalTpdu(`${elsewhere.toLowerCase()}ffffff\r\n`)).toBe(pdu.slice(2))
  expect(canonicalTpdu(encodePdu({ ...draft, text: 'One' }).pdu)).not.toBe(pdu.slice(2))
})

test('what is no PDU is its own canonical form', () => {
  expect(canonicalTpdu(' 07919z\n')).toBe('07919Z')
})
