import { type Answer, readAnswer } from '../device/answer.ts'
import type { Device } from '../device/device.ts'
import { publicValues } from '../device/mask.ts'
import type { ReadContext } from '../device/read.ts'
import type { AnswerSpec } from '../message/answer-spec.ts'
import type { Values } from '../message/values.ts'
import type { OpenCommand } from '../store/open-commands.ts'
import type { Settlement } from '../store/settle-text.ts'

/** What a text means for the commands of its device. */
export interface Correlation {
  readonly settlement: Settlement | null
  readonly answer: Answer | null
  /** What holds now because the device accepted. */
  readonly sets: Values
  /** The text was sent before the open command: news, not an answer. */
  readonly lateFor: string | null
}

export const nothing: Correlation = { settlement: null, answer: null, sets: {}, lateFor: null }

interface Candidate {
  readonly command: OpenCommand
  readonly spec: AnswerSpec
  readonly answer: Answer
}

/** The SMSC's time stamps have whole seconds, and its clock is known roughly (design section 3, lanes). */
const graceMs = 2_000

/**
 * Ties a text to the command that it answers. A text from before the command left answers nothing; what could answer
 * two different commands answers neither.
 */
export function correlate(
  device: Device,
  text: string,
  sentAt: number,
  context: ReadContext,
  commands: readonly OpenCommand[],
): Correlation {
  const written = commands.filter((command) => command.writtenAt !== null && command.spec !== null)
  const timely = written.filter((command) => sentAt + graceMs >= (command.writtenAt as number))
  const early = written.find((command) => !command.final && !timely.includes(command))
  const fitting = timely.flatMap((command) => candidateOf(device, command, text, context))
  const open = fitting.find(({ command }) => !command.final)
  const ended = fitting.filter(({ command, answer }) => command.final && !answer.any)
  if (open === undefined) {
    const late = ended.sort((a, b) => b.command.seq - a.command.seq)[0]
    if (late === undefined) return { ...nothing, lateFor: early?.commandId ?? null }
    return { ...nothing, answer: late.answer, settlement: settlementOf(late, 'late'), sets: setsOf(late) }
  }
  if (open.answer.any && ended.length > 0) {
    const late = ended[0] as Candidate
    return { ...nothing, answer: late.answer, settlement: settlementOf(late, 'late'), sets: setsOf(late) }
  }
  const rival = ended.find(({ command }) => command.digest !== open.command.digest && command.mayAnswerUntil >= sentAt)
  if (rival !== undefined) return { ...nothing, answer: open.answer, settlement: settlementOf(open, 'mismatch') }
  return { ...nothing, answer: open.answer, settlement: settlementOf(open, verdictOf(open)), sets: setsOf(open) }
}

/** What the command brings about, once the device has said yes in words that are known. */
function setsOf({ spec, answer }: Candidate): Values {
  return answer.verdict === 'accepted' && !answer.any ? spec.sets : {}
}

function candidateOf(device: Device, command: OpenCommand, text: string, context: ReadContext): Candidate[] {
  const { spec } = command
  if (spec === null) return []
  if (!command.final && command.expect === 'none') return []
  const answer = readAnswer(device, { command: spec.command, params: spec.params, text: '' }, text, context)
  return answer.verdict === 'none' ? [] : [{ command, spec, answer }]
}

function verdictOf({ command, spec, answer }: Candidate): 'accepted' | 'refused' | 'pending' | 'partial' {
  if (answer.verdict === 'refused' || answer.verdict === 'pending') return answer.verdict
  const texts = (command.reason === 'partial' ? (command.reply?.texts ?? 1) : 0) + 1
  return texts < spec.texts ? 'partial' : 'accepted'
}

function settlementOf({ command, spec, answer }: Candidate, verdict: Settlement['verdict']): Settlement {
  return {
    seq: command.seq,
    verdict,
    ok: verdict === 'refused' ? false : answer.any ? null : true,
    reply: { text: answer.masked, parsed: publicValues(answer), matched_by: answer.by },
    waitMs: verdict === 'partial' ? spec.withinTextsMs : spec.afterPendingMs,
    learned: verdict === 'accepted' && !answer.any ? spec.secrets : {},
  }
}
