import type { Device } from '../device/device.ts'
import { publicValues } from '../device/mask.ts'
import { type Answer, callAnswer, readAnswer } from '../device/receive/answer.ts'
import { isQuestion } from '../device/receive/evidence.ts'
import type { ReadContext } from '../device/receive/reading.ts'
import type { OpenCommand } from '../ledger/inbox/open-commands.ts'
import type { Settlement } from '../ledger/inbox/settle-device.ts'
import type { AnswerSpec } from '../message/answer-spec.ts'
import type { Values } from '../message/values.ts'
import { own } from '../util/own.ts'

/** The meaning of a text for the commands of its device. */
export interface Correlation {
  readonly settlements: readonly Settlement[]
  readonly answers: readonly Answer[]
  /** Values that hold because the device has accepted. */
  readonly sets: Values
  /** Alarms that are acknowledged. */
  readonly cancels: readonly string[]
  /** The text was sent before the open command: news, not an answer. */
  readonly lateFor: string | null
  /** By its wording it answers an open command: a query, or another one. */
  readonly answered: 'question' | 'act' | null
  /** One of the commands that it answers is marked as dangerous. */
  readonly danger: boolean
}

export const nothing: Correlation = {
  settlements: [],
  answers: [],
  sets: {},
  cancels: [],
  lateFor: null,
  answered: null,
  danger: false,
}

interface Candidate {
  readonly command: OpenCommand
  readonly spec: AnswerSpec
  readonly answer: Answer
}

/** Times of a text, in ms by the hub's clock. */
export interface TextTimes {
  /** The latest time at which the network can have accepted it. */
  readonly sentAt: number
  readonly receivedAt: number
}

/** Stamps of service centres have whole seconds, and their clocks are known approximately. */
const graceMs = 2_000

/**
 * Matches a text to the command that it answers. A text that existed, or was provably sent, before the command was sent
 * answers nothing; one that could answer two different commands answers neither.
 */
export function correlate(
  device: Device,
  text: string,
  times: TextTimes,
  context: ReadContext,
  commands: readonly OpenCommand[],
): Correlation {
  return correlated(device, times, commands, wordsOf(device, text, context), (together) =>
    answeredTogether(device, text, context, together),
  )
}

/** The same for a call, which no network keeps: it answers while its command waits, or could have been answered. */
export function correlateCall(
  device: Device,
  at: number,
  context: ReadContext,
  commands: readonly OpenCommand[],
): Correlation {
  const waiting = commands.filter(({ final, mayAnswerUntil }) => !final || at <= mayAnswerUntil)
  const read: Read = ({ spec }) => callAnswer(device, spec.command, context)
  return correlated(device, { sentAt: at, receivedAt: at }, waiting, read, () => [])
}

type Read = (command: { readonly spec: AnswerSpec }) => Answer

const wordsOf =
  (device: Device, text: string, context: ReadContext): Read =>
  ({ spec: { command, params } }) =>
    readAnswer(device, { command, params, text: '' }, text, context)

function correlated(
  device: Device,
  { sentAt, receivedAt }: TextTimes,
  commands: readonly OpenCommand[],
  read: Read,
  answeredBySeveral: (commands: readonly OpenCommand[]) => readonly Candidate[],
): Correlation {
  const written = commands.filter((command) => command.writtenAt !== null && command.spec !== null)
  const earliest = Math.min(sentAt + graceMs, receivedAt)
  const timely = written.filter((command) => earliest >= (command.writtenAt as number))
  const early = written.find((command) => !command.final && !timely.includes(command))
  const fitting = timely.flatMap((command) => candidateOf(command, read))
  // A further text of a partial answer is recognised by its wording, whatever was sent since.
  const goesOn = fitting.find(({ command, answer }) => !command.final && command.reason === 'partial' && !answer.any)
  const open = goesOn ?? fitting.find(({ command }) => !command.final)
  const ended = fitting.filter(({ command, answer }) => command.final && !answer.any)
  const together = timely.filter((command) => !command.final && !command.released)
  if (together.length > 1) {
    const answered = answeredBySeveral(together)
    if (answered.length > 0) return settled(device, answered)
  }
  const late = ended.sort((a, b) => sentAfter(a.command, b.command))[0]
  if (open === undefined || (open.answer.any && late !== undefined)) {
    return late === undefined ? { ...nothing, lateFor: early?.commandId ?? null } : settled(device, [late], 'late')
  }
  const others = [...ended, ...fitting.filter(({ command }) => command.released)]
  const isRival = ({ command, answer }: Candidate) =>
    command.digest !== open.command.digest && command.mayAnswerUntil >= sentAt && (!answer.any || open.answer.any)
  const rival = others.find(isRival)
  if (rival !== undefined) return { ...settled(device, [open], 'mismatch'), sets: {}, cancels: [] }
  return settled(device, [open])
}

