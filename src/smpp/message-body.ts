import { Fault } from '../message/fault.ts'
import type { Concat, SegmentContent } from '../message/segment.ts'
import { elementsOf, type Header, headerIn, headerOctets } from '../sms/header.ts'
import { hexOf, octetsOf } from '../sms/octets.ts'
import { codings, type DefaultAlphabet, inDefault, inUcs2, readerOf } from './message-alphabet.ts'
import type { Body } from './pdu-table.ts'
import type { Pdu } from './smpp-pdu.ts'
import { numberIn, type Tlvs, tags, tlvsOf } from './tlvs.ts'

/** Where the parts of a long text have their numbers: in a user data header, or in the parameters `sar_*`. */
export const partForms = ['udh', 'sar', 'payload', 'whole'] as const
/** `payload` is a header, too, with all octets in `message_payload`; `whole` has no parts: the SMSC divides the text. */
export type PartForm = (typeof partForms)[number]

/** Octets of user data in a TPDU: no SMSC has room for more (TS 23.040 clause 9.2.3.24). */
const maxOctets = 140
const maxSeptets = 160

export const udhi = 0x40

/** How an SMSC takes texts. */
export interface BodyRules {
  readonly alphabet: DefaultAlphabet
  /** `data_coding` of texts in that alphabet. */
  readonly coding: number
  readonly parts: PartForm
}

interface Content {
  readonly content: SegmentContent
  readonly concat: Concat | null
  readonly messageClass: 0 | 1 | 2 | 3 | null
}

type Written = Pick<Body<'submit_sm'>, 'esm_class' | 'data_coding' | 'short_message'>

/** The fields and parameters of a text. Fails with `encoding_error`, or `text_too_long` for what no TPDU has room for. */
export function bodyOf({ content, concat, messageClass }: Content, rules: BodyRules): { body: Written; tlvs: Tlvs } {
  const inHeader = concat !== null && rules.parts !== 'sar'
  const header = inHeader ? headerOctets(elementsOf({ concat })) : []
  const { coding, octets, most } = encoded(content, rules, header.length)
  const isLong = header.length + octets.length > most
  if (isLong && rules.parts !== 'whole')
    throw new Fault('text_too_long', `${header.length + octets.length} octets where an SMS has room for ${most}`)
  const message = Uint8Array.from([...header, ...octets])
  const isPayload = rules.parts === 'payload' || isLong
  const body = {
    esm_class: inHeader ? udhi : 0,
    data_coding: messageClass === null ? coding : withClass(coding, messageClass),
    short_message: isPayload ? new Uint8Array() : message,
  }
  return { body, tlvs: isPayload ? tlvsOf({ message_payload: message }) : sarOf(inHeader ? null : concat) }
}

function encoded(
  content: SegmentContent,
  { alphabet, coding }: BodyRules,
  header: number,
): { readonly coding: number; readonly octets: Uint8Array; readonly most: number } {
  if (content.alphabet === 'data') return { coding: codings.octets, octets: octetsOf(content.data), most: maxOctets }
  const octets = content.alphabet === 'gsm7' ? inDefault(content.text, alphabet, header) : null
  // An octet each; a header takes the octets of a TPDU, and seven septets fit where six octets are.
  const most = alphabet === 'packed' ? maxOctets : header === 0 ? maxSeptets : maxSeptets - 1
  if (octets !== null) return { coding, octets, most }
  return { coding: codings.ucs2, octets: inUcs2(content.text), most: maxOctets }
}

/** TS 23.038 clause 4: message classes have values of their own, which SMPP 3.4 has for GSM as F0 and above. */
function withClass(coding: number, messageClass: number): number {
  if (coding === codings.ucs2) return 0x18 | messageClass
  return (coding === codings.octets ? 0xf4 : 0xf0) | messageClass
}

function sarOf(concat: Concat | null): Tlvs {
  if (concat === null) return new Map()
  return tlvsOf({
    sar_msg_ref_num: [concat.ref, 2],
    sar_total_segments: [concat.total, 1],
    sar_segment_seqnum: [concat.seq, 1],
  })
}

/** A message from an SMSC: a text, or octets in hex, with the meaning of its header and parameters. */
export interface ReadBody {
  readonly text?: string
  readonly data?: string
  readonly encoding: 'gsm7' | 'ucs2' | 'data'
  readonly concat: Concat | null
  /** The application port that it is for. */
  readonly port: number | null
  /** A header was announced that can't be read: what should be it is in the text. */
  readonly damaged: boolean
}

type Message = Pdu<'deliver_sm' | 'data_sm' | 'submit_sm'>

/** The octets of a message, wherever they are. */
export function messageOctets({ body, tlvs }: Message): Uint8Array {
  const short = 'short_message' in body ? body.short_message : new Uint8Array()
  return short.length > 0 ? short : (tlvs.get(tags.message_payload) ?? short)
}

export function readBody(pdu: Message, smscDefault: DefaultAlphabet): ReadBody {
  const octets = messageOctets(pdu)
  const announced = (pdu.body.esm_class & udhi) !== 0
  const headerLength = announced ? 1 + (octets[0] ?? octets.length) : 0
  const header: Header | null =
    announced && headerLength <= octets.length ? headerIn(octets.subarray(1, headerLength)) : null
  const begin = header === null ? 0 : headerLength
  const rest = octets.subarray(begin)
  const coding = pdu.body.data_coding
  const read = readerOf(coding, smscDefault)
  return {
    ...(read === null ? { data: hexOf(rest) } : { text: read(rest, begin, header?.nli) }),
    encoding: read === null ? 'data' : coding === codings.smscDefault || coding >= 0xf0 ? 'gsm7' : 'ucs2',
    concat: header?.concat ?? sarIn(pdu.tlvs),
    port: header?.ports?.dst ?? numberIn(pdu.tlvs, 'destination_port'),
    damaged: announced && header === null,
  }
}

function sarIn(tlvs: Tlvs): Concat | null {
  const ref = numberIn(tlvs, 'sar_msg_ref_num')
  const total = numberIn(tlvs, 'sar_total_segments') ?? 0
  const seq = numberIn(tlvs, 'sar_segment_seqnum') ?? 0
  return ref !== null && ref <= 0xffff && total <= 0xff && seq >= 1 && seq <= total
    ? { ref, total, seq, bits: 16 }
    : null
}
