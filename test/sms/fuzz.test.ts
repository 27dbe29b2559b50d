import { expect, test } from '@jest/globals'
import { Fault } from '../../src/message/fault.ts'
import { decodePdu } from '../../src/sms/decode-pdu.ts'
import { encodePdu } from '../../src/sms/encode-pdu.ts'
import type { Tpdu } from '../../src/sms/tpdu.ts'
import { seededRandom } from '../../src/util/random.ts'
import { outcome, vectors } from './vectors.ts'

const random = seededRandom(20_240_305)
const upTo = (most: number) => Math.floor(random() * most)
const hex = (octets: number) => Array.from({ length: octets }, () => upTo(256).toString(16).padStart(2, '0')).join('')

/** Ways to damage the hex of a PDU at an octet. */
const mutations: readonly ((pdu: string, at: number) => string)[] = [
  (pdu, at) => pdu.slice(0, at) + hex(1) + pdu.slice(at + 2),
  (pdu, at) => pdu.slice(0, at) + pdu.slice(at + 2),
  (pdu, at) => pdu.slice(0, at) + hex(1 + upTo(4)) + pdu.slice(at),
  (pdu, at) => pdu.slice(0, at),
  (pdu, at) => pdu.slice(0, at) + (upTo(2) ? 'FF' : '00') + pdu.slice(at + 2),
  (pdu, at) => pdu.slice(0, at) + hex(upTo(180)),
  (pdu, at) => pdu + pdu.slice(at),
  (pdu, at) => pdu.slice(0, at + 1) + '0gZ +\n\u0000é'[upTo(8)] + pdu.slice(at + 2),
]

const short = vectors.filter(({ pdu }) => pdu.length < 400)

function mutated(): string {
  let { pdu } = short[upTo(short.length)]!
  for (let i = upTo(3); i >= 0; i--) pdu = mutations[upTo(mutations.length)]!(pdu, 2 * upTo(pdu.length / 2))
  return pdu
}

test('100 000 damaged PDUs decode or fail as malformed, and what decodes can be written again', () => {
  let decoded = 0
  for (let i = 0; i < 100_000; i++) {
    const pdu = mutated()
    // outcome() throws on whatever is no malformed_pdu.
    const { seen, fault } = outcome(pdu)
    if ('error' in seen) {
      const { field, octet } = fault!.detail
      const inside = typeof octet === 'number' && octet >= 0 && octet <= pdu.length / 2
      if (!inside || typeof field !== 'string') throw new Error(`${pdu}: ${field} ${octet}`)
      continue
    }
    decoded++
    const back = written(seen)
    if (back && meaningOf(back) !== meaningOf(seen)) throw new Error(`${pdu}: ${meaningOf(back)}`)
  }
  expect(decoded).toBeGreaterThan(10_000)
})

/** The TPDU written and decoded again; `null` if it holds what a writer refuses. */
function written(tpdu: Tpdu): Tpdu | null {
  try {
    return decodePdu(encodePdu(tpdu).pdu)
  } catch (fault) {
    const refused = fault instanceof Fault && (fault.code === 'encoding_error' || fault.code === 'text_too_long')
    if (!refused) throw fault
    return null
  }
}

function meaningOf({ type, address, pid, dcs, concat, ports, nli, text, data }: Tpdu): string {
  return JSON.stringify({ type, address, pid, dcs, concat, ports, nli, text, data })
}

test('a PDU of ten million digits is decoded without a pause', () => {
  const huge = `${vectors.find(({ id }) => id === 'len7-160')!.pdu}${'F'.repeat(10_000_000)}`
  expect(decodePdu(huge).trailingOctets).toBe(5_000_000)
  expect(outcome(`${huge}G`).seen).toEqual({ error: 'badHex' })
})
