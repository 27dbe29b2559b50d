import type { Event, EventName } from '../../src/ledger/outbox/states/event.ts'
import { type Facts, type Following, type Phase, type State, stateOf } from '../../src/ledger/outbox/states/state.ts'

export const now = Date.parse('2026-11-22T12:00:00Z')
const error = { code: 'modem_error', message: 'CMS 500', retryable: true } as const
const reply = { text: 'OK', parsed: {}, matched_by: 'pattern' } as const
const answer = { reply, messageId: 'in_1', now }
const account = 'home'

/** Every event, in each form that a rule tells apart. */
export const events: { readonly [E in EventName]: readonly (Event & { readonly type: E })[] } = {
  waits: [{ type: 'waits', reason: 'clock', now }],
  claimed: [null, 5].map(
    (carrier) => ({ type: 'claimed', gateway: 'home', owner: 'hub', epoch: 1, carrier, now }) as const,
  ),
  written: [1, 2].map((part) => ({ type: 'written', part, validFor: 3_600, now }) as const),
  accepted: [true, false].map((reports) => ({ type: 'accepted', account, reports, now }) as const),
  returned: [{ type: 'returned', error, now }],
  refused: (['failed', 'expired'] as const).map((status) => ({ type: 'refused', status, error, now }) as const),
  lost: [{ type: 'lost', account, reason: 'CMS 500', error, now }],
  arrived: [true, false].map((whole) => ({ type: 'arrived', account, delivered: 1, whole, now }) as const),
  undelivered: [{ type: 'undelivered', account, error, now }],
  answered: [true, null].map((ok) => ({ type: 'answered', ok, ...answer }) as const),
  declined: [{ type: 'declined', reason: null, error, ...answer }],
  unproven: [{ type: 'unproven', ...answer }],
  begun: (['pending', 'partial'] as const).flatMap((verdict) =>
    [true, null].map((ok) => ({ type: 'begun', verdict, ok, waitMs: 60_000, ...answer }) as const),
  ),
  mistakable: [{ type: 'mistakable', error, ...answer }],
  late: [{ type: 'late', ...answer }],
  lapsed: [{ type: 'lapsed', now }],
  cancelled: [{ type: 'cancelled', reason: 'on request', now }],
  overtaken: [{ type: 'overtaken', now }],
  interrupted: [true, false].map((written) => ({ type: 'interrupted', written, now }) as const),
  restored: [{ type: 'restored', now }],
  rebooted: [{ type: 'rebooted', now }],
}

const base: Facts = {
  command_id: 'cmd_1',
  device: null,
  lane: 'd:gate',
  status: 'queued',
  sms_status: 'queued',
  final: 0,
  open: 0,
  safe: 0,
  unproven: 0,
  in_doubt: 0,
  reason: null,
  error: null,
  reply: null,
  expect: 'none',
  within: 60_000,
  spec: '{}',
  gap: 0,
  parts: 2,
  attempts: 1,
  gateway: 'home',
  returns: null,
  report: 1,
  valid_for: 3_600,
  queued_at: now - 10_000,
  send_at: null,
  expires_at: now + 60_000,
  written_at: null,
  sent_at: null,
  delivered_at: null,
  deadline: null,
  step: 0,
  last: 0,
  due: null,
  heard: null,
}

const waits = { deadline: now, written_at: now - 5_000 }
const expectations = ['none', 'optional', 'required'] as const
/** What an answer that has not ended the wait leaves behind. */
const reasons = [null, 'pending', 'partial', 'reply_mismatch']
const replies = ['optional', 'required'] as const

