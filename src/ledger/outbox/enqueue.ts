import { type ErrorReport, errorReport, Fault } from '../../message/fault.ts'
import { isoTime } from '../../message/result.ts'
import type { Submitted } from '../../message/submitted.ts'
import { alphabetOf } from '../../sms/gsm7.ts'
import { noteSent } from '../conversation-rows.ts'
import { beginChange, besideChange } from '../devices/learned-settings.ts'
import { refreshLane, touchLane } from '../lanes/lanes.ts'
import { isInLane, isScheduled } from '../lanes/scheduled.ts'
import { type Quota, room, use } from '../quota.ts'
import { document, type SubmissionRow } from '../rows.ts'
import { insertRow } from '../sql.ts'
import type { Tx } from '../tx.ts'
import { insertSteps } from './acts.ts'
import { useCounter } from './counters.ts'
import { emitAgain, emitRefused, emitResult, emitSmsStatus } from './emit-results.ts'
import { inWords, mayKeepRefusal } from './kept-refusals.ts'
import { isRedelivery, type PublishKey, rememberKey, unknownHash } from './keys.ts'
import { happen, overtake } from './moves.ts'
import type { Item, NewSubmission, Refusal } from './new-submission.ts'
import { answerOf, answersAgain, assertAll } from './part-answers.ts'
import { keepSecret } from './secret-places.ts'
import { chosen } from './toggle.ts'

export interface EnqueueLimits {
  readonly perLane: number
  readonly perClient: number
  readonly clientPerHour: number | null
  readonly devicePerDay: number | null
}

export interface EnqueueArgs {
  readonly key: PublishKey | null
  /** The client's `id` in its scope, with a hash of the request; without `forMs` it counts as long as it is kept. */
  readonly ref: {
    readonly scope: string
    readonly ref: string
    readonly hash: string
    readonly forMs?: number | undefined
  } | null
  readonly items: readonly Item[]
  /** Of each item in the request, where who asks is answered part by part. */
  readonly places?: readonly number[]
  /** The name of its texts together, where there are several. */
  readonly batch?: string
  /** All items or none. */
  readonly atomic?: boolean
  readonly limits: EnqueueLimits
  readonly now: number
}

export interface Enqueued extends Omit<Submitted, 'doubles'> {
  /** Rejections as log lines. */
  readonly refused: readonly string[]
}

/**
 * Stores the requests of a publish: its commands, its refusals and its key, all or nothing. Once committed, the publish
 * may be acknowledged.
 */
export function enqueue(tx: Tx, args: EnqueueArgs): Enqueued {
  const { key, ref, items, batch = null, limits, now } = args
  const again = key === null ? null : isRedelivery(tx, key)
  if (key !== null && again !== null) {
    // Its acknowledgement may be lost again.
    rememberKey(tx, key, again, now)
    return repeat(tx, again, args)
  }
  const known = ref === null ? [] : sameRef(tx, ref, now)
  if (ref !== null && [ref.hash, unknownHash].includes(known[0]?.hash as string)) {
    const ids = known.map((row) => row.command_id)
    if (key !== null) rememberKey(tx, key, ids, now)
    return repeat(tx, ids, args)
  }
  const refused: string[] = []
  const commands = items.map((one) => {
    const item = 'whenOn' in one ? chosen(tx, one) : one
    const reused = known.length === 0 ? null : reusedId(ref?.ref ?? '', known[0]?.command_id ?? '')
    const refusal = item.error ?? reused ?? admit(tx, item, limits, now)
    if (refusal === null) return { row: insertQueued(tx, item as NewSubmission, { ref, batch }, now), isKept: true }
    const ended = insertRefused(tx, item, refusal, { ref: known.length > 0 ? null : ref, batch }, now)
    if (ended.row.status === 'rejected') refused.push(inWords(item, refusal))
    return ended
  })
  const answers = args.places?.map((place, i) => answerOf((commands[i] as Ended).row, place, now)) ?? []
  if (args.atomic) assertAll(answers)
  const kept = commands.filter(({ isKept }) => isKept).map(({ row }) => row.command_id)
  if (key !== null && kept.length > 0) rememberKey(tx, key, kept, now)
  if (ref !== null && refused.length > 0) forgetRetryable(tx, commands)
  const shown = commands.map(({ row: { command_id: id, status } }) => ({ id, status }))
  return { repeated: false, batch, commands: shown, refused, answers }
}

