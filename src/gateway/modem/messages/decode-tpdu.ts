import { createHash } from 'node:crypto'
import type { Address } from '../../../message/address.ts'
import { Fault } from '../../../message/fault.ts'
import type { Incoming, IncomingSegment } from '../../../message/incoming.ts'
import type { Identity } from '../../../message/raw.ts'
import type { DeliveryReport } from '../../../message/report.ts'
import { canonicalTpdu, stampIn } from '../../../sms/canonical.ts'
import { decodePdu } from '../../../sms/decode-pdu.ts'
import { wapPushPort } from '../../../sms/mms-notification.ts'
import { statusOf } from '../../../sms/tp-status.ts'
import type { Deliver, StatusReport, Tpdu } from '../../../sms/tpdu.ts'

/** The form in which modems bring messages. */
export const tpduForm = 'tpdu'

/** Two copies have the same TPDU; the stamp of the service centre is a part of it. */
export function identityOf(pdu: string): Identity {
  return { hash: createHash('sha256').update(canonicalTpdu(pdu)).digest('base64url'), mark: stampIn(pdu) }
}

/** Reads a PDU. What is cut off is saved as far as it goes; what can't be read at all is kept, not dropped. */
export function decodeTpdu(pdu: string): Incoming {
  try {
    return sorted(decodePdu(pdu), false)
  } catch (error) {
    const { message, detail } = Fault.from(error)
    const { lenient, ...place } = detail as { lenient?: Partial<Tpdu> }
    if (lenient !== undefined) return sorted({ udh: [], ...lenient } as Tpdu, true)
    return { kind: 'undecodable', reason: message, detail: place }
  }
}

function sorted(tpdu: Tpdu, damaged: boolean): Incoming {
  if (tpdu.type === 'deliver') return { kind: 'text', segment: segmentOf(tpdu, damaged) }
  if (tpdu.type === 'statusReport') return { kind: 'report', report: reportOf(tpdu) }
  return { kind: 'undecodable', reason: 'an SMS-SUBMIT came in where texts and reports come', detail: {} }
}

function segmentOf(tpdu: Deliver, damaged: boolean): IncomingSegment {
  const { address, text, data, coding, concat, ports, scts, smsc } = tpdu
  return {
    from: address,
    ...(text !== undefined && { text }),
    ...(data !== undefined && { data }),
    encoding: data !== undefined ? 'data' : coding?.alphabet === 'ucs2' ? 'ucs2' : 'gsm7',
    mayBeText: data !== undefined && !coding.compressed && ports === undefined,
    isWapPush: data !== undefined && !coding.compressed && ports?.dst === wapPushPort,
    concat: concat ?? null,
    scts: timeOf(scts),
    centre: centreOf(smsc),
    route: routeOf(tpdu),
    damaged,
  }
}

function reportOf({ mr, status, address, scts, smsc }: StatusReport): DeliveryReport {
  const { class: statusClass, meaning } = statusOf(status)
  const trying = statusClass === 'temporaryRetrying' || statusClass === 'reserved'
  return {
    matching: 'tp_mr',
    reference: String(mr),
    recipient: (address?.number ?? '').replace(/\D/g, ''),
    scts: timeOf(scts),
    centre: centreOf(smsc),
    outcome: statusClass === 'completed' ? 'delivered' : trying ? 'trying' : 'failed',
    status,
    meaning,
  }
}

/**
 * The service centre, the originator and its type of number, the time zone of the stamp, TP-PID and the message class:
 * the same for every text that a SIM sends through its own operator.
 */
function routeOf({ smsc, address, scts, pid, coding }: Deliver): string | null {
  const centre = centreOf(smsc)
  if (centre === null) return null
  const zone = /(Z|[+-]\d\d:\d\d)$/.exec(scts ?? '')?.[0] ?? 'none'
  return [centre, address.ton, address.number, zone, `pid ${pid ?? 0}`, `class ${coding?.cls ?? 'none'}`].join(', ')
}

/** The address of the service centre in front of a PDU; null where there is none. */
function centreOf(smsc: Address | null | undefined): string | null {
  return smsc === null || smsc === undefined ? null : `${smsc.ton} ${smsc.number}`
}

/** TP-SCTS in ms, null when it could not be read. */
function timeOf(scts: string | null | undefined): number | null {
  return scts === null || scts === undefined ? null : Date.parse(scts)
}
