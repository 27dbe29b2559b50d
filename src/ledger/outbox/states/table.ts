import { Fault } from '../../../message/fault.ts'
import type { SubmissionRow } from '../../rows.ts'
import { columnsOf } from './change.ts'
import { type Effect, effectsOf } from './effects.ts'
import * as end from './ending-rules.ts'
import type { Event, EventName, EventOf } from './event.ts'
import * as reply from './reply-rules.ts'
import * as report from './report-rules.ts'
import type { Rule } from './rule.ts'
import * as send from './sending-rules.ts'
import type { Phase, State } from './state.ts'

/** No effect: too late, or irrelevant in this phase. */
export const ignored = () => null

/** It can't happen in this phase: a defect. */
export const impossible = ({ phase, row }: State, { type }: { readonly type: EventName }): never => {
  throw new Fault('internal', `${row.command_id} is ${phase}: it can't be ${type}`)
}

type Row<E extends EventName> = Readonly<Record<Phase, Rule<E>>>

const _ = ignored
const x = impossible

/** The rule for each event in each phase. */
// biome-ignore format: a table
export const table: { readonly [E in EventName]: Row<E> } = {
  waits:       { scheduled: x,                   queued: send.note,            sending: x,                    between: send.note,            outcome: x,                    doubtful: x,                    released: x,                    unreported: x,                    unanswered: x,                    delivered: x,                    final: x },
  claimed:     { scheduled: x,                   queued: send.claim,           sending: x,                    between: send.claim,           outcome: x,                    doubtful: x,                    released: x,                    unreported: x,                    unanswered: x,                    delivered: x,                    final: x },
  written:     { scheduled: _,                   queued: _,                    sending: send.mark,            between: _,                    outcome: _,                    doubtful: _,                    released: _,                    unreported: _,                    unanswered: _,                    delivered: _,                    final: _ },
  accepted:    { scheduled: _,                   queued: _,                    sending: send.take,            between: _,                    outcome: _,                    doubtful: send.take,            released: send.take,            unreported: _,                    unanswered: _,                    delivered: send.takeKnown,       final: send.takeKnown },
  returned:    { scheduled: _,                   queued: _,                    sending: send.takeBack,        between: _,                    outcome: _,                    doubtful: _,                    released: _,                    unreported: _,                    unanswered: _,                    delivered: _,                    final: _ },
  refused:     { scheduled: _,                   queued: _,                    sending: send.giveUp,          between: _,                    outcome: _,                    doubtful: _,                    released: _,                    unreported: _,                    unanswered: _,                    delivered: _,                    final: _ },
  lost:        { scheduled: _,                   queued: _,                    sending: send.doubt,           between: _,                    outcome: _,                    doubtful: _,                    released: _,                    unreported: _,                    unanswered: _,                    delivered: _,                    final: _ },
  arrived:     { scheduled: _,                   queued: report.arriveUnasked, sending: report.arrive,        between: report.arriveUnasked, outcome: report.arrive,        doubtful: report.arrive,        released: report.arrive,        unreported: report.arrive,        unanswered: report.arrive,        delivered: report.arriveLate,    final: report.arriveEnded },
  undelivered: { scheduled: _,                   queued: _,                    sending: report.miss,          between: _,                    outcome: report.miss,          doubtful: report.miss,          released: report.miss,          unreported: report.miss,          unanswered: report.miss,          delivered: _,                    final: report.missEnded },
  answered:    { scheduled: _,                   queued: reply.answerUnasked,  sending: reply.answer,         between: reply.answer,         outcome: reply.answer,         doubtful: reply.answer,         released: reply.answer,         unreported: reply.answer,         unanswered: reply.answer,         delivered: reply.answer,         final: reply.reportLate },
  declined:    { scheduled: _,                   queued: reply.declineUnasked, sending: reply.decline,        between: reply.decline,        outcome: reply.decline,        doubtful: reply.decline,        released: reply.decline,        unreported: reply.decline,        unanswered: reply.decline,        delivered: reply.decline,        final: reply.reportLate },
  unproven:    { scheduled: _,                   queued: _,                    sending: reply.answerUnproven, between: _,                    outcome: reply.answerUnproven, doubtful: reply.answerUnproven, released: reply.answerUnproven, unreported: reply.answerUnproven, unanswered: reply.answerUnproven, delivered: reply.answerUnproven, final: reply.reportLate },
  begun:       { scheduled: _,                   queued: reply.beginUnasked,   sending: reply.begin,          between: reply.beginUnasked,   outcome: reply.begin,          doubtful: reply.begin,          released: reply.begin,          unreported: reply.begin,          unanswered: reply.begin,          delivered: reply.begin,          final: reply.reportLate },
  mistakable:  { scheduled: _,                   queued: _,                    sending: reply.mistake,        between: _,                    outcome: reply.mistake,        doubtful: reply.mistake,        released: reply.mistake,        unreported: reply.mistake,        unanswered: reply.mistake,        delivered: reply.mistake,        final: reply.reportLate },
  late:        { scheduled: _,                   queued: _,                    sending: _,                    between: _,                    outcome: _,                    doubtful: _,                    released: _,                    unreported: _,                    unanswered: _,                    delivered: _,                    final: reply.reportLate },
  lapsed:      { scheduled: end.comeDue,         queued: end.expire,           sending: end.goesOnWaiting,    between: end.expire,           outcome: end.missOutcome,      doubtful: end.letGo,            released: end.endInDoubt,       unreported: end.endInSilence,     unanswered: end.endInSilence,     delivered: end.endInSilence,     final: _ },
  cancelled:   { scheduled: end.cancel,          queued: end.cancel,           sending: _,                    between: _,                    outcome: _,                    doubtful: _,                    released: _,                    unreported: _,                    unanswered: _,                    delivered: _,                    final: _ },
  overtaken:   { scheduled: _,                   queued: _,                    sending: _,                    between: end.giveWay,          outcome: end.giveWay,          doubtful: end.giveWayInDoubt,   released: _,                    unreported: _,                    unanswered: end.giveWay,          delivered: end.giveWay,          final: _ },
  interrupted: { scheduled: _,                   queued: _,                    sending: end.pickUp,           between: end.goesOn,           outcome: end.goesOn,           doubtful: end.doubtAgain,       released: _,                    unreported: _,                    unanswered: _,                    delivered: _,                    final: _ },
  restored:    { scheduled: end.cancelRestored,  queued: end.cancelRestored,   sending: end.doubtRestored,    between: end.doubtRestored,    outcome: end.doubtRestored,    doubtful: end.doubtRestored,    released: end.doubtRestored,    unreported: end.endRestored,      unanswered: end.endRestored,      delivered: end.endRestored,      final: _ },
  rebooted:    { scheduled: _,                   queued: end.dropUnsafe,       sending: _,                    between: end.dropUnsafe,       outcome: _,                    doubtful: _,                    released: _,                    unreported: _,                    unanswered: _,                    delivered: _,                    final: _ },
}

/** The result of an event: the columns that change, and the effects, in order. */
export interface Next {
  readonly columns: Partial<SubmissionRow>
  readonly effects: readonly Effect[]
}

/** Decides about a submission. null: no effect. */
export function next(state: State, event: Event): Next | null {
  // Every row of the table handles the events of its name.
  const rule = table[event.type][state.phase] as Rule<EventName>
  const move = rule(state, event as EventOf<EventName>)
  if (move === null) return null
  const columns = columnsOf(move.change)
  return { columns, effects: effectsOf(state.row, { ...state.row, ...columns }, move.change, move.effects) }
}