interface Ended {
  readonly row: SubmissionRow
  readonly isKept: boolean
}

/** A request of which nothing was taken can be made again under its `id` where that may succeed. */
function forgetRetryable(tx: Tx, commands: readonly Ended[]): void {
  const mayRetry = ({ status, error }: SubmissionRow) => status === 'rejected' && document<ErrorReport>(error).retryable
  if (!commands.every(({ row }) => mayRetry(row))) return
  for (const { row, isKept } of commands)
    if (isKept) tx.run('UPDATE submission SET ref_hash = NULL WHERE seq = ?', row.seq)
}

/** Sends nothing and emits the current state of the commands again. */
function repeat(tx: Tx, ids: readonly string[], { items, places, now }: EnqueueArgs): Enqueued {
  const rows = ids.flatMap((id) => tx.all<SubmissionRow>('SELECT * FROM submission WHERE command_id = ?', id))
  for (const row of rows) emitAgain(tx, row, now)
  const commands = rows.map((row) => ({ id: row.command_id, status: row.status }))
  return {
    repeated: true,
    batch: rows[0]?.batch ?? null,
    commands,
    refused: [],
    answers: places === undefined ? [] : answersAgain(items, places, rows, now),
  }
}

/** Those of a time that the clock has not reached again count for no longer either. */
function sameRef(
  tx: Tx,
  { scope, ref, forMs = Number.MAX_SAFE_INTEGER }: NonNullable<EnqueueArgs['ref']>,
  now: number,
): { command_id: string; hash: string }[] {
  return tx.all(
    `SELECT command_id, ref_hash AS hash FROM submission
     WHERE scope = ? AND ref = ? AND ref_hash IS NOT NULL AND ABS(queued_at - ?) < ? ORDER BY seq`,
    scope,
    ref,
    now,
    forMs,
  )
}

function reusedId(ref: string, commandId: string): ErrorReport {
  const message = `id "${ref}" was used for another command`
  return errorReport(new Fault('duplicate', message, { command_id: commandId, reused_id: ref }))
}

function duplicate(message: string, commandId: string): ErrorReport {
  return errorReport(new Fault('duplicate', message, { command_id: commandId }))
}

/** Why a command is not queued, or null. */
function admit(tx: Tx, item: NewSubmission | Refusal, limits: EnqueueLimits, now: number): ErrorReport | null {
  if (item.error !== undefined) return item.error
  const running = item.safe || item.repeatWindowMs === null ? undefined : sameUnsafe(tx, item, now)
  if (running !== undefined) {
    const how = running.final ? 'done a moment ago' : running.due === null ? 'running' : `scheduled`
    return duplicate(`the same command is already ${how} as ${running.command_id}`, running.command_id)
  }
  // Apart, so that what is for later leaves room for what is wanted now.
  const list = item.sendAt === null ? 'queued' : 'scheduled'
  const ofLane = tx.one<ListSizes>(laneSizes, item.lane, item.lane) ?? empty
  if (ofLane[list] >= limits.perLane)
    return full(`${limits.perLane} commands are already ${list} for ${item.device ?? item.recipient}`)
  const ahead = ofLane.queued + ofLane.scheduled
  const beside = item.device === null ? null : besideChange(tx, item.device, item.changes, ahead)
  if (beside !== null) return beside
  const ofClient = tx.one<ListSizes>('SELECT queued, scheduled FROM client WHERE id = ?', item.client) ?? empty
  if (ofClient[list] >= limits.perClient)
    return full(`${limits.perClient} commands of client ${item.client} are already ${list}`)
  const quotas = clientAndDevice(item, limits)
  for (const { quota, amount } of quotas) {
    const { left, freesAt } = room(tx, quota, item.priority, now)
    if (left < amount) return rateLimited(quota, freesAt)
  }
  for (const { quota, amount } of quotas) use(tx, quota, amount, now)
  return null
}

