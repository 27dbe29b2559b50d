import type { ErrorReport } from '../../../message/fault.ts'
import type { Reply } from '../../../message/result.ts'
import type { CommandStatus, SmsStatus } from '../../../message/status.ts'
import type { SubmissionRow } from '../../rows.ts'

/** An attempt of which a gateway gave the text back, and why: nothing of it was sent, or it is safe to repeat. */
export interface Returned {
  readonly number: number
  readonly gateway: string | null
  readonly at: number
  readonly error: ErrorReport | null
}

/** The changes of a move; absent fields are unchanged. */
export interface Change {
  readonly status?: CommandStatus
  readonly sms?: SmsStatus
  readonly final?: boolean
  readonly finalAt?: number
  readonly ok?: boolean | null
  readonly unproven?: true
  readonly inDoubt?: boolean
  readonly open?: 0 | 1 | 2
  readonly carrier?: number | null
  readonly reason?: string | null
  readonly error?: ErrorReport | null
  readonly reply?: Reply
  readonly gateway?: string | null
  readonly account?: string
  readonly owner?: string
  readonly epoch?: number
  readonly attempts?: number
  readonly returns?: readonly Returned[] | null
  readonly validFor?: number
  readonly alphabet?: 'gsm7' | 'ucs2'
  readonly parts?: number
  readonly partsDelivered?: number
  readonly writtenAt?: number | null
  readonly sentAt?: number | null
  readonly deliveredAt?: number | null
  readonly repliedAt?: number
  readonly expiresAt?: number
  readonly deadline?: number | null
  readonly due?: number | null
  readonly step?: number
  readonly expect?: 'none' | 'optional' | 'required'
  readonly within?: number
  readonly spec?: string | null
  readonly joins?: null
  readonly madeFor?: null
  readonly madeFrom?: null
}

type Column = keyof SubmissionRow

/** Column by field. */
const columns: { readonly [K in keyof Required<Change>]: Column } = {
  status: 'status',
  sms: 'sms_status',
  final: 'final',
  finalAt: 'final_at',
  ok: 'ok',
  unproven: 'unproven',
  inDoubt: 'in_doubt',
  open: 'open',
  carrier: 'carrier',
  reason: 'reason',
  error: 'error',
  reply: 'reply',
  gateway: 'gateway',
  account: 'sim',
  owner: 'owner',
  epoch: 'epoch',
  attempts: 'attempts',
  returns: 'returns',
  validFor: 'valid_for',
  alphabet: 'alphabet',
  parts: 'parts',
  partsDelivered: 'parts_delivered',
  writtenAt: 'written_at',
  sentAt: 'sent_at',
  deliveredAt: 'delivered_at',
  repliedAt: 'replied_at',
  expiresAt: 'expires_at',
  deadline: 'deadline',
  due: 'due',
  step: 'step',
  expect: 'expect',
  within: 'within',
  spec: 'spec',
  joins: 'joins',
  madeFor: 'made_for',
  madeFrom: 'made_from',
}

/** A change as columns of the row, with stored values. */
export function columnsOf(change: Change): Partial<SubmissionRow> {
  const entries = Object.entries(change).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries.map(([key, value]) => [columns[key as keyof Change], kept(value)]))
}

function kept(value: unknown): string | number | null {
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as string | number | null)
}

/** Statuses in which a late answer can be recognised: they keep the data for it. */
const maybeAnswered: readonly CommandStatus[] = ['unconfirmed', 'in_doubt']

/** The end of a submission: the lane is released, and secrets are deleted. */
export function ended(status: CommandStatus, now: number, more: Change): Change {
  return {
    status,
    final: true,
    finalAt: now,
    open: 0,
    due: null,
    deadline: null,
    inDoubt: status === 'in_doubt',
    joins: null,
    madeFor: null,
    madeFrom: null,
    ...(!maybeAnswered.includes(status) && { spec: null }),
    ...more,
  }
}