/** How a row looks in each phase, and what may stand in it there. */
const phases: Readonly<Record<Phase, readonly Partial<Facts>[]>> = {
  scheduled: expectations.flatMap((expect) =>
    [now - 60_000, now + 60_000].map((expires_at) => ({
      expect,
      send_at: now - 90_000,
      due: now - 90_000,
      expires_at,
    })),
  ),
  queued: expectations.flatMap((expect) => [
    { expect },
    { expect, send_at: now - 5_000 },
    { expect, written_at: now - 5_000, reason: 'interrupted' },
  ]),
  sending: expectations.flatMap((expect) =>
    [1, 2].flatMap((open) => [
      { status: 'sending', sms_status: 'sending', open, expect },
      { status: 'sending', sms_status: 'sending', open, expect, ...waits, step: 1, last: 1 },
      { status: 'sending', sms_status: 'sending', open, expect, ...waits },
    ]),
  ),
  between: expectations.flatMap((expect) => [
    { status: 'sending', sms_status: 'sending', open: 1, due: now, deadline: now, step: 1, last: 2, expect },
    { status: 'sending', sms_status: 'sending', open: 1, due: now, ...waits, step: 1, last: 1, expect },
  ]),
  outcome: replies.map((expect) => ({
    ...{ status: 'sending', sms_status: 'sending', open: 1, sent_at: now - 4_000, ...waits, last: 1, expect },
  })),
  doubtful: replies.map((expect) => ({
    status: 'sending',
    sms_status: 'sending',
    in_doubt: 1,
    open: 1,
    ...waits,
    expect,
  })),
  released: expectations.map((expect) => ({ status: 'sending', sms_status: 'sending', in_doubt: 1, ...waits, expect })),
  unreported: [{ status: 'sent', sms_status: 'sent', sent_at: now - 4_000, ...waits }],
  unanswered: replies.flatMap((expect) =>
    [0, 1, 2].map(
      (open) => ({ status: 'sent', sms_status: 'sent', open, sent_at: now - 4_000, ...waits, expect }) as const,
    ),
  ),
  delivered: replies.flatMap((expect) =>
    [0, 1, 2].map((open) => ({ status: 'delivered', sms_status: 'delivered', open, ...waits, expect }) as const),
  ),
  final: (
    [
      ['sent', 'sent'],
      ['sent', 'undelivered'],
      ['delivered', 'delivered'],
      ['replied', 'delivered'],
      ['unconfirmed', 'sent'],
      ['unconfirmed', 'undelivered'],
      ['undelivered', 'undelivered'],
      ['failed', 'failed'],
      ['expired', 'expired'],
      ['cancelled', 'cancelled'],
      ['rejected', 'rejected'],
      ['in_doubt', 'in_doubt'],
    ] as const
  ).map(([status, sms_status]) => ({ status, sms_status, final: 1, in_doubt: status === 'in_doubt' ? 1 : 0 })),
}

const following = (goes: 'then' | 'else', expect: Following['expect']): Following => ({
  goes,
  waitMs: 5_000,
  segments: ['next'],
  alphabet: 'gsm7',
  expect,
  withinMs: 60_000,
  spec: null,
})

/** Every state of a phase that its rules can tell from another. */
export function statesOf(phase: Phase): State[] {
  return phases[phase].flatMap((part) =>
    [0, 1].flatMap((safe) =>
      [0, 1].flatMap((report) =>
        [null, 'gate'].flatMap((device) =>
          (part.written_at === undefined ? [null] : reasons).flatMap((reason) =>
            followingOf({ ...base, ...part }).map((next) =>
              stateOf(
                {
                  ...{ ...base, safe, report, device },
                  ...(reason !== null && { reason }),
                  ...((reason === 'partial' || reason === 'pending') && { reply: JSON.stringify(reply) }),
                  ...part,
                  ...(next !== null && { last: (part.step ?? 0) + 1 }),
                },
                next,
              ),
            ),
          ),
        ),
      ),
    ),
  )
}

function followingOf({ step, last, final, status, in_doubt, open }: Facts): (Following | null)[] {
  if (step < last) return [following('then', 'required'), following('else', 'required'), following('then', 'none')]
  // An act that may have been sent ends when its lane is let go.
  const isReleased = in_doubt === 1 && open === 0
  if (final === 1 || status === 'sent' || status === 'delivered' || isReleased) return [null]
  return step > 0 ? [null] : [null, following('then', 'required'), following('else', 'none')]
}
