import { describe, expect, test } from '@jest/globals'
import type { Segment } from '../../src/message/segment.ts'
import { type BodyRules, bodyOf, readBody } from '../../src/smpp/message-body.ts'
import { type Pdu, readPdu, writePdu } from '../../src/smpp/smpp-pdu.ts'
import { absoluteTime, relativeTime, timeIn } from '../../src/smpp/smpp-time.ts'
import { tlvsOf } from '../../src/smpp/tlvs.ts'
import { hexOf, octetsOf } from '../../src/sms/octets.ts'

const rules: BodyRules = { alphabet: 'gsm', coding: 0, parts: 'udh' }
const gsm7 = (text: string) => ({ alphabet: 'gsm7', text }) as const
const part = { ref: 0xaa, total: 2, seq: 1, bits: 8 } as const

type Given = Partial<Pick<Segment, 'content' | 'concat' | 'messageClass'>>

function written(given: Given, changed: Partial<BodyRules> = {}) {
  const segment = { content: gsm7('Hi@€'), concat: null, messageClass: null, ...given }
  const { body, tlvs } = bodyOf(segment, { ...rules, ...changed })
  return {
    esm: body.esm_class,
    coding: body.data_coding,
    octets: hexOf(body.short_message),
    tlvs: [...tlvs].map(([tag, value]) => `${tag.toString(16)}:${hexOf(value)}`),
    read: readBody(
      readPdu(writePdu({ name: 'submit_sm', sequence: 1, body, tlvs })) as Pdu<'submit_sm'>,
      changed.alphabet ?? 'gsm',
    ),
  }
}

describe('texts', () => {
  test('in GSM have a septet in each octet', () => {
    expect(written({})).toMatchObject({ esm: 0, coding: 0, octets: '4869001B65', tlvs: [], read: { text: 'Hi@€' } })
  })

  test('are packed where the SMSC wants that, with fill bits behind a header', () => {
    // TS 23.038 clause 6.1.2.1.1; 6.1.2.3 for the header.
    expect(written({ content: gsm7('hellohello') }, { alphabet: 'packed' })).toMatchObject({
      octets: 'E8329BFD4697D9EC37',
      read: { text: 'hellohello' },
    })
    const seven = written({ content: gsm7('hellohe') }, { alphabet: 'packed' })
    expect(seven).toMatchObject({ octets: 'E8329BFD469701', read: { text: 'hellohe' } })
    const behind = written({ content: gsm7('A'), concat: part }, { alphabet: 'packed' })
    expect(behind).toMatchObject({ octets: '050003AA020182', read: { text: 'A', concat: part } })
  })

  test('in Latin-1 have its octets, and are UCS-2 where it lacks a character', () => {
    const latin1 = { alphabet: 'latin1', coding: 3 } as const
    expect(written({ content: gsm7('Zürich@') }, latin1)).toMatchObject({ coding: 3, octets: '5AFC7269636840' })
    expect(written({ content: gsm7('5 €') }, latin1)).toMatchObject({ coding: 8, octets: '0035002020AC' })
    expect(written({ content: gsm7('ü') }, { alphabet: 'ascii' })).toMatchObject({ coding: 8, octets: '00FC' })
  })

  test('that fit in GSM, and not in what the SMSC takes, are refused with the reason', () => {
    const long = { content: gsm7('€'.repeat(80)) }
    expect(() => written(long, { alphabet: 'latin1' })).toThrow('160 octets where an SMS has room for 140')
    expect(written(long).octets).toHaveLength(320)
  })

  test('in UCS-2 keep every unit, and octets stay as they are', () => {
    expect(written({ content: { alphabet: 'ucs2', text: 'Ж1😀' } })).toMatchObject({
      coding: 8,
      octets: '04160031D83DDE00',
      read: { text: 'Ж1😀', encoding: 'ucs2' },
    })
    expect(written({ content: { alphabet: 'data', data: '00FF' } })).toMatchObject({
      coding: 4,
      octets: '00FF',
      read: { data: '00FF' },
    })
  })

  test('that are to be shown at once have a coding with a class', () => {
    expect(written({ messageClass: 0 })).toMatchObject({ coding: 0xf0, read: { text: 'Hi@€', encoding: 'gsm7' } })
    expect(written({ messageClass: 0, content: { alphabet: 'ucs2', text: 'Ж' } })).toMatchObject({
      coding: 0x18,
      read: { text: 'Ж' },
    })
    expect(written({ messageClass: 1, content: { alphabet: 'data', data: '01' } })).toMatchObject({ coding: 0xf5 })
  })

  test('have the number of a part in a header, in parameters, or in a header in message_payload', () => {
    const first = { content: gsm7('AB'), concat: part }
    expect(written(first)).toMatchObject({ esm: 0x40, octets: '050003AA02014142', read: { text: 'AB', concat: part } })
    expect(written(first, { parts: 'sar' })).toMatchObject({
      esm: 0,
      octets: '4142',
      tlvs: ['20c:00AA', '20e:02', '20f:01'],
      read: { text: 'AB', concat: { ...part, bits: 16 } },
    })
    expect(written(first, { parts: 'payload' })).toMatchObject({
      esm: 0x40,
      octets: '',
      tlvs: ['424:050003AA02014142'],
      read: { text: 'AB', concat: part },
    })
    const wide = { content: gsm7('A'), concat: { ...part, ref: 0x1234, bits: 16 } } as const
    expect(written(wide)).toMatchObject({ octets: '06080412340201' + '41', read: { concat: wide.concat } })
  })

  test('fill a TPDU, and not more', () => {
    const full = (n: number, alphabet: BodyRules['alphabet']) => () =>
      written({ content: gsm7('a'.repeat(n)), concat: part }, { alphabet })
    expect(full(153, 'gsm')().octets).toHaveLength(2 * 159)
    expect(full(154, 'gsm')).toThrow('160 octets where an SMS has room for 159')
    expect(full(153, 'packed')().octets).toHaveLength(2 * 140)
    expect(full(154, 'packed')).toThrow('an SMS has room for 140')
  })
})

