import { errorReport, Fault } from '../../message/fault.ts'
import type { Document } from '../../message/hub-event.ts'
import type { ReceivedDocument } from '../../message/received.ts'
import { isoTime, type Reply } from '../../message/result.ts'
import type { TrustLevel } from '../../message/trust.ts'
import type { Values } from '../../message/values.ts'
import type { Stamp } from '../../sms/smsc-clock.ts'
import { noteReceived } from '../conversation-rows.ts'
import { changeState, endEvent, isNewEvent, type StateChange } from '../devices/devices.ts'
import { type Learned, learnSettings } from '../devices/learned-settings.ts'
import { learnRoute, noteContradiction, noteQuestion, type Question } from '../devices/sources.ts'
import { learnStamp } from '../gateways/service-centres.ts'
import { openWindow } from '../lanes/lanes.ts'
import { happen } from '../outbox/moves.ts'
import type { Event } from '../outbox/states/event.ts'
import { submission } from '../rows.ts'
import type { Tx } from '../tx.ts'
import { done, keepUnknown } from './inbox.ts'
import { dropText, floodOf, keepNewest } from './strangers.ts'

/** The effect of an answer on its command. */
export interface Settlement {
  readonly seq: number
  readonly verdict: 'accepted' | 'refused' | 'pending' | 'partial' | 'mismatch' | 'late' | 'unverified'
  /** null where the wording does not show success or failure. */
  readonly ok: boolean | null
  /** Reason of a refusal; null where its words name none. */
  readonly reason: string | null
  readonly reply: Reply
  /** Further wait of the command: after a pending answer, or for the other texts of a partial one. */
  readonly waitMs: number
  /** Settings that an accepted change makes current. */
  readonly learned: Readonly<Record<string, Learned>>
}

export interface TextEvent {
  readonly type: string
  readonly level: string | null
  readonly values: Values
  /** Identity of an alarm: repetitions have the same. */
  readonly same: string
  readonly repeatsMs: number
  readonly ends: string | null
  readonly trust: TrustLevel
  /** With less trust than required: it has changed nothing. */
  readonly unverified: boolean
  /** Found in a text that no pattern explains as a whole. */
  readonly isPartial: boolean
  /** The device that brought the text of this one. */
  readonly forwardedBy?: string | undefined
}

/** All effects of a received text, for one transaction. */
export interface TextEffects {
  readonly raws: readonly number[]
  readonly assembly: string | null
  /** Its stamp, for the clock of its service centre. */
  readonly stamp: Stamp
  readonly centre: string | null
  readonly now: number
  readonly incoming: {
    readonly messageId: string
    readonly device: string | null
    readonly sender: string
    readonly gateway: string
    /** Secrets masked. */
    readonly text: string
    readonly trust: TrustLevel
    /** The published document; null for none. */
    readonly document: ReceivedDocument | null
  }
  readonly state: StateChange | null
  /** Of the device that forwarded the text of another one: it is alive. */
  readonly carrier: StateChange | null
  /** From an unknown number, of which only a limited number is published. */
  readonly isStranger: boolean
  /** Not recognised: a text of a device is quarantined. */
  readonly unknown: boolean
  /** An unrecognised text, for the results of commands that wait for an answer. */
  readonly heard: { readonly text: string; readonly hint: string } | null
  readonly settlements: readonly Settlement[]
  /** Settings learned from the text. */
  readonly learned: Readonly<Record<string, Learned>>
  /** Acknowledged alarms: the next one is new. */
  readonly cancels: readonly string[]
  /** The device accepts the commands of its window until then. */
  readonly window: { readonly lane: string; readonly until: number } | null
  readonly events: readonly (TextEvent & { readonly id: string })[]
  /** Texts from before the installation: no events. */
  readonly delayed: boolean
  /** The route of an answer, to be recognised later. */
  readonly route: string | null
  /** The device will be queried to verify this. */
  readonly question: Question | null
  /** It contradicts the text that the device was queried about. */
  readonly contradicts: boolean
}

/**
 * Commits the effects of a text: its row, the state, the answered command, and all events. Only once, whatever the
 * number of readers.
 */
