import { describe, expect, test } from '@jest/globals'
import { keysOf } from '../../src/ledger/outbox/message-ids.ts'
import { dialects, type ReceiptDialect } from '../../src/simulator/smsc/receipt-dialects.ts'
import { isReceipt, readReceipt } from '../../src/smpp/receipt-text.ts'
import { type Pdu, readPdu, writePdu } from '../../src/smpp/smpp-pdu.ts'
import { type TlvValue, type tags, tlvsOf } from '../../src/smpp/tlvs.ts'

type Parameters = Readonly<Partial<Record<keyof typeof tags, TlvValue>>>

function message(text: string, tlvs: Parameters = {}, esm_class = 4) {
  const short_message = Buffer.from(text, 'latin1')
  const body = { esm_class, short_message: new Uint8Array(short_message) }
  return readPdu(writePdu({ name: 'deliver_sm', sequence: 1, body, tlvs: tlvsOf(tlvs) })) as Pdu<'deliver_sm'>
}

const receipt = (text: string, tlvs: Parameters = {}) => readReceipt(message(text, tlvs))

describe('receipts', () => {
  // Forms that SMSCs are known to send, with other values.
  test.each([
    [
      'id:0000002591 sub:001 dlvrd:001 submit date:2611291200 done date:2611291201 stat:DELIVRD err:000 text:Hi',
      '0000002591',
      'DELIVERED',
      '000',
    ],
    [
      'id:7f3e01aa-90c1-4c1e-8a44-0f1de1a3c8b2 sub:1 dlvrd:1 submit date:20261129120000 done date:20261129120102 stat:DELIVRD err:0 Text:',
      '7f3e01aa-90c1-4c1e-8a44-0f1de1a3c8b2',
      'DELIVERED',
      '0',
    ],
    [
      'id:1101C1-C9D03D-F000 submit date:261129120000312+ done date: stat:EXPIRED err:21b',
      '1101C1-C9D03D-F000',
      'EXPIRED',
      '21b',
    ],
    ['id: 42 sub:001 stat:undeliv err: 1', '42', 'UNDELIVERABLE', '1'],
    ['stat:REJECTD err:E: id:9', '9', 'REJECTED', 'E:'],
    [
      'id:77 sub:001 dlvrd:001 submit date:261129120000 done date:261129120816 DELIVRD err:000 text:',
      '77',
      'DELIVERED',
      '000',
    ],
    ['id:5 stat:0 err:000', '5', 'DELIVERED', '000'],
    ['id:6 stat:BUFFERD', '6', 'ENROUTE', ''],
    ['id:6 stat:ACCEPTD', '6', 'ACCEPTED', ''],
    ['id:6 stat:WHATEVER', '6', null, ''],
    ['id: sub:001 dlvrd:000 submit date:2611291200 done date:2611291201 stat:UNDELIV err:8', '', 'UNDELIVERABLE', '8'],
    ['id:8 stat:UNDELIV err:000 text:id:9 stat:DELIVRD', '8', 'UNDELIVERABLE', '000'],
    ['', '', null, ''],
  ])('%j', (text, id, state, error) => {
    expect(receipt(text)).toMatchObject({ id, state, error })
  })

  test('have their id and state in parameters, which count before the text', () => {
    expect(receipt('', { receipted_message_id: 'A1F', message_state: [2, 1] })).toMatchObject({
      id: 'A1F',
      state: 'DELIVERED',
    })
    expect(receipt('id:2591 stat:DELIVRD', { receipted_message_id: ' A1F ', message_state: [5, 1] })).toMatchObject({
      id: 'A1F',
      state: 'UNDELIVERABLE',
    })
    expect(receipt('id:2591 stat:DELIVRD', { receipted_message_id: 'A1F' })).toMatchObject({ state: 'DELIVERED' })
    expect(receipt('', { receipted_message_id: 'A1F', message_state: [99, 1] })).toMatchObject({ state: null })
  })

  test('are known by esm_class or by both parameters, never by their words alone', () => {
    const words = 'id:1 stat:DELIVRD'
    for (const esm of [0x04, 0x44, 0x20]) expect(isReceipt(message(words, {}, esm), false)).toBe(true)
    // Acknowledgements of a person are texts.
    for (const esm of [0x00, 0x40, 0x08, 0x10]) expect(isReceipt(message(words, {}, esm), false)).toBe(false)
    expect(isReceipt(message('', { receipted_message_id: '1', message_state: [2, 1] }, 0), false)).toBe(true)
    expect(isReceipt(message('', { receipted_message_id: '1' }, 0), false)).toBe(false)
    expect(isReceipt(message(words, {}, 0), true)).toBe(true)
    expect(isReceipt(message('call me, my id:1', {}, 0), true)).toBe(false)
    expect(isReceipt(message(words, {}, 0x08), true)).toBe(false)
  })

  test.each(Object.keys(dialects) as ReceiptDialect[])('of the dialect %s name their message', (name) => {
    const dialect = dialects[name]
    // Beyond 63 bits, and beginning with a letter in hexadecimal.
    const id = 0xf12f_c747_0000_001bn
    const ended = { id, state: 'DELIVERED', text: 'Hi', submittedAt: 0, doneAt: 60_000 } as const
    const { body, tlvs } = dialect.write(ended) as ReturnType<(typeof dialects)['data']['write']>
    const asData = name === 'data' ? 'data_sm' : 'deliver_sm'
    const pdu = readPdu(writePdu({ name: asData, sequence: 1, body, ...(tlvs && { tlvs }) })) as Pdu<'deliver_sm'>
    expect(isReceipt(pdu, name === 'unmarked')).toBe(true)
    const read = readReceipt(pdu)
    expect(read.state).toBe('DELIVERED')
    // As the ledger compares them.
    const [own] = keysOf(dialect.id(id))
    if (name === 'nameless') expect(read.id).toBe('')
    else expect(keysOf(read.id)).toContain(own)
  })
})