function incoming(
  body: object,
  tlvs: Parameters<typeof tlvsOf>[0] = {},
  name: 'deliver_sm' | 'data_sm' = 'deliver_sm',
) {
  const pdu = readPdu(writePdu({ name, sequence: 1, body, tlvs: tlvsOf(tlvs) })) as Pdu<'deliver_sm' | 'data_sm'>
  return readBody(pdu, 'gsm')
}

describe('texts that come in', () => {
  test.each([
    ['the default alphabet', 0, '00', '@'],
    ['Latin-1 in place of it', 0, '5AFC', 'Zü'],
    ['ASCII', 1, '40', '@'],
    ['Latin-1', 3, 'FC40', 'ü@'],
    ['Cyrillic', 6, 'B6', 'Ж'],
    ['UCS-2', 8, '0416', 'Ж'],
    ['GSM with a class', 0xf0, '00', '@'],
    ['UCS-2 with a class', 0x18, '0416', 'Ж'],
  ])('in %s are read', (_, data_coding, hex, text) => {
    expect(incoming({ data_coding, short_message: octetsOf(hex) })).toMatchObject({ text })
  })

  test.each([2, 4, 9, 0xf4])('octets of data_coding %i are kept as they are', (data_coding) => {
    expect(incoming({ data_coding, short_message: octetsOf('0041') })).toMatchObject({ data: '0041', encoding: 'data' })
  })

  test('may be in message_payload, of a data_sm too, and be parts by a header or by parameters', () => {
    const payload = octetsOf('0608041234020141')
    const concat = { ref: 0x1234, total: 2, seq: 1, bits: 16 }
    expect(incoming({ esm_class: 0x40 }, { message_payload: payload }, 'data_sm')).toMatchObject({ text: 'A', concat })
    const sar = { sar_msg_ref_num: [0x1234, 2], sar_total_segments: [2, 1], sar_segment_seqnum: [1, 1] } as const
    expect(incoming({ short_message: octetsOf('41') }, sar)).toMatchObject({ text: 'A', concat })
    // A part beyond the total is none.
    expect(incoming({ short_message: octetsOf('41') }, { ...sar, sar_segment_seqnum: [3, 1] }).concat).toBeNull()
  })

  test('name their port, in a header or in a parameter', () => {
    const inHeader = { esm_class: 0x40, data_coding: 4, short_message: octetsOf('0605040B84000001') }
    expect(incoming(inHeader)).toMatchObject({ port: 2948, data: '01' })
    const data = { data_coding: 4, short_message: octetsOf('01') }
    expect(incoming(data, { destination_port: [2948, 2] })).toMatchObject({ port: 2948 })
  })

  test('are read whole, and are damaged, where their header can not be', () => {
    for (const hex of ['', 'FF41', '02004141'])
      expect(incoming({ esm_class: 0x40, short_message: octetsOf(hex) })).toMatchObject({ damaged: true, concat: null })
    expect(incoming({ esm_class: 0x40, short_message: octetsOf('7F41') }).text).toContain('A')
  })
})

describe('times', () => {
  const now = Date.parse('2026-11-29T17:30:00Z')

  test('are spans of days, hours, minutes and seconds, at most thirty days', () => {
    expect(relativeTime(4 * 3_600)).toBe('000000040000000R')
    expect(relativeTime(300.2)).toBe('000000000501000R')
    expect(relativeTime(90_061)).toBe('000001010101000R')
    expect(relativeTime(90 * 86_400)).toBe('000030000000000R')
    expect(timeIn('000000040000000R', now)).toBe(now + 4 * 3_600_000)
  })

  test('or of the clock, in UTC', () => {
    expect(absoluteTime(Date.parse('2026-11-29T21:30:00Z'))).toBe('261129213000000+')
    expect(timeIn('261129223000004+', now)).toBe(Date.parse('2026-11-29T21:30:00Z'))
    expect(timeIn('261129203000004-', now)).toBe(Date.parse('2026-11-29T21:30:00Z'))
    for (const none of ['', '2611292130', 'x'.repeat(16)]) expect(timeIn(none, now)).toBeNull()
  })
})
