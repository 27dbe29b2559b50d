import { describe, expect, test } from '@jest/globals'
import { Fault } from '../../src/message/fault.ts'
import { PduFrames } from '../../src/smpp/pdu-frames.ts'
import { type PduName, pdus } from '../../src/smpp/pdu-table.ts'
import { headerOf, type Pdu, readPdu, type Written, writePdu } from '../../src/smpp/smpp-pdu.ts'
import { numberIn, tags, textIn, tlvsOf } from '../../src/smpp/tlvs.ts'
import { hexOf, octetsOf } from '../../src/sms/octets.ts'
import { seededRandom } from '../../src/util/random.ts'

const compact = (hex: string) => hex.replace(/\s+/g, '').toUpperCase()
const octets = (hex: string) => octetsOf(compact(hex))

interface Vector {
  readonly what: string
  readonly hex: string
  readonly pdu: Written<PduName>
}

/** Octets as SMPP 3.4 clause 4 orders them. */
const vectors: readonly Vector[] = [
  {
    what: 'bind_transceiver',
    hex: '00000022 00000009 00000000 00000001 68756200 736563726574313200 00 34 00 00 00',
    pdu: {
      name: 'bind_transceiver',
      sequence: 1,
      body: { system_id: 'hub', password: 'secret12' },
    },
  },
  {
    what: 'bind_transceiver_resp with the version of the SMSC',
    hex: '0000001A 80000009 00000000 00000001 534D534300 0210 0001 34',
    pdu: {
      name: 'bind_transceiver_resp',
      sequence: 1,
      body: { system_id: 'SMSC' },
      tlvs: tlvsOf({ sc_interface_version: [0x34, 1] }),
    },
  },
  { what: 'enquire_link', hex: '00000010 00000015 00000000 00000002', pdu: { name: 'enquire_link', sequence: 2 } },
  {
    what: 'enquire_link_resp',
    hex: '00000010 80000015 00000000 00000002',
    pdu: { name: 'enquire_link_resp', sequence: 2 },
  },
  {
    what: 'generic_nack of a length that can not be',
    hex: '00000010 80000000 00000002 00000000',
    pdu: { name: 'generic_nack', sequence: 0, status: 2 },
  },
  {
    what: 'submit_sm',
    hex: `00000047 00000004 00000000 00000003 00 05 00 534D5348554200 01 01 313535353132333435363700 00 00 00 00
      3030303030303030303530303030305200 01 00 00 00 05 4869001B65`,
    pdu: {
      name: 'submit_sm',
      sequence: 3,
      body: {
        source_addr_ton: 5,
        source_addr: 'SMSHUB',
        dest_addr_ton: 1,
        dest_addr_npi: 1,
        destination_addr: '15551234567',
        validity_period: '000000000500000R',
        registered_delivery: 1,
        short_message: octets('4869001B65'),
      },
    },
  },
  {
    what: 'submit_sm_resp',
    hex: '00000015 80000004 00000000 00000003 3041314600',
    pdu: { name: 'submit_sm_resp', sequence: 3, body: { message_id: '0A1F' } },
  },
  {
    what: 'deliver_sm with a receipt in parameters',
    hex: '0000003A 00000005 00000000 FFFFFFFF 00 01 01 3135353500 01 01 3700 04 00 00 00 00 00 00 00 00 00 001E 0004 41314600 0427 0001 02 0423 0003 030000',
    pdu: {
      name: 'deliver_sm',
      sequence: 0xffff_ffff,
      body: {
        source_addr_ton: 1,
        source_addr_npi: 1,
        source_addr: '1555',
        dest_addr_ton: 1,
        dest_addr_npi: 1,
        destination_addr: '7',
        esm_class: 4,
      },
      tlvs: tlvsOf({ receipted_message_id: 'A1F', message_state: [2, 1], network_error_code: octets('030000') }),
    },
  },
  {
    what: 'data_sm',
    hex: '00000023 00000103 00000000 00000004 00 01 01 313500 00 00 3700 00 00 00 0424 0002 4869',
    pdu: {
      name: 'data_sm',
      sequence: 4,
      body: { source_addr_ton: 1, source_addr_npi: 1, source_addr: '15', destination_addr: '7' },
      tlvs: tlvsOf({ message_payload: octets('4869') }),
    },
  },
  {
    what: 'outbind',
    hex: '0000001A 0000000B 00000000 00000001 534D534300 7365637200',
    pdu: { name: 'outbind', sequence: 1, body: { system_id: 'SMSC', password: 'secr' } },
  },
  {
    what: 'query_sm',
    hex: '00000019 00000003 00000000 00000005 413146 00 05 00 484200',
    pdu: { name: 'query_sm', sequence: 5, body: { message_id: 'A1F', source_addr_ton: 5, source_addr: 'HB' } },
  },
  {
    what: 'query_sm_resp',
    hex: '00000017 80000003 00000000 00000005 41314600 00 02 00',
    pdu: { name: 'query_sm_resp', sequence: 5, body: { message_id: 'A1F', message_state: 2 } },
  },
  {
    what: 'cancel_sm',
    hex: '0000001D 00000008 00000000 00000006 00 41314600 00 00 00 01 01 313500',
    pdu: {
      name: 'cancel_sm',
      sequence: 6,
      body: { message_id: 'A1F', dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: '15' },
    },
  },
  { what: 'unbind', hex: '00000010 00000006 00000000 00000007', pdu: { name: 'unbind', sequence: 7 } },
]

