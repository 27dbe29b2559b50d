import type { Values } from '../../message/values.ts'
import { own } from '../../util/own.ts'
import { bindingOf, type Device, messagesOf, parameterContext } from '../device.ts'
import { layersOf } from '../layers.ts'
import { isListed, maskStretches, maskText, secretTokens } from '../mask.ts'
import { type TakenParameters, takeParameters } from '../parameters/parameters.ts'
import { type Binding, bind } from '../pattern/bind.ts'
import { loosen } from '../pattern/loosen.ts'
import { conclude, type Match } from '../pattern/match.ts'
import { mayBe } from '../pattern/needed-words.ts'
import { fieldsOf } from '../profile/places.ts'
import { repliesTo, type Verdict, verdicts } from '../profile/replies.ts'
import type { TimeContext } from '../readers/dates.ts'
import { fold } from '../regular/regular.ts'
import type { Command, Refusal, RefusalReason, Wording } from '../schema/command.ts'
import { formatOf, maskedOf, textOf } from '../schema/template.ts'
import { barePieces, counterText, piecesOf } from '../send/command-text.ts'
import { holdsSecret, isQuestion } from './evidence.ts'
import { runsOf, unitsOf } from './lines.ts'
import { firstOf } from './match-message.ts'
import { readForward, readText } from './read.ts'
import { readCall } from './read-call.ts'
import { maskMatch, type ReadContext, type Reading, timeContext } from './reading.ts'
import { isRefusal, reasonIn } from './refusal.ts'

/** A command that waits for its answer, from its `Composed` form. */
export interface OpenCommand {
  readonly command: string
  readonly params: Values
  /** The text that was sent; the last one of several. */
  readonly text: string
}

/** A text as an answer to an open command. */
export interface Answer {
  readonly verdict: 'accepted' | 'refused' | 'pending' | 'none'
  /** Accepted, as what it asks for held before. */
  readonly already: boolean
  /** Reason of a refusal; null where its words name none. */
  readonly reason: RefusalReason | null
  readonly values: Values
  /** A pattern of the command, one of the profile's messages, or any text because the wording is unknown. */
  readonly by: 'pattern' | 'message' | 'any_text' | 'call'
  /** The wording is unknown, and so is whether the command worked. */
  readonly any: boolean
  /** Position in an answer of several texts. */
  readonly part: number | null
  readonly event: string | null
  readonly message: string | null
  /** The alarm that the answer ends. */
  readonly ends: string | null
  /** The text contains a code of the device. */
  readonly proven: boolean
  /** The command or the message that reads it is unproven: whether it worked is unknown. */
  readonly isGuess: boolean
  /** The firmware whose words it has; null for those that the profile prints. */
  readonly dialect: string | null
  /** No other words of the profile are this answer: they show what the device speaks. */
  readonly isDistinct: boolean
  /** Fields that are not published. */
  readonly secretFields: readonly string[]
  /** The text without the secrets of the device and of the command. */
  readonly masked: string
}

/** An open command with its parameters as sent. */
export interface Asked {
  readonly device: Device
  readonly command: Command
  readonly taken: TakenParameters
  readonly counter: number
}

/**
 * Whether the text answers the command. Refusals are tried first, as the wording of some would fit an acceptance. With
 * `any_text`, a text is an answer only if the device does not send it unasked; a forwarded text never is.
 */
