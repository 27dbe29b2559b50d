import { errorReport, Fault } from '../../message/fault.ts'
import type { Document } from '../../message/hub-event.ts'
import { isoTime, type Reply } from '../../message/result.ts'
import type { TrustLevel } from '../../message/trust.ts'
import type { Values } from '../../message/values.ts'
import { changeState, endEvent, isNewEvent, type StateChange } from '../devices/devices.ts'
import { type Learned, learnSettings } from '../devices/learned-settings.ts'
import { learnRoute, noteContradiction, noteQuestion, type Question } from '../devices/sources.ts'
import { openWindow } from '../lanes/lanes.ts'
import { happen } from '../outbox/moves.ts'
import type { Event } from '../outbox/states/event.ts'
import { submission } from '../rows.ts'
import type { Tx } from '../tx.ts'

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

/** What a text or a call does to its device and to the commands that wait for it. */
export interface DeviceEffects {
  readonly state: StateChange | null
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

export interface Heard {
  /** null for a call. */
  readonly messageId: string | null
  readonly now: number
}

/**
 * State, commands and events. The state is before the result: its readers find the new state already, and an opening
 * gate does not show its old state before `open`.
 */
export function settleDevice(tx: Tx, device: string | null, effects: DeviceEffects, heard: Heard): void {
  const older = effects.state !== null && changeState(tx, effects.state).delayed
  for (const settlement of effects.settlements) settleAnswer(tx, settlement, heard)
  if (effects.window !== null) openWindow(tx, effects.window.lane, effects.window.until, heard.now)
  if (device === null) return
  learnSettings(tx, device, effects.learned)
  for (const alarm of effects.cancels) endEvent(tx, device, alarm)
  for (const event of effects.events) emitEvent(tx, device, event, heard, effects.delayed || older)
  if (effects.route !== null) learnRoute(tx, device, effects.route, heard.now)
  if (effects.question !== null) noteQuestion(tx, device, effects.question)
  if (effects.contradicts) noteContradiction(tx, device)
}

function emitEvent(
  tx: Tx,
  device: string,
  event: TextEvent & { id: string },
  { messageId, now }: Heard,
  delayed: boolean,
): void {
  const isNew = isNewEvent(tx, device, event.same, event.repeatsMs, now)
  if (event.ends !== null) endEvent(tx, device, event.ends)
  if (event.repeatsMs > 0 && !isNew) return
  const data = deviceEvent(event, messageId, now, delayed)
  tx.emit({ kind: 'device_event', subject: device, data })
}

type EventFacts = Pick<TextEvent, 'type' | 'level' | 'values' | 'trust' | 'unverified'> &
  Partial<Pick<TextEvent, 'isPartial' | 'forwardedBy'>>

/** An event of a device; every key that templates use is always present. */
export function deviceEvent(
  { type, id, level, values, trust, unverified, isPartial = false, forwardedBy }: EventFacts & { readonly id: string },
  messageId: string | null,
  now: number,
  delayed: boolean,
): Document {
  const received = { message_id: messageId, received_at: isoTime(now), delayed }
  const proof = { trust, ...(unverified && { unverified }), ...(isPartial && { reading: 'partial' }) }
  const by = forwardedBy === undefined ? {} : { forwarded_by: forwardedBy }
  return { event_type: type, id, ...(level !== null && { level }), ...values, ...proof, ...by, ...received }
}

function settleAnswer(tx: Tx, settlement: Settlement, { messageId, now }: Heard): void {
  const row = submission(tx, settlement.seq)
  if (row === undefined) return
  if (row.device !== null) learnSettings(tx, row.device, settlement.learned)
  happen(tx, row, answerEvent(settlement, { messageId, now }))
}

function answerEvent({ verdict, ok, reason, reply, waitMs }: Settlement, { messageId, now }: Heard): Event {
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
