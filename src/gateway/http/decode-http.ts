import type { ReportState } from '../../carrier/carrier-api.ts'
import type { Brought } from '../../carrier/read-webhook.ts'
import { typesOfNumber } from '../../message/address.ts'
import type { Incoming } from '../../message/incoming.ts'
import type { DeliveryReport } from '../../message/report.ts'
import { segmentPlaceOf } from '../../message/segment.ts'

/** The form in which carriers with an HTTP interface bring messages: JSON of `Brought`. */
export const httpForm = 'http'

/** The equivalents of TP-ST (TS 23.040 clause 9.2.3.15). */
const endings: Readonly<Record<ReportState, Pick<DeliveryReport, 'outcome' | 'status'>>> = {
  delivered: { outcome: 'delivered', status: 0x00 },
  trying: { outcome: 'trying', status: 0x20 },
  expired: { outcome: 'failed', status: 0x46 },
  failed: { outcome: 'failed', status: 0x43 },
}

const unstamped = { scts: null, centre: null } as const

export function decodeHttp(body: string): Incoming {
  const brought = JSON.parse(body) as Brought
  if (brought.kind === 'report') {
    const { id, ref, recipient, state, words } = brought
    const isOurs = ref !== null && segmentPlaceOf(ref) !== null
    return {
      kind: 'report',
      report: {
        matching: 'message_id',
        reference: id,
        ...(isOurs && { segment: ref }),
        isWhole: true,
        recipient,
        ...unstamped,
        ...endings[state],
        meaning: words,
      },
    }
  }
  const { from, text, part } = brought
  const isNumber = /^\+?\d+$/.test(from)
  // Short codes have no country.
  const type = from.startsWith('+') || /^\d{8,15}$/.test(from) ? 'international' : typesOfNumber[0]
  return {
    kind: 'text',
    segment: {
      from: {
        number: from.replace(/^\+/, ''),
        ton: isNumber ? (type ?? 'unknown') : 'alphanumeric',
        npi: isNumber ? 1 : 0,
      },
      text,
      encoding: 'utf8',
      mayBeText: false,
      isWapPush: false,
      concat: part === null ? null : { ...part, bits: 16 },
      ...unstamped,
      route: null,
      damaged: false,
    },
  }
}
