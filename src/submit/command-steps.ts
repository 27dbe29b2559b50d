import type { Device } from '../device/device.ts'
import type { Composed, ComposedText } from '../device/send/compose-command.ts'
import type { NewStep } from '../ledger/outbox/acts.ts'
import type { NewSubmission } from '../ledger/outbox/new-submission.ts'
import type { AnswerSpec } from '../message/answer-spec.ts'
import { segmentText } from '../sms/segment-text.ts'

/** The texts of one command, one row each, with the expected reply. */
export function actsOf(composed: Composed, device: Device): [NewStep, ...NewStep[]] {
  const { params, command, reply, secrets } = composed
  const ring = { text: '', goes: 'then' as const, wait: 0, command, params, reply, secrets }
  const texts = composed.ring === null ? composed.texts : [ring]
  const alphabet = composed.limits.alphabet === 'ucs2' ? 'auto' : 'gsm7'
  const acts = texts.map((one, i) => ({
    goes: one.goes,
    waitMs: one.wait * 1000,
    segments: composed.ring === null ? segmentText(one.text, { alphabet }).segments.map(({ text }) => text) : [''],
    expect: one.reply.expect,
    // It receives the text when it wakes, and answers after that.
    withinMs: (one.reply.within + (device.timing.wakes?.every ?? 0)) * 1000,
    spec: specOf(one, composed, texts[i + 1]?.goes !== 'then'),
  }))
  return acts as unknown as [NewStep, ...NewStep[]]
}

type Answered = Pick<ComposedText, 'goes' | 'command' | 'params' | 'reply' | 'secrets'>

/** Values hold with the last text of a command. */
function specOf({ goes, command, params, reply, secrets }: Answered, composed: Composed, isLast: boolean): AnswerSpec {
  return {
    command,
    params,
    afterPendingMs: reply.afterPending * 1000,
    texts: reply.texts,
    withinTextsMs: reply.withinTexts * 1000,
    sets: isLast ? composed.sets : {},
    secrets,
    ...(goes === 'else' && { anyTells: true }),
    cancels: isLast ? composed.cancels : null,
    ...(composed.silence !== null && { silence: composed.silence }),
  }
}

/** How it may share a text with other commands of its device. */
export function joinsOf({ shared, limits: { join, maxLength } }: Composed): NewSubmission['joins'] {
  if (shared === null || join === undefined || join === null) return null
  return { ...shared, separator: join.separator, max: join.max ?? null, maxLength: join.max_length ?? maxLength }
}
