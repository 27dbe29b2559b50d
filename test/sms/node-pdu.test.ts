import { expect, test } from '@jest/globals'
import { Deliver, parse, Report, Submit } from 'node-pdu'
import { type Address, typesOfNumber } from '../../src/message/address.ts'
import type { Tpdu } from '../../src/sms/tpdu.ts'
import { type WellFormed, wellFormed } from './vectors.ts'

/** Where parse() of node-pdu 2.1.1 is right; the defects are those of facts/sms-codec.md, section 4. */
const comparable: readonly (readonly [defect: string, is: (tpdu: Tpdu) => boolean])[] = [
  ['the reserved message type', ({ firstOctet }) => (firstOctet & 3) !== 3],
  ['D1, D2: septet 5F, and escapes to no character or to form feed', ({ text = '' }) => !/[§`\f]/.test(text)],
  ['D3: national languages', ({ nli }) => nli === undefined],
  ['D4: other data codings', ({ dcs = 0 }) => [0x00, 0x04, 0x08].includes(dcs)],
  ['D6, D12: validity and times out of the ordinary', isOrdinaryTime],
  ['D8, D9: numbers with letters or without digits', ({ address }) => /^\d+$/.test(address.number) || isName(address)],
  ['D10: a header without text', ({ udh, text }) => udh === undefined || text !== ''],
  ['D11c, D15: a malformed header, elements to be ignored', isOrdinaryHeader],
]

/** Names lose the blanks at their ends. */
function isName({ ton, number }: Address): boolean {
  return ton === 'alphanumeric' && number === number.trim()
}

function isOrdinaryHeader({ udhMalformed, udh = [], concat }: Tpdu): boolean {
  return !udhMalformed && udh.filter(({ iei }) => iei === 0x00 || iei === 0x08).length === (concat ? 1 : 0)
}

function isOrdinaryTime(tpdu: Tpdu): boolean {
  if (tpdu.type === 'submit') return tpdu.vp?.format !== 'absolute' && tpdu.vp?.format !== 'enhanced'
  const times = tpdu.type === 'deliver' ? [tpdu.scts] : [tpdu.scts, tpdu.dischargeTime]
  return times.every((time) => time !== null && !/^20[78]/.test(time))
}

/** An escape that stands before a code without a character: node-pdu shows something else there. */
function hasLoneEscape({ id }: WellFormed): boolean {
  return /^(esc-.*|nli-len-2|nli-single-fallback)$/.test(id)
}

test('node-pdu and this room read the same from every vector that node-pdu reads rightly', () => {
  const chosen = wellFormed
    .filter((vector) => !hasLoneEscape(vector))
    .filter(({ expect }) => comparable.every(([, is]) => is(expect)))
  const wrong = chosen.flatMap(({ id, pdu, expect: tpdu }) => {
    const [ours, theirs] = [fieldsOf(tpdu), fieldsByNodePdu(pdu)]
    return JSON.stringify(ours) === JSON.stringify(theirs) ? [] : [{ id, ours, theirs }]
  })
  expect(wrong.slice(0, 3)).toEqual([])
  expect(chosen.length).toBeGreaterThan(350)
})

function fieldsOf(tpdu: Tpdu): object {
  const { address } = tpdu
  const number = [typesOfNumber.indexOf(address.ton), address.npi, address.number]
  if (tpdu.type === 'statusReport') {
    return { number, mr: tpdu.mr, status: tpdu.status, times: [tpdu.scts, tpdu.dischargeTime].map(secondsOf) }
  }
  const content = tpdu.text ?? latin1Of(tpdu.data ?? '')
  const message = { number, pid: tpdu.pid, content, concat: tpdu.concat && partOf(tpdu.concat) }
  return tpdu.type === 'submit' ? { ...message, mr: tpdu.mr } : { ...message, time: secondsOf(tpdu.scts) }
}

function fieldsByNodePdu(pdu: string): object {
  const tpdu = parse(pdu)
  const number = [tpdu.address.type.type, tpdu.address.type.plan, tpdu.address.phone]
  if (tpdu instanceof Report) {
    return { number, mr: tpdu.reference, status: tpdu.status, times: [tpdu.dateTime.time, tpdu.discharge.time] }
  }
  const header = tpdu.data.parts[0]?.header
  const concat =
    header?.getType() === undefined ? undefined : [header.getPointer(), header.getSegments(), header.getCurrent()]
  const message = { number, pid: tpdu.protocolIdentifier.getValue(), content: tpdu.data.getText(), concat }
  if (tpdu instanceof Submit) return { ...message, mr: tpdu.messageReference }
  if (tpdu instanceof Deliver) return { ...message, time: tpdu.serviceCenterTimeStamp.time }
  return {}
}

function partOf({ ref, total, seq }: { ref: number; total: number; seq: number }): number[] {
  return [ref, total, seq]
}

function secondsOf(time: string | null): number {
  return Date.parse(time ?? '') / 1000
}

function latin1Of(hex: string): string {
  return hex.replace(/../g, (octet) => String.fromCharCode(Number.parseInt(octet, 16)))
}
