import { codingOf } from './dcs.ts'
import { firstOctetOf } from './first-octet.ts'
import { hexOf } from './octets.ts'
import { parameterIndicator } from './parameter-indicator.ts'
import { octetsOfTimestamp } from './timestamp.ts'
import { addressOctets, serviceCentreOctets } from './tp-address.ts'
import type { DeliverDraft, StatusReportDraft, SubmitDraft, TpduDraft } from './tpdu.ts'
import { userDataOf } from './userdata.ts'
import { validityOctets } from './validity.ts'

export interface EncodedPdu {
  /** Upper case hex with the service centre address in front: what follows the prompt of `AT+CMGS`. */
  readonly pdu: string
  /** Octets without the service centre address: the number in `AT+CMGS`. */
  readonly tpduLength: number
}

/**
 * Encodes a TPDU, the inverse of `decodePdu`. Derived fields (`udl`, `udhi`, `coding`, `statusClass`, `seconds`, the
 * named bits of `firstOctet`) are computed; `concat`, `ports` and `nli` are written unless `udh` is given.
 *
 * Fails with `encoding_error` (a character, address or time that can't be encoded) and `text_too_long`.
 */
export function encodePdu(draft: TpduDraft): EncodedPdu {
  const tpdu = octetsOfTpdu(draft)
  return { pdu: hexOf([...serviceCentreOctets(draft.smsc ?? null), ...tpdu]), tpduLength: tpdu.length }
}

function octetsOfTpdu(draft: TpduDraft): number[] {
  switch (draft.type) {
    case 'deliver':
      return deliver(draft)
    case 'submit':
      return submit(draft)
    case 'statusReport':
      return statusReport(draft)
  }
}

/** TS 23.040 clause 9.2.2.1 */
function deliver(draft: DeliverDraft): number[] {
  const { pid = 0, dcs = 0 } = draft
  const { udl, header, body } = userDataOf(draft, codingOf(dcs))
  const first = firstOctetOf('deliver', { ...draft, udhi: header.length > 0 }, draft.firstOctet)
  const time = octetsOfTimestamp(draft.scts, draft.sctsRaw)
  return [first, ...addressOctets(draft.address), pid, dcs, ...time, udl, ...header, ...body]
}

/** TS 23.040 clause 9.2.2.2 */
function submit(draft: SubmitDraft): number[] {
  const { mr = 0, pid = 0, dcs = 0, vp = null } = draft
  const { udl, header, body } = userDataOf(draft, codingOf(dcs))
  const { flags, octets } = validityOctets(vp)
  const first = firstOctetOf('submit', { ...draft, udhi: header.length > 0 }, flags)
  return [first, mr, ...addressOctets(draft.address), pid, dcs, ...octets, udl, ...header, ...body]
}

/** TS 23.040 clause 9.2.2.3 */
function statusReport(draft: StatusReportDraft): number[] {
  const scts = octetsOfTimestamp(draft.scts, draft.sctsRaw)
  const dischargeTime = octetsOfTimestamp(draft.dischargeTime, draft.dischargeTimeRaw)
  const fixed = [draft.mr, ...addressOctets(draft.address), ...scts, ...dischargeTime, draft.status]
  const { udhi, octets } = parameters(draft)
  return [firstOctetOf('statusReport', { ...draft, udhi }, draft.firstOctet), ...fixed, ...octets]
}

/** The optional end of a status report: TP-PI and the fields that it announces, or nothing. */
function parameters(draft: StatusReportDraft): { udhi: boolean; octets: number[] } {
  const { pi, pid, dcs } = draft
  const hasContent = draft.text !== undefined || draft.data !== undefined
  const content = hasContent ? userDataOf(draft, codingOf(dcs ?? 0)) : null
  const announced =
    (pid === undefined ? 0 : parameterIndicator.pid) |
    (dcs === undefined ? 0 : parameterIndicator.dcs) |
    (content ? parameterIndicator.udl : 0)
  if (pi === undefined && announced === 0) return { udhi: false, octets: [] }
  const octets = [announced | ((pi ?? 0) & parameterIndicator.reserved)]
  if (pid !== undefined) octets.push(pid)
  if (dcs !== undefined) octets.push(dcs)
  if (content) octets.push(content.udl, ...content.header, ...content.body)
  return { udhi: content !== null && content.header.length > 0, octets }
}
