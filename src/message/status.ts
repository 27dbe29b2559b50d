/**
 * The states of design section 3 as tables. Result payloads, metrics and schemas are made from them, and the store
 * refuses every move that they do not list.
 */

/** Every status of `<device>/result` and the statuses that may follow it. A final result moves no more. */
export const commandMoves = {
  queued: ['sending', 'expired', 'cancelled', 'failed'],
  sending: ['queued', 'sent', 'delivered', 'replied', 'failed', 'expired', 'undelivered', 'unconfirmed', 'in_doubt'],
  sent: ['delivered', 'replied', 'unconfirmed', 'undelivered'],
  delivered: ['replied', 'unconfirmed'],
  replied: [],
  unconfirmed: [],
  undelivered: [],
  failed: [],
  expired: [],
  cancelled: [],
  rejected: [],
  in_doubt: [],
} as const satisfies Record<string, readonly string[]>

export type CommandStatus = keyof typeof commandMoves

/** Every status of `sms/status`: one submission with all its parts. Reports move it even after the command's end. */
export const smsMoves = {
  queued: ['sending', 'expired', 'cancelled', 'failed'],
  sending: ['queued', 'sent', 'delivered', 'undelivered', 'failed', 'expired', 'in_doubt'],
  sent: ['delivered', 'undelivered'],
  delivered: [],
  undelivered: ['delivered'],
  failed: [],
  expired: [],
  cancelled: [],
  rejected: [],
  in_doubt: ['sent', 'delivered', 'undelivered'],
} as const satisfies Record<string, readonly string[]>

export type SmsStatus = keyof typeof smsMoves

export function commandMayMove(from: CommandStatus, to: CommandStatus): boolean {
  return from === to || (commandMoves[from] as readonly string[]).includes(to)
}

export function smsMayMove(from: SmsStatus, to: SmsStatus): boolean {
  return from === to || (smsMoves[from] as readonly string[]).includes(to)
}

/** Lanes' priorities, the strongest first; the weights share a gateway between them (design section 3, fairness). */
export const priorities = {
  high: { level: 2, weight: 8 },
  normal: { level: 1, weight: 3 },
  low: { level: 0, weight: 1 },
}

export type Priority = keyof typeof priorities