/**
 * Commands that shared a text, in its order: an answer is for all of them, line by line, or for the first unanswered
 * one that fits.
 */
function answeredTogether(
  device: Device,
  text: string,
  context: ReadContext,
  commands: readonly OpenCommand[],
): Candidate[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  const found: Candidate[] = []
  for (const line of lines) {
    const open = commands.filter((command) => !found.some((one) => one.command.seq === command.seq))
    const fits = open
      .flatMap((command) => candidateOf(command, wordsOf(device, line, context)))
      .find(({ answer }) => !answer.any)
    if (fits !== undefined) found.push(fits)
  }
  if (found.length > 1) return found
  const whole = commands.flatMap((command) => candidateOf(command, wordsOf(device, text, context)))
  const known = whole.find(({ answer }) => !answer.any)
  if (known !== undefined) return [known]
  return found.length > 0 ? found : whole.slice(0, 1)
}

function settled(
  device: Device,
  candidates: readonly Candidate[],
  verdict: 'late' | 'mismatch' | null = null,
): Correlation {
  const agreed = candidates.filter(({ answer }) => answer.verdict === 'accepted' && !answer.any && !answer.isGuess)
  return {
    settlements: candidates.map((one) => settlementOf(device, one, verdict ?? verdictOf(one))),
    answers: candidates.map(({ answer }) => answer),
    sets: Object.assign({}, ...agreed.map(({ spec }) => spec.sets)) as Values,
    cancels: agreed.flatMap(({ spec }) => spec.cancels ?? []),
    lateFor: null,
    answered: verdict === null ? answeredBy(device, candidates) : null,
    danger: candidates.some(({ spec }) => own(device.dialect.commands, spec.command)?.danger !== undefined),
  }
}

/** The order in which they were sent, the last one first. */
const sentAfter = (a: OpenCommand, b: OpenCommand): number =>
  (b.writtenAt as number) - (a.writtenAt as number) || b.seq - a.seq

function answeredBy(device: Device, candidates: readonly Candidate[]): Correlation['answered'] {
  const known = candidates.filter(({ answer }) => !answer.any)
  if (known.length === 0) return null
  return known.every(({ spec }) => isQuestion(device, spec.command)) ? 'question' : 'act'
}

function candidateOf(command: OpenCommand, read: Read): Candidate[] {
  const { spec } = command
  if (spec === null) return []
  if (!command.final && command.expect === 'none') return []
  const answer = read({ spec })
  return answer.verdict === 'none' ? [] : [{ command, spec, answer }]
}

function verdictOf({ command, spec, answer }: Candidate): 'accepted' | 'refused' | 'pending' | 'partial' {
  if (answer.verdict === 'refused' || answer.verdict === 'pending') return answer.verdict
  const texts = (command.reason === 'partial' ? (command.reply?.texts ?? 1) : 0) + 1
  return texts < spec.texts ? 'partial' : 'accepted'
}

function settlementOf(
  device: Device,
  { command, spec, answer }: Candidate,
  verdict: Settlement['verdict'],
): Settlement {
  const isProof = answer.verdict === 'accepted' && !answer.isGuess && (!answer.any || spec.anyTells === true)
  const holds = isProof && verdict !== 'mismatch' && verdict !== 'partial'
  return {
    seq: command.seq,
    verdict,
    ok: verdict === 'refused' ? false : answer.any || answer.isGuess ? null : true,
    reason: answer.reason,
    reply: {
      text: answer.masked,
      parsed: publicValues(answer),
      matched_by: answer.by,
      ...(answer.already && { already: true }),
    },
    waitMs: verdict === 'partial' ? spec.withinTextsMs : spec.afterPendingMs,
    learned: holds ? taken(device, spec.secrets) : {},
  }
}

/** Settings that hold now, each with the value that was configured when the device accepted it. */
function taken({ configured }: Device, secrets: Readonly<Record<string, string>>): Settlement['learned'] {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, value]) => [name, { value, over: own(configured, name) ?? '' }]),
  )
}