describe('PDUs', () => {
  test.each(vectors)('$what is written as in SMPP 3.4, and read as it was written', ({ hex, pdu }) => {
    expect(hexOf(writePdu(pdu))).toBe(compact(hex))
    const read = readPdu(octets(hex)) as Pdu
    expect(read).toMatchObject({ name: pdu.name, sequence: pdu.sequence, status: pdu.status ?? 0 })
    expect(read.body).toMatchObject({ ...pdu.body })
    expect([...read.tlvs]).toEqual([...(pdu.tlvs ?? new Map())])
    expect(hexOf(writePdu(read as Written<PduName>))).toBe(compact(hex))
  })

  test('every PDU of the table is read as it was written', () => {
    for (const name of Object.keys(pdus) as PduName[]) {
      const written = writePdu({ name, sequence: 9 })
      expect(hexOf(writePdu(readPdu(written) as Written<PduName>))).toBe(hexOf(written))
    }
  })

  test('an answer that ends early has the rest of its fields empty', () => {
    expect(readPdu(octets('00000010 80000004 00000058 00000003'))).toMatchObject({
      name: 'submit_sm_resp',
      status: 0x58,
      body: { message_id: '' },
    })
    // What follows its fields and can't be read changes nothing.
    const odd = readPdu(octets('00000017 80000004 00000000 00000003 413100 0210 00FF'))
    expect(odd).toMatchObject({ body: { message_id: 'A1' } })
  })

  test('what is longer than SMPP allows is refused when it is written, and read when it comes', () => {
    const long = '1'.repeat(65)
    expect(() => writePdu({ name: 'submit_sm', sequence: 1, body: { destination_addr: long } })).toThrow(
      'destination_addr: at most 20 characters, not 65',
    )
    expect(() => writePdu({ name: 'submit_sm', sequence: 1, body: { source_addr: 'Zürich' } })).toThrow(
      'source_addr: only ASCII can be written',
    )
    expect(() => writePdu({ name: 'submit_sm', sequence: 1, body: { short_message: new Uint8Array(255) } })).toThrow(
      'short_message: at most 254 octets, not 255',
    )
    expect(() => writePdu({ name: 'submit_sm', sequence: 1, body: { data_coding: 256 } })).toThrow(
      'data_coding: 256 does not fit into an octet',
    )
    const id = 'F'.repeat(200)
    const head = writePdu({ name: 'submit_sm_resp', sequence: 1 }).subarray(0, 16)
    expect(readPdu(Uint8Array.from([...head, ...Buffer.from(`${id}\0`)]))).toMatchObject({ body: { message_id: id } })
  })

  test('parameters are read in whatever length they come, the first of those that are repeated', () => {
    const { tlvs } = readPdu(
      octets('0000002B 80000004 00000000 00000003 00 0427 0002 0002 0427 0001 05 001E 0003 413146 020C 0000'),
    )
    expect(numberIn(tlvs, 'message_state')).toBe(2)
    expect(textIn(tlvs, 'receipted_message_id')).toBe('A1F')
    expect(numberIn(tlvs, 'sar_msg_ref_num')).toBeNull()
    expect(textIn(tlvs, 'additional_status_info_text')).toBeNull()
    expect(tlvs.has(tags.message_payload)).toBe(false)
  })

  test('a request that is cut off anywhere is refused, with the field where it ends', () => {
    const whole = writePdu(vectors.find(({ what }) => what === 'submit_sm')?.pdu as Written<PduName>)
    for (let length = 16; length < whole.length; length++)
      expect(() => readPdu(whole.subarray(0, length))).toThrow(expect.objectContaining({ code: 'malformed_pdu' }))
    expect(() => readPdu(whole.subarray(0, 30))).toThrow('destination_addr')
  })

  test('nothing that comes in does anything but read or fail', () => {
    const random = seededRandom(7)
    for (let round = 0; round < 4_000; round++) {
      const { pdu } = vectors[Math.floor(random() * vectors.length)] as Vector
      const bad = writePdu(pdu)
      for (let n = 0; n < 3; n++) bad[Math.floor(random() * bad.length)] = Math.floor(random() * 256)
      const cut = bad.subarray(0, 16 + Math.floor(random() * (bad.length - 15)))
      try {
        readPdu(cut)
      } catch (error) {
        if (Fault.from(error).code !== 'malformed_pdu') throw error
      }
    }
  })
})

describe('the stream', () => {
  const three = [1, 2, 3].map((sequence) => writePdu({ name: 'submit_sm_resp', sequence, body: { message_id: 'A' } }))
  const stream = Uint8Array.from(three.flatMap((one) => [...one]))

  test('is cut into the same PDUs, whatever pieces it comes in', () => {
    for (let size = 1; size <= stream.length; size++) {
      const frames = new PduFrames()
      const found: Uint8Array[] = []
      for (let at = 0; at < stream.length; at += size) found.push(...frames.push(stream.subarray(at, at + size)))
      expect(found.map(hexOf)).toEqual(three.map(hexOf))
      expect(frames.isWithin).toBe(false)
    }
  })

  test.each([
    ['0', '00000000'],
    ['15', '0000000F'],
    ['65537', '00010001'],
    ['4294967295', 'FFFFFFFF'],
  ])('ends at a command_length of %s', (length, hex) => {
    expect(() => new PduFrames().push(octets(hex))).toThrow(`command_length ${length}: a PDU has 16 to 65536 octets`)
  })

  test('knows that it has ended within a PDU', () => {
    const frames = new PduFrames()
    frames.push(stream.subarray(0, 20))
    expect(frames.isWithin).toBe(true)
    expect(headerOf(stream).sequence).toBe(1)
  })
})
