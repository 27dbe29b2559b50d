import { expect, test } from '@jest/globals'
import { Fault } from '../../src/message/fault.ts'
import type { Concat } from '../../src/message/segment.ts'
import { decodePdu } from '../../src/sms/decode-pdu.ts'
import { encodePdu } from '../../src/sms/encode-pdu.ts'
import { join, type Part } from '../../src/sms/join-segments.ts'
import { segmentText } from '../../src/sms/segment-text.ts'
import { encodeSubmit, type SubmitRequest } from '../../src/sms/submit.ts'
import { relativeValidity } from '../../src/sms/validity.ts'
import { seededRandom } from '../../src/util/random.ts'

const request: SubmitRequest = {
  to: '+4915112345678',
  text: 'setdigout 1',
  alphabet: 'gsm7',
  concat: null,
  messageReference: 7,
  validitySeconds: 86_400,
  statusReport: true,
}

function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (fault) {
    if (fault instanceof Fault) return fault.code
  }
  return 'none'
}

test('a command becomes the PDU of the vectors', () => {
  expect(encodeSubmit(request)).toEqual({
    pdu: '0031070D91945111325476F80000A70BF3329D9C3EBFEB74500C',
    tpduLength: 25,
  })
})

test('a number goes out digit by digit as it is written', () => {
  for (const number of ['1002', '07700900123', '8005551212', '0049151123456', '12345']) {
    expect(decodePdu(encodeSubmit({ ...request, to: number }).pdu).address).toEqual({ number, ton: 'unknown', npi: 1 })
  }
  const national = { number: '15112345678', ton: 'national', npi: 1 } as const
  expect(decodePdu(encodeSubmit({ ...request, to: national }).pdu).address).toEqual(national)
})

test('what is no number is refused', () => {
  const name = { number: 'Gate', ton: 'alphanumeric', npi: 0 } as const
  const numbers = [
    '',
    '+',
    '+12',
    '+49 1511',
    '+0151123456',
    '+1234567890123456',
    'Gate',
    '12a',
    '123456789012345678901',
    '12345678901234567890',
    '*100#',
    '*21*0900123456#',
    '112',
    '0112',
    '911',
    '+1',
  ]
  for (const to of [...numbers, '0049-151', ' 112', name]) {
    expect([to, codeOf(() => encodeSubmit({ ...request, to }))]).toEqual([to, 'encoding_error'])
  }
})

test('an empty text is sent only if it is meant', () => {
  expect(codeOf(() => encodeSubmit({ ...request, text: '' }))).toBe('encoding_error')
  expect(decodePdu(encodeSubmit({ ...request, text: '', allowEmpty: true }).pdu)).toMatchObject({ udl: 0, text: '' })
})

test('a text that does not fit in one segment or alphabet is refused', () => {
  const concat: Concat = { ref: 1, total: 2, seq: 1, bits: 8 }
  expect(codeOf(() => encodeSubmit({ ...request, text: 'x'.repeat(161) }))).toBe('text_too_long')
  expect(codeOf(() => encodeSubmit({ ...request, text: 'x'.repeat(154), concat }))).toBe('text_too_long')
  expect(codeOf(() => encodeSubmit({ ...request, text: '5 °C' }))).toBe('encoding_error')
})

test('a PDU that differs from the request is never sent', () => {
  const concat: Concat = { ref: 1, total: 2, seq: 3, bits: 8 }
  expect(codeOf(() => encodeSubmit({ ...request, concat }))).toBe('internal')
  expect(codeOf(() => encodeSubmit({ ...request, messageReference: 256 }))).toBe('internal')
  expect(codeOf(() => encodeSubmit({ ...request, concat: { ...concat, ref: 256, seq: 1 } }))).toBe('encoding_error')
})

test('class, flags and service centre are those asked for', () => {
  const smsc = { number: '491710760000', ton: 'international', npi: 1 } as const
  const pdu = encodeSubmit({ ...request, messageClass: 0, rejectDuplicates: true, statusReport: false, smsc }).pdu
  expect(decodePdu(pdu)).toMatchObject({
    smsc,
    dcs: 0x10,
    coding: { alphabet: 'gsm7', cls: 0 },
    rejectDuplicates: true,
    statusReportRequest: false,
    tpduLength: pdu.length / 2 - 8,
  })
})

test('every validity is the shortest that is not below what was asked for', () => {
  let before = 0
  for (let value = 0; value <= 255; value++) {
    const { pdu } = encodePdu({ type: 'submit', address: { number: '1', ton: 'unknown', npi: 1 }, vp: vpOf(value) })
    const submit = decodePdu(pdu)
    const seconds = submit.type === 'submit' && submit.vp?.format === 'relative' ? submit.vp.seconds : Number.NaN
    expect(seconds).toBeGreaterThan(before)
    expect(relativeValidity(seconds)).toEqual(vpOf(value, seconds))
    expect(relativeValidity(before + 1).value).toBe(value)
    before = seconds
  }
  expect(before).toBe(63 * 7 * 86_400)
  for (const [seconds, value] of [
    [-1, 0],
    [0, 0],
    [Number.NaN, 0],
    [301, 1],
    [43_201, 144],
    [1e12, 255],
    [Number.POSITIVE_INFINITY, 255],
  ] as const) {
    expect([seconds, relativeValidity(seconds).value]).toEqual([seconds, value])
  }
})

function vpOf(value: number, seconds = 0): { format: 'relative'; value: number; seconds: number } {
  return { format: 'relative', value, seconds }
}

const pools = [
  'abcdefghijklmnopqrstuvwxyz 0123456789',
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!"#¤%&\'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà',
  '\f^{}\\[~]|€',
  '°µ`çŁłжЖ中文한국\u00a0',
  '😀👨‍👩‍👧🇩🇪',
].map((pool) => Array.from(pool))

test('random texts come back as they were, in one segment or many, whichever arrives first', () => {
  const random = seededRandom(7)
  const upTo = (most: number) => Math.floor(random() * most)
  for (let i = 0; i < 3000; i++) {
    const chosen = pools.slice(0, 1 + upTo(pools.length)).concat([pools[0]!, pools[0]!])
    const characters = Array.from({ length: upTo(i % 10 === 0 ? 900 : 200) }, () => chosen[upTo(chosen.length)]!)
    const text = characters.map((pool) => pool[upTo(pool.length)]).join('')
    const bits = upTo(2) ? 8 : 16
    const { alphabet, segments } = segmentText(text, { referenceBits: bits })
    const total = segments.length
    const ref = upTo(2 ** bits)
    const parts = segments.map((segment, index): Part => {
      const concat: Concat = { ref, total, seq: index + 1, bits }
      const vp = upTo(2) ? relativeValidity(upTo(1e7)) : null
      const submit: SubmitRequest = {
        ...request,
        text: segment.text,
        alphabet,
        concat: total > 1 ? concat : null,
        messageReference: upTo(256),
        validitySeconds: vp?.seconds ?? null,
        statusReport: upTo(2) === 1,
        allowEmpty: true,
      }
      const { pdu } = encodeSubmit(submit)
      const decoded = decodePdu(pdu)
      // Two writers, node-pdu and our own, agree on every octet.
      expect(encodePdu(decoded).pdu).toBe(pdu)
      return { concat, ...decoded } as Part
    })
    parts.sort(() => random() - 0.5)
    expect(join(parts)).toEqual({ text, missing: [] })
  }
})
