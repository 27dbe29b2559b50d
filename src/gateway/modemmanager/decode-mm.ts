import { createHash } from 'node:crypto'
import { type Address, typesOfNumber } from '../../message/address.ts'
import type { Incoming } from '../../message/incoming.ts'
import type { Identity } from '../../message/raw.ts'
import type { DeliveryReport } from '../../message/report.ts'
import { hexOf } from '../../sms/octets.ts'
import { statusOf } from '../../sms/tp-status.ts'
import type { Properties } from './dbus.ts'
import { numberOf, textOf } from './mm-values.ts'

/** The form in which ModemManager brings messages: JSON of `MmMessage`. */
export const mmForm = 'modemmanager'

/** MMSmsPduType, MMSmsState. */
export const pduType = { deliver: 1, submit: 2, report: 3 } as const
export const smsState = { received: 3 } as const

/** What is stored of an Sms object. */
interface MmMessage {
  readonly kind: 'text' | 'report'
  readonly number: string
  readonly text: string
  /** Hex. */
  readonly data: string
  /** The stamp of the service centre, as ModemManager writes it. */
  readonly stamp: string
  readonly centre: string
  readonly reference: number
  /** TP-ST; 256 and more where it is none. */
  readonly status: number
}

/** The stored form of a received message; null for what is not complete, was not received, or is of CDMA. */
export function storedSms(sms: Properties): string | null {
  if (sms.State !== smsState.received) return null
  const kind = sms.PduType === pduType.report ? 'report' : sms.PduType === pduType.deliver ? 'text' : null
  if (kind === null) return null
  return JSON.stringify({
    kind,
    number: textOf(sms.Number) ?? '',
    text: textOf(sms.Text) ?? '',
    data: sms.Data instanceof Uint8Array ? hexOf(sms.Data) : '',
    stamp: textOf(sms.Timestamp) ?? '',
    centre: textOf(sms.SMSC) ?? '',
    reference: numberOf(sms.MessageReference) ?? 0,
    status: numberOf(sms.DeliveryState) ?? noStatus,
  } satisfies MmMessage)
}

export function identityOfSms(body: string): Identity {
  const { stamp } = JSON.parse(body) as MmMessage
  return { hash: createHash('sha256').update(body).digest('base64url'), mark: timeOf(stamp) }
}

export function decodeMm(body: string): Incoming {
  const message = JSON.parse(body) as MmMessage
  if (message.kind === 'report') return { kind: 'report', report: reportOf(message) }
  const { number, text, data, stamp, centre } = message
  const isData = text === '' && data !== ''
  return {
    kind: 'text',
    segment: {
      from: addressOf(number),
      ...(isData ? { data } : { text }),
      encoding: isData ? 'data' : 'utf8',
      // Its header is not shown: whether it is for a port is unknown.
      mayBeText: false,
      isWapPush: false,
      concat: null,
      scts: timeOf(stamp),
      centre: centre === '' ? null : centre,
      route: null,
      damaged: false,
    },
  }
}

const noStatus = 256

function reportOf({ number, reference, status, stamp, centre }: MmMessage): DeliveryReport {
  const { class: statusClass, meaning } = statusOf(Math.min(status, noStatus - 1))
  const isTrying = status >= noStatus || statusClass === 'temporaryRetrying' || statusClass === 'reserved'
  return {
    matching: 'tp_mr',
    reference: String(reference),
    isWhole: true,
    recipient: number.replace(/\D/g, ''),
    scts: timeOf(stamp),
    centre: centre === '' ? null : centre,
    outcome: statusClass === 'completed' ? 'delivered' : isTrying ? 'trying' : 'failed',
    status: Math.min(status, noStatus - 1),
    meaning: status >= noStatus ? 'a report without a status' : meaning,
  }
}

function addressOf(written: string): Address {
  const isNumber = /^\+?[\d*#]+$/.test(written)
  if (!isNumber) return { number: written, ton: 'alphanumeric', npi: 0 }
  const [unknown] = typesOfNumber
  return { number: written.replace(/^\+/, ''), ton: written.startsWith('+') ? 'international' : unknown, npi: 1 }
}

/** ISO 8601, whose zone may have hours only; null where it is not set. */
function timeOf(stamp: string): number | null {
  const time = Date.parse(stamp.replace(/([+-]\d\d)$/, '$1:00'))
  return Number.isNaN(time) ? null : time
}
