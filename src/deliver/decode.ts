import type { FiledMessage } from '../ledger/inbox/inbox.ts'
import type { Address } from '../message/address.ts'
import { Fault } from '../message/fault.ts'
import type { StatusReport } from '../message/report.ts'
import { decodePdu } from '../sms/decode.ts'
import { statusOf } from '../sms/status.ts'
import type { Deliver, StatusReport as ReportTpdu, Tpdu } from '../sms/tpdu.ts'

/** What a filed message turns out to be. */
export type Decoded =
  | { readonly kind: 'text'; readonly tpdu: Deliver; readonly damaged: boolean }
  | { readonly kind: 'report'; readonly report: StatusReport }
  | { readonly kind: 'undecodable'; readonly reason: string; readonly detail: Readonly<Record<string, unknown>> }

/** Reads the PDU. What is cut off is saved as far as it goes; what can't be read at all is kept, not dropped. */
export function decode(raw: FiledMessage): Decoded {
  try {
    return sorted(decodePdu(raw.pdu), raw, false)
  } catch (error) {
    const { message, detail } = Fault.from(error)
    const { lenient, ...place } = detail as { lenient?: Partial<Tpdu> }
    if (lenient !== undefined) return sorted({ udh: [], ...lenient } as Tpdu, raw, true)
    return { kind: 'undecodable', reason: message, detail: place }
  }
}

function sorted(tpdu: Tpdu, raw: FiledMessage, damaged: boolean): Decoded {
  if (tpdu.type === 'deliver') return { kind: 'text', tpdu, damaged }
  if (tpdu.type === 'statusReport') return { kind: 'report', report: reportOf(tpdu, raw) }
  return { kind: 'undecodable', reason: 'an SMS-SUBMIT came in where texts and reports come', detail: {} }
}

function reportOf({ mr, status, address, scts, smsc }: ReportTpdu, { sim, receivedAt }: FiledMessage): StatusReport {
  const { class: statusClass, meaning } = statusOf(status)
  const trying = statusClass === 'temporaryRetrying' || statusClass === 'reserved'
  return {
    sim,
    matching: 'tp_mr',
    reference: String(mr),
    recipient: (address?.number ?? '').replace(/\D/g, ''),
    scts: timeOf(scts),
    centre: centreOf(smsc),
    receivedAt,
    status,
    outcome: statusClass === 'completed' ? 'delivered' : trying ? 'trying' : 'failed',
    meaning,
  }
}

/** The address of the service centre in front of a PDU; null where there is none. */
export function centreOf(smsc: Address | null | undefined): string | null {
  return smsc === null || smsc === undefined ? null : `${smsc.ton} ${smsc.number}`
}

/** TP-SCTS in ms, null when it could not be read. */
export function timeOf(scts: string | null | undefined): number | null {
  return scts === null || scts === undefined ? null : Date.parse(scts)
}