interface ListSizes {
  readonly queued: number
  readonly scheduled: number
}

const empty: ListSizes = { queued: 0, scheduled: 0 }
const laneSizes = `SELECT (SELECT COUNT(*) FROM submission WHERE lane = ? AND ${isInLane}) AS queued,
  (SELECT COUNT(*) FROM submission WHERE lane = ? AND ${isScheduled}) AS scheduled`

function clientAndDevice(item: NewSubmission, limits: EnqueueLimits): { quota: Quota; amount: number }[] {
  const client = {
    quota: { key: item.clientQuota, window: 'hour', limit: limits.clientPerHour } as const,
    amount: 1,
  }
  if (item.device === null) return [client]
  const amount = item.segments.length + item.steps.reduce((sum, { segments }) => sum + segments.length, 0)
  const quota = { key: `device:${item.device}`, window: 'day', limit: least(limits.devicePerDay, item.perDay) } as const
  return [client, { quota, amount }]
}

const least = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.min(a, b))

function full(message: string): ErrorReport {
  return errorReport(new Fault('queue_full', message))
}

export function rateLimited(quota: Quota, freesAt: number): ErrorReport {
  const frees = isoTime(freesAt)
  return errorReport(
    new Fault(
      'rate_limited',
      `${quota.limit} a ${quota.window} are used up for ${quota.key}; the next is free at ${frees}`,
      {
        quota: quota.key,
        limit: quota.limit,
        frees_at: frees,
      },
    ),
  )
}

interface Same {
  readonly command_id: string
  readonly final: number
  /** Of one that is scheduled. */
  readonly due: number | null
}

/**
 * The same unsafe command of the same lane, unfinished or ended, within the window of when this one is wanted: what is
 * unfinished is wanted now, or when it is scheduled.
 */
function sameUnsafe(tx: Tx, item: NewSubmission, now: number): Same | undefined {
  const wanted = item.sendAt ?? now
  const window = item.repeatWindowMs ?? 0
  return tx.one(
    `SELECT command_id, final, NULL AS due FROM submission WHERE lane = ? AND digest = ? AND safe = 0
       AND written_at IS NOT NULL AND final = 1 AND status NOT IN ('rejected', 'cancelled', 'expired', 'failed')
       AND final_at > ?
     UNION ALL SELECT command_id, final, CASE status WHEN 'queued' THEN due END AS due FROM submission
       WHERE lane = ? AND digest = ? AND safe = 0 AND final = 0
       AND ABS(COALESCE(CASE status WHEN 'queued' THEN due END, ?) - ?) <= ? LIMIT 1`,
    item.lane,
    item.digest,
    wanted - window,
    item.lane,
    item.digest,
    now,
    wanted,
    window,
  )
}

