/** Classes of TP-ST (TS 23.040 clause 9.2.3.15). Only `temporaryRetrying` is not final. */
export type StatusClass = (typeof classes)[number] | 'reserved'

export interface Status {
  readonly class: StatusClass
  readonly meaning: string
}

/** A meaning that the standard gives to a code. */
export type ReportMeaning = (typeof meanings)[StatusClass][number]

/** By bits 6 and 5; bit 7 is reserved. */
const classes = ['completed', 'temporaryRetrying', 'permanent', 'temporaryStopped'] as const

const temporary = [
  'congestion',
  'the recipient is busy',
  'no response from the recipient',
  'service rejected',
  'quality of service not available',
  'error in the recipient',
] as const

const meanings = {
  completed: [
    'received by the recipient',
    'forwarded to the recipient, delivery not confirmed',
    'replaced by the service centre',
  ],
  temporaryRetrying: temporary,
  permanent: [
    'remote procedure error',
    'incompatible destination',
    'connection rejected by the recipient',
    'not obtainable',
    'quality of service not available',
    'no interworking available',
    'the validity period expired',
    'deleted by the sender',
    'deleted by the service centre',
    'the message does not exist',
  ],
  temporaryStopped: temporary,
  reserved: [],
} as const satisfies Readonly<Record<StatusClass, readonly string[]>>

export const reportMeanings: readonly ReportMeaning[] = [...new Set(Object.values(meanings).flat())]

/** The meaning of a TP-ST octet; a code without a defined one has its number in it. */
export function statusOf(status: number): Status {
  const statusClass = classes[status >> 5] ?? 'reserved'
  const code = status & 0x1f
  const named: ReportMeaning | undefined = meanings[statusClass][code]
  const unnamed = code >= 0x10 && statusClass !== 'reserved' ? 'service centre specific' : 'reserved'
  const hex = status.toString(16).padStart(2, '0').toUpperCase()
  return { class: statusClass, meaning: named ?? `${unnamed} (${hex})` }
}