export function readAnswer(device: Device, open: OpenCommand, text: string, context: ReadContext): Answer {
  const plain = text.trim()
  const command = own(device.dialect.commands, open.command)
  if (command === undefined || readForward(device, plain) !== null) return none(maskText(device, plain))
  const asked = layersOf(device).flatMap((view): Asked[] => {
    const row = own(view.dialect.commands, open.command)
    return row === undefined ? [] : [askedOf(view, row, open)]
  })
  const time = timeContext(device, context)
  const worded = inWords(asked, plain, time, (wording, binding) =>
    firstOf([wording], (pattern) => bind(pattern, binding), plain),
  )
  if (worded !== null) return worded
  const { reply } = command
  const readings = readText(device, plain, context)
  const read = readings.find(
    (reading) =>
      (reply.reads.includes(reading.message) && isAsked(device, open.command, reading)) ||
      isPlaceFor(device, command, reading),
  )
  if (read !== undefined) return fromMessage(read, isQuestion(device, open.command), command)
  const isExact = readings.some(({ reading }) => reading === 'exact')
  const inLine = isExact ? null : inWords(asked, plain, time, inLines(plain))
  if (inLine !== null) return inLine
  const masked = maskAnswer(asked[0] as Asked, plain, null)
  if (readings.every(({ reading }) => reading === 'partial') && isRefusal(plain))
    return { ...none(masked), verdict: 'refused', reason: reasonIn(plain) }
  if (!reply.any_text || readings.some((reading) => isUnasked(device, reading)) || plain === '') return none(masked)
  return { ...none(masked), verdict: 'accepted', by: 'any_text', any: true }
}

/** Whether the call of the device answers the command: where this reads the message that is a call. */
export function callAnswer(device: Device, name: string, context: ReadContext): Answer {
  const command = own(device.dialect.commands, name)
  const reading = readCall(device, context)
  if (command === undefined || !command.reply.reads.includes(reading.message)) return none(reading.masked)
  return { ...fromMessage(reading, isQuestion(device, name), command), by: 'call' }
}

/** The answer in the words of the first firmware that has them. */
function inWords(
  asked: readonly Asked[],
  text: string,
  time: TimeContext,
  read: (wording: Worded, binding: Binding) => Match | null,
): Answer | null {
  const answers = asked.flatMap((one): Answer[] => {
    const replies = repliesTo(one.device.dialect, one.command)
    const binding = answerBinding(one)
    for (const verdict of verdicts)
      for (const wording of replies[verdict]) {
        const match = read(wording, binding)
        if (match !== null) return [fromPattern(one, verdict, { match, wording }, text, time)]
      }
    return []
  })
  const [first, ...others] = answers
  return first === undefined ? null : { ...first, isDistinct: asked.length > 1 && others.length === 0 }
}

/** What is read of a text in part answers a query and nothing else; an unproven message fits as a whole. */
const isAsked = (device: Device, command: string, { reading, proof, values }: Reading): boolean =>
  reading === 'exact' || proof === 'unproven' || (isQuestion(device, command) && Object.keys(values).length > 0)

type Worded = Wording & Partial<Pick<Refusal, 'reason'>>

interface Found {
  readonly match: Match
  readonly wording: Worded
}

/** An answer with other marks than printed, or in a line of its own. */
function inLines(text: string): (wording: Worded, binding: Binding) => Match | null {
  const lines = runsOf(unitsOf(text)).map(({ from, to }) => {
    const line = text.slice(from, to)
    return { from, line, folded: fold(line) }
  })
  return (wording, binding) => {
    for (const { from, line, folded } of lines) {
      const match = mayBe(wording.text, folded)
        ? firstOf([wording], (pattern) => bind(loosen(pattern), binding), line)
        : null
      if (match === null) continue
      return { ...match, spans: match.spans.map((span) => ({ ...span, from: span.from + from, to: span.to + from })) }
    }
    return null
  }
}

/** A query for the position, by a field or by a message with one, is answered by any position that is not an alarm. */
function isPlaceFor(device: Device, { asks, reply }: Command, { message, values, event }: Reading): boolean {
  const isPlace = values.latitude !== undefined || hasPlace(device, message)
  return event === null && isPlace && (asks.includes('latitude') || reply.reads.some((name) => hasPlace(device, name)))
}

function hasPlace(device: Device, name: string): boolean {
  const message = own(messagesOf(device), name)
  return message !== undefined && fieldsOf(message, device.dialect.items).includes('latitude')
}

