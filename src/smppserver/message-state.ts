import type { CommandStatus } from '../message/status.ts'
import type { MessageState } from '../smpp/receipt-text.ts'

/**
 * The end of a text as `message_state` (clause 5.2.28). ACCEPTED: the network has it, and no report came in time.
 * UNKNOWN: it may have been sent, and is not sent again.
 */
const states: Readonly<Record<CommandStatus, MessageState>> = {
  queued: 'ENROUTE',
  sending: 'ENROUTE',
  sent: 'ACCEPTED',
  delivered: 'DELIVERED',
  replied: 'DELIVERED',
  unconfirmed: 'ACCEPTED',
  undelivered: 'UNDELIVERABLE',
  failed: 'REJECTED',
  rejected: 'REJECTED',
  expired: 'EXPIRED',
  cancelled: 'DELETED',
  in_doubt: 'UNKNOWN',
}

export const stateOf = (status: CommandStatus): MessageState => states[status]