export function settleText(tx: Tx, effects: TextEffects): { readonly isFlood: boolean | null } {
  const { incoming, now } = effects
  if (!done(tx, effects.raws)) return { isFlood: null }
  learnStamp(tx, effects.centre, effects.stamp)
  const document = JSON.stringify(incoming.document)
  const isFlood = effects.isStranger ? floodOf(tx, incoming.sender, now) : null
  const filed = tx.one<{ id: number }>(
    `INSERT INTO incoming (message_id, device, sender, gateway, text, document, received_at, trust)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
    incoming.messageId,
    incoming.device,
    incoming.sender,
    incoming.gateway,
    incoming.text,
    document,
    now,
    incoming.trust,
  ) as { id: number }
  noteReceived(tx, { ...incoming, ...filed, receivedAt: now })
  if (effects.isStranger) keepNewest(tx, incoming.sender)
  if (isFlood !== null) {
    dropText(tx, effects, isFlood)
    return { isFlood }
  }
  if (incoming.document !== null)
    tx.emit({ kind: 'received', subject: '', data: incoming.document }, { text: document })
  // Before the result: its readers find the new state already, and an opening gate does not show its old state before
  // `open`.
  const older = effects.state !== null && changeState(tx, effects.state).delayed
  if (effects.carrier !== null) changeState(tx, effects.carrier)
  for (const settlement of effects.settlements) settleAnswer(tx, settlement, incoming.messageId, now)
  if (effects.window !== null) openWindow(tx, effects.window.lane, effects.window.until, now)
  const delayed = effects.delayed || older
  if (incoming.device !== null) {
    learnSettings(tx, incoming.device, effects.learned)
    for (const alarm of effects.cancels) endEvent(tx, incoming.device, alarm)
    for (const event of effects.events) emitEvent(tx, incoming.device, event, effects, delayed)
    if (effects.route !== null) learnRoute(tx, incoming.device, effects.route, now)
    if (effects.question !== null) noteQuestion(tx, incoming.device, effects.question)
    if (effects.contradicts) noteContradiction(tx, incoming.device)
  }
  if (effects.heard !== null) {
    tx.run(
      `UPDATE submission SET heard = ? WHERE lane = ? AND final = 0 AND written_at IS NOT NULL AND expect <> 'none'`,
      JSON.stringify(effects.heard),
      `d:${incoming.device}`,
    )
  }
  if (effects.unknown && incoming.device !== null)
    keepUnknown(tx, effects.raws, { message_id: incoming.messageId, device: incoming.device, text: incoming.text })
  if (effects.assembly !== null) tx.run('DELETE FROM part WHERE assembly = ?', effects.assembly)
  return { isFlood }
}

function emitEvent(
  tx: Tx,
  device: string,
  event: TextEvent & { id: string },
  effects: TextEffects,
  delayed: boolean,
): void {
  const isNew = isNewEvent(tx, device, event.same, event.repeatsMs, effects.now)
  if (event.ends !== null) endEvent(tx, device, event.ends)
  if (event.repeatsMs > 0 && !isNew) return
  const data = deviceEvent(event, effects.incoming.messageId, effects.now, delayed)
  tx.emit({ kind: 'device_event', subject: device, data })
}

type EventFacts = Pick<TextEvent, 'type' | 'level' | 'values' | 'trust' | 'unverified'> &
  Partial<Pick<TextEvent, 'isPartial' | 'forwardedBy'>>

/** An event of a device; every key that templates use is always present. */
export function deviceEvent(
  { type, id, level, values, trust, unverified, isPartial = false, forwardedBy }: EventFacts & { readonly id: string },
  messageId: string,
  now: number,
  delayed: boolean,
): Document {
  const received = { message_id: messageId, received_at: isoTime(now), delayed }
  const proof = { trust, ...(unverified && { unverified }), ...(isPartial && { reading: 'partial' }) }
  const by = forwardedBy === undefined ? {} : { forwarded_by: forwardedBy }
  return { event_type: type, id, ...(level !== null && { level }), ...values, ...proof, ...by, ...received }
}

function settleAnswer(tx: Tx, settlement: Settlement, messageId: string, now: number): void {
  const row = submission(tx, settlement.seq)
  if (row === undefined) return
  if (row.device !== null) learnSettings(tx, row.device, settlement.learned)
  happen(tx, row, answerEvent(settlement, messageId, now))
}

function answerEvent({ verdict, ok, reason, reply, waitMs }: Settlement, messageId: string, now: number): Event {
  const text = { reply, messageId, now }
  switch (verdict) {
    case 'accepted':
      return { type: 'answered', ok, ...text }
    case 'refused': {
      const error = errorReport(new Fault('device_error', `the device refused: ${reply.text}`))
      return { type: 'declined', reason, error, ...text }
    }
    case 'unverified':
      return { type: 'unproven', ...text }
    case 'pending':
    case 'partial':
      return { type: 'begun', verdict, ok, waitMs, ...text }
    case 'mismatch': {
      const error = errorReport(new Fault('reply_mismatch', `"${reply.text}" may answer more than one command`))
      return { type: 'mistakable', error, ...text }
    }
    case 'late':
      return { type: 'late', ...text }
  }
}