function insertQueued(tx: Tx, item: NewSubmission, of: OfRequest, now: number): SubmissionRow {
  if (item.supersedes) supersede(tx, item, now)
  if (item.counter !== null) useCounter(tx, item.device as string, item.counter)
  const row = insertRow<SubmissionRow>(tx, 'submission', {
    ...asked(item, of),
    message_id: item.messageId,
    lane: item.lane,
    recipient: item.recipient,
    text: item.text,
    digest: item.digest,
    safe: item.safe ? 1 : 0,
    unproven: item.unproven ? 1 : 0,
    priority: item.priority,
    status: 'queued',
    sms_status: 'queued',
    expect: item.expect,
    within: item.withinMs,
    spec: JSON.stringify(item.spec ?? null),
    route: item.route,
    gap: item.gapMs,
    alphabet: item.ring === null ? alphabetOf(item.segments) : null,
    parts: item.segments.length,
    report: item.report ? 1 : 0,
    queued_at: now,
    send_at: item.sendAt,
    due: item.sendAt,
    made_for: item.madeFor?.subject ?? null,
    made_from: item.madeFor?.print ?? null,
    expires_at: item.expiresAt,
    ring: item.ring,
    message_class: item.messageClass,
    last: item.steps.length,
    joins: item.joins && JSON.stringify(item.joins),
    held: item.held ? 1 : 0,
  })
  noteSent(tx, row)
  item.segments.forEach((text, i) => {
    const [shown, slot] = item.private ? [null, keepSecret(tx, text)] : [text, null]
    tx.run('INSERT INTO segment (submission, part, text, slot) VALUES (?, ?, ?, ?)', row.seq, i + 1, shown, slot)
  })
  insertSteps(tx, row.seq, item.steps)
  if (item.device !== null) beginChange(tx, item.device, item.commandId, item.changes)
  const list = item.sendAt === null ? 'queued' : 'scheduled'
  tx.run(
    `INSERT INTO client (id, ${list}) VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET ${list} = client.${list} + 1`,
    item.client,
  )
  if (item.sendAt === null) touchLane(tx, item.lane)
  if (item.device !== null) emitResult(tx, row, now)
  emitSmsStatus(tx, row, now)
  if (item.sendAt !== null) {
    // It is in no lane before its time.
    tx.ring('deadlines')
    return row
  }
  if (item.priority >= 2) overtake(tx, item.lane, now)
  refreshLane(tx, item.lane, now)
  return row
}

/** Of states queued for the same property at the same time, the last one supersedes the others; pulses are all sent. */
function supersede(tx: Tx, item: NewSubmission, now: number): void {
  const older = tx.all<SubmissionRow>(
    `SELECT * FROM submission WHERE lane = ? AND ${item.sendAt === null ? isInLane : `${isScheduled} AND due = ?`}
       AND safe = 1 AND verb = 'set' AND property = ?`,
    item.lane,
    ...(item.sendAt === null ? [] : [item.sendAt]),
    item.property,
  )
  for (const row of older) happen(tx, row, { type: 'cancelled', reason: `superseded by ${item.commandId}`, now })
}

function insertRefused(tx: Tx, item: NewSubmission | Refusal, error: ErrorReport, of: OfRequest, now: number): Ended {
  const { status, reason } = item.error === undefined ? ({ status: 'rejected', reason: null } as const) : item
  const row = insertRow<SubmissionRow>(tx, 'submission', {
    ...asked(item, of),
    recipient: item.recipient,
    // By it the texts to a number are found.
    lane: item.device === null && item.recipient !== null ? `n:${item.recipient}` : null,
    text: item.text,
    status,
    sms_status: status,
    final: 1,
    ok: status === 'cancelled' ? null : 0,
    reason,
    error: status === 'cancelled' ? null : JSON.stringify(error),
    queued_at: now,
    final_at: now,
  })
  const isKept = mayKeepRefusal(tx, item.client, now)
  emitRefused(tx, row, isKept, now)
  // Answered, without a row for ninety days.
  if (isKept) noteSent(tx, row)
  else tx.run('DELETE FROM submission WHERE seq = ?', row.seq)
  return { row, isKept }
}

/** What all items of a request have in common. */
interface OfRequest {
  readonly ref: EnqueueArgs['ref']
  readonly batch: string | null
}

/** The columns of the request. */
const asked = (item: NewSubmission | Refusal, { ref, batch }: OfRequest) => ({
  command_id: item.commandId,
  client: item.client,
  scope: ref?.scope ?? null,
  ref: item.ref,
  ref_hash: ref?.hash ?? null,
  response: item.response && JSON.stringify(item.response),
  device: item.device,
  verb: item.verb,
  command: item.command,
  property: item.property,
  value: JSON.stringify(item.value ?? null),
  args: item.args && JSON.stringify(item.args),
  private: item.private ? 1 : 0,
  batch,
})
