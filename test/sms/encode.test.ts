import { expect, test } from '@jest/globals'
import { decodePdu } from '../../src/sms/decode-pdu.ts'
import { encodePdu } from '../../src/sms/encode-pdu.ts'
import type { DeliverDraft, StatusReportDraft, TpduDraft } from '../../src/sms/tpdu.ts'

const address = { number: '4915112345678', ton: 'international', npi: 1 } as const
const scts = '2024-03-05T14:15:16+01:00'
const deliver: DeliverDraft = { type: 'deliver', address, scts, text: 'hello world' }
const report: StatusReportDraft = { type: 'statusReport', mr: 9, address, scts, dischargeTime: scts, status: 0 }

test('a draft needs only what is not zero, false or derived', () => {
  expect(encodePdu(deliver)).toEqual({
    pdu: '00040D91945111325476F80000423050415161400BE8329BFD06DDDF723619',
    tpduLength: 30,
  })
  expect(encodePdu(report).pdu).toBe('0006090D91945111325476F8423050415161404230504151614000')
  expect(encodePdu({ type: 'submit', address, text: 'hi' }).pdu).toBe('0001000D91945111325476F8000002E834')
})

test('concatenation, ports and languages become a header, unless the elements are given', () => {
  const concat = { ref: 300, total: 2, seq: 1, bits: 16 } as const
  const ports = { dst: 2948, src: 9200, bits: 16 } as const
  const nli = { locking: 1, single: 1 } as const
  const { pdu } = encodePdu({ ...deliver, concat, ports, nli, text: 'Iğdır' })
  expect(decodePdu(pdu)).toMatchObject({ udhi: true, concat, ports, nli, text: 'Iğdır' })
  const given = encodePdu({ ...deliver, concat, udh: [{ iei: 0, data: '070201' }] })
  expect(decodePdu(given.pdu)).toMatchObject({ concat: { ref: 7, total: 2, seq: 1, bits: 8 } })
})

test('what can not be encoded is refused', () => {
  const refused: readonly (readonly [code: string, draft: TpduDraft])[] = [
    ['encoding_error', { ...deliver, text: '5 °C' }],
    ['encoding_error', { ...deliver, dcs: 4 }],
    ['encoding_error', { ...deliver, data: '00' }],
    ['encoding_error', { type: 'deliver', address, scts, dcs: 4, data: '0' }],
    ['encoding_error', { ...deliver, pid: 256 }],
    ['encoding_error', { ...deliver, scts: '2024-02-30T14:15:16+01:00' }],
    ['encoding_error', { ...deliver, scts: '2024-03-05T14:15:16+01:05' }],
    ['encoding_error', { ...deliver, scts: '2024-03-05T14:15:16Z' }],
    ['encoding_error', { ...deliver, address: { ...address, number: '49x' } }],
    ['encoding_error', { ...deliver, address: { ...address, number: '1'.repeat(21) } }],
    ['encoding_error', { ...deliver, address: { ...address, ton: 'alphanumeric', number: 'twelve chars' } }],
    ['text_too_long', { ...deliver, text: 'x'.repeat(161) }],
    ['text_too_long', { ...deliver, dcs: 8, text: 'ж'.repeat(71) }],
  ]
  for (const [code, draft] of refused) {
    const fault = expect.objectContaining({ name: 'Fault', code })
    expect(() => encodePdu(draft)).toThrow(fault as unknown as Error)
  }
})
