/** Every status of `<device>/result`. What moves a command from one to the next is the table of the ledger's outbox. */
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

/** Every status of `sms/status`: one submission with all its parts. Reports move it even after the command's end. */
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

/** Lanes' priorities, the strongest first; the weights share a gateway between them. */
export const priorities = {
  high: { level: 2, weight: 8 },
  normal: { level: 1, weight: 3 },
  low: { level: 0, weight: 1 },
}

export type Priority = keyof typeof priorities
