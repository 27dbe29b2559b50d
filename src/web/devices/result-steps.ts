import type { Result } from '../api/answer-types.ts'

/** A step on the way of a command: when it was reached, null while it is awaited. */
export interface Step {
  readonly name: 'queued' | 'sent' | 'delivered' | 'replied' | 'ended'
  readonly at: string | null
  readonly isBad: boolean
}

/** Final statuses that are no step of the usual way. */
const odd: readonly string[] = ['unconfirmed', 'undelivered', 'failed', 'expired', 'cancelled', 'rejected', 'in_doubt']

/** The way of a command as far as it is known, and what is awaited next. */
export function stepsOf(result: Result): Step[] {
  const { queued_at, sent_at, delivered_at, replied_at, final, status, ok } = result
  const reached: Step[] = [{ name: 'queued', at: queued_at, isBad: false }]
  if (sent_at !== undefined) reached.push({ name: 'sent', at: sent_at, isBad: false })
  if (delivered_at !== undefined) reached.push({ name: 'delivered', at: delivered_at, isBad: false })
  if (replied_at !== undefined) reached.push({ name: 'replied', at: replied_at, isBad: ok === false })
  if (odd.includes(status)) return [...reached, { name: 'ended', at: null, isBad: true }]
  if (final) return reached
  return [...reached, { name: sent_at === undefined ? 'sent' : 'replied', at: null, isBad: false }]
}
