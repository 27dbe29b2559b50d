/** Every status of `<device>/result`. The transitions are in `ledger/outbox/states/table.ts`. */
export const commandStatuses = [
  'queued',
  'sending',
  'sent',
  'delivered',
  'replied',
  'unconfirmed',
  'undelivered',
  'failed',
  'expired',
  'cancelled',
  'rejected',
  'in_doubt',
] as const

export type CommandStatus = (typeof commandStatuses)[number]

/** Statuses of the history: of commands and sent texts, and of received ones. */
export const historyStatuses = [...commandStatuses, 'received'] as const

/** Every status of `sms/status`: a submission with all its parts. Reports change it even after the command's end. */
export const smsStatuses = [
  'queued',
  'sending',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'expired',
  'cancelled',
  'rejected',
  'in_doubt',
] as const

export type SmsStatus = (typeof smsStatuses)[number]

/** Priorities of lanes, the highest first; a gateway is shared between them by weight. */
export const priorities = {
  high: { level: 2, weight: 8 },
  normal: { level: 1, weight: 3 },
  low: { level: 0, weight: 1 },
}

export type Priority = keyof typeof priorities