/** A text sent unasked. A position in wording that the profile does not know may be the requested one. */
const isUnasked = (device: Device, { message, event, reading }: Reading): boolean =>
  event !== null || (reading === 'exact' && own(messagesOf(device), message) !== undefined)

/** Binding of answers to a command: its parameters, and the settings of the device. */
export const answerBinding = (asked: Asked): Binding => bindingOf(asked.device, (name) => parameterOf(asked, name))

export function askedOf(device: Device, command: Command, open: OpenCommand): Asked {
  const { counter, ...params } = open.params
  return { device, command, taken: takenOf(device, command, open.command, params), counter: Number(counter ?? 0) }
}

/** The parameters as they were accepted; a profile that has changed since may refuse them now. */
function takenOf(device: Device, command: Command, name: string, params: Values): TakenParameters {
  try {
    return takeParameters(name, command, params, parameterContext(device))
  } catch {
    return { values: params, wires: {} }
  }
}

/** The value of `{=name}` in the answer to this command. */
function parameterOf({ device, command, taken, counter }: Asked, name: string): string | null {
  if (name === 'command') return textOf(barePieces(device, command, taken, counter))
  if (name === 'counter') return counterText(counter, formatOf(command.text, 'counter'))
  return own(taken.wires, name) ?? null
}

function fromPattern(asked: Asked, verdict: Verdict, found: Found, text: string, time: TimeContext): Answer {
  const { match, wording } = found
  const { event, ...values } = conclude(match, time, text)
  return {
    ...none(maskAnswer(asked, text, match)),
    verdict: verdict === 'already' ? 'accepted' : verdict,
    already: verdict === 'already',
    reason: verdict === 'refused' ? (wording.reason ?? reasonIn(text)) : null,
    isGuess: asked.command.proof === 'unproven',
    dialect: asked.device.dialect.layer,
    values,
    event: typeof event === 'string' ? event : null,
    proven: holdsSecret(asked.device, text, match.spans),
    secretFields: Object.keys(values).filter((field) => isListed(field, asked.command.reply.secret)),
  }
}

function fromMessage(reading: Reading, isAnswer: boolean, command: Command): Answer {
  const { values, part, event, message, ends, proven, secretFields, masked, dialect, isDistinct } = reading
  return {
    ...none(masked),
    verdict: 'accepted',
    values,
    by: 'message',
    part,
    event,
    message,
    ends,
    proven,
    // A proven message answers a question, however the question itself is known.
    isGuess: reading.proof === 'unproven' || (command.proof === 'unproven' && !isAnswer),
    dialect,
    isDistinct,
    secretFields,
  }
}

const none = (masked: string): Answer => ({
  verdict: 'none',
  already: false,
  reason: null,
  values: {},
  by: 'pattern',
  any: false,
  part: null,
  event: null,
  message: null,
  ends: null,
  proven: false,
  isGuess: false,
  dialect: null,
  isDistinct: false,
  secretFields: [],
  masked,
})

/** Secrets of the settings and of the command itself: in their holes, as tokens, and where the command is echoed. */
function maskAnswer(asked: Asked, text: string, found: Match | null): string {
  const { device, command, taken, counter } = asked
  const secret = Object.keys(command.params).filter((name) => command.params[name]?.secret === true)
  const isSecret = (name: string): boolean => secret.includes(name) || (name === 'command' && secret.length > 0)
  const placed =
    found === null ? maskText(device, text) : maskMatch(device, text, found, command.reply.secret, isSecret)
  const values = secret.flatMap((name) => own(taken.wires, name) || [])
  const plain = maskStretches(placed, secretTokens(placed, values))
  const pieces = piecesOf(device, command, taken, counter) ?? []
  const echo = textOf(pieces)
  return echo === maskedOf(pieces) ? plain : plain.replaceAll(echo, () => maskedOf(pieces))
}
