import type { Value, Values } from '../../message/values.ts'
import { own } from '../../util/own.ts'
import { type Device, parameterContext } from '../device.ts'
import { spokenTo } from '../layers.ts'
import { type TakenParameters, takeParameters } from '../parameters/parameters.ts'
import type { SmsLimits } from '../profile/dialect.ts'
import type { Command, Proof } from '../schema/command.ts'
import { maskedOf, textOf } from '../schema/template.ts'
import { fitted } from '../vocabulary/vocabulary.ts'
import { piecesOf, type Shared, sharedOf } from './command-text.ts'
import { findCommand } from './find-command.ts'
import { assertFits } from './fits.ts'

export interface ComposeContext {
  /** ISO 8601 with offset. */
  readonly now: string
  /** For `{counter}`: commands of this device so far. */
  readonly counter?: number
}

/** A command as it will be sent, with everything that the flows need. */
export interface Composed {
  readonly command: string
  readonly label: string
  /** The texts of the command, in order; none when it is a call. */
  readonly texts: readonly ComposedText[]
  /** Seconds of ringing; null when it is a text. */
  readonly ring: number | null
  /** All parameters, defaults included, as `readAnswer` needs them. */
  readonly params: Values
  /** The same with secrets as `***`. */
  readonly shown: Values
  readonly repeat: 'safe' | 'never'
  /** Seconds in which the same command is refused. */
  readonly repeatWindow: number | null
  /** Why a confirmation is needed; null when none is. */
  readonly danger: string | null
  readonly ttl: number | null
  /** The expected reply at the end. */
  readonly reply: ReplySpec
  /** Values that hold once the device has accepted. */
  readonly sets: Values
  readonly asks: readonly string[]
  /** The repeating alarm that this acknowledges. */
  readonly cancels: string | null
  /** Settings that change once the device has accepted, with their new values. */
  readonly secrets: Readonly<Record<string, string>>
  /** How it may share a text with other commands; null when it may not. */
  readonly shared: Shared | null
  /** It is sent in the device's window only. */
  readonly inWindow: boolean
  readonly limits: SmsLimits
  readonly proof: Proof
  /** What a missing answer may mean, from the manufacturer's manual. */
  readonly silence: string | null
}

/** One text of a command, and the reply expected after it. */
export interface ComposedText {
  readonly text: string
  readonly masked: string
  /** Sent after the outcome of the previous text, or only when that failed. */
  readonly goes: 'then' | 'else'
  /** Seconds after that. */
  readonly wait: number
  /** The command whose answer it gets. */
  readonly command: string
  readonly params: Values
  readonly reply: ReplySpec
  /** Settings that hold once it is accepted. */
  readonly secrets: Readonly<Record<string, string>>
}

export interface ReplySpec {
  readonly expect: 'none' | 'optional' | 'required'
  /** Seconds from the delivery report, else from sending. */
  readonly within: number
  readonly afterPending: number
  /** How many texts make up an answer, and the seconds from the first to the last. */
  readonly texts: number
  readonly withinTexts: number
  readonly anyText: boolean
}

/** How long a device may take to answer, unless its profile has a time. */
const defaultReplySeconds = 120

/** Fails with unknown_command, out_of_range, not_allowed, encoding_error or text_too_long. */
export function composeCommand(known: Device, name: string, given: unknown, context: ComposeContext): Composed {
  const device = spokenTo(known)
  const { key, command } = findCommand(device, name)
  const taken = takeParameters(key, command, given, parameterContext(device, context.now))
  const counter = context.counter ?? 0
  const values = usesCounter(command) ? { ...taken.values, counter } : taken.values
  const steps = stepsOf(device, key, command, taken, context)
  const whole = { key, command, taken, values, secrets: secretsOf(command, taken) }
  const texts = steps.length > 0 ? inSteps(device, whole, steps) : attempts(device, whole, counter)
  for (const { text } of texts) assertFits(key, text, device.dialect.sms)
  const secret = (param: string): boolean => command.params[param]?.secret === true
  return {
    command: key,
    label: command.label ?? key.replaceAll('_', ' '),
    texts,
    ring: command.ring?.seconds ?? null,
    params: values,
    shown: mapValues(values, (value, param) => (secret(param) && value !== null ? '***' : value)),
    repeat: command.repeat,
    repeatWindow: command.repeat_window ?? null,
    danger: command.danger ?? steps.find((step) => step.command.danger !== undefined)?.command.danger ?? null,
    ttl: command.ttl ?? null,
    reply: texts.at(-1)?.reply ?? replyOf(device, command),
    sets: setsOf(command, taken.values),
    asks: command.asks,
    cancels: command.cancels ?? null,
    secrets: Object.assign({}, whole.secrets, ...steps.map(({ secrets }) => secrets)) as Record<string, string>,
    shared: sharedOf(device, command, taken, counter),
    inWindow: isInWindow(device, command),
    limits: device.dialect.sms,
    proof: command.proof,
    silence: device.dialect.silence,
  }
}

/** A command with its parameters as sent. */
interface Part {
  readonly key: string
  readonly command: Command
  readonly taken: TakenParameters
  readonly values: Values
  readonly secrets: Readonly<Record<string, string>>
}

interface Step extends Part {
  readonly wait: number
}

function stepsOf(
  device: Device,
  name: string,
  command: Command,
  taken: TakenParameters,
  context: ComposeContext,
): Step[] {
  return (command.steps ?? []).map((step) => {
    const { key, command: inner } = findCommand(device, step.command)
    const params = mapValues(step.params, (value) => fillIn(value, taken.values))
    const innerTaken = takeParameters(`${name}: ${key}`, inner, params, parameterContext(device, context.now))
    const { values } = innerTaken
    return { key, command: inner, taken: innerTaken, values, secrets: secretsOf(inner, innerTaken), wait: step.wait }
  })
}

/** The texts of one command: each waits for the answer to the previous one. */
function inSteps(device: Device, whole: Part, steps: readonly Step[]): ComposedText[] {
  return steps.map((step, i) => {
    const text = textOfPart(device, step, 0)
    const isLast = i === steps.length - 1
    const answers = isLast && whole.command.reply.expect !== 'none' ? whole : step
    const secrets = isLast ? { ...step.secrets, ...whole.secrets } : step.secrets
    return { ...text, ...answerOf(device, answers), secrets, wait: step.wait }
  })
}

/**
 * One text; where the device may have either of two passwords, a harmless command that is answered is sent with the old
 * one first, and after silence or a refusal with the other. The one that is answered is right.
 */
function attempts(device: Device, part: Part, counter: number): ComposedText[] {
  if (part.command.text === undefined) return []
  const first = { ...textOfPart(device, part, counter), ...answerOf(device, part), secrets: part.secrets, wait: 0 }
  const { repeat, danger, reply, asks } = part.command
  const isAnswered = reply.expect === 'required' || (reply.expect === 'optional' && asks.length > 0)
  const harmless = isAnswered && repeat === 'safe' && danger === undefined
  const doubtful = Object.entries(device.pending).flatMap(([name, { value, doubt }]) => (doubt ? [[name, value]] : []))
  if (!harmless || doubtful.length === 0) return [first]
  const other = Object.fromEntries(doubtful) as Record<string, string>
  const second = textOfPart({ ...device, settings: { ...device.settings, ...other } }, part, counter)
  if (second.text === first.text) return [first]
  const present = Object.fromEntries(Object.keys(other).map((name) => [name, device.settings[name] ?? '']))
  return [
    { ...first, secrets: present },
    { ...first, ...second, goes: 'else', secrets: other },
  ]
}

function textOfPart(device: Device, { command, taken }: Part, counter: number) {
  const pieces = piecesOf(device, command, taken, counter) ?? []
  return { text: textOf(pieces), masked: maskedOf(pieces), goes: 'then' as const }
}

const answerOf = (device: Device, { key, command, values }: Part) => ({
  command: key,
  params: values,
  reply: replyOf(device, command),
})

function replyOf({ timing }: Device, { reply }: Command): ReplySpec {
  return {
    expect: reply.expect,
    within: reply.within ?? timing.reply ?? defaultReplySeconds,
    afterPending: reply.after_pending,
    texts: reply.texts,
    withinTexts: reply.within_texts,
    anyText: reply.any_text,
  }
}

/** The whole device has a window, unless single commands are marked as having it. */
function isInWindow({ timing, dialect }: Device, command: Command): boolean {
  if (timing.window === undefined) return false
  return command.in_window || !Object.values(dialect.commands).some(({ in_window }) => in_window)
}

const secretsOf = (command: Command, { wires }: TakenParameters): Record<string, string> =>
  mapValues(command.secret, (param) => wires[param] ?? '')

const usesCounter = (command: Command): boolean => command.text?.source.includes('{counter') ?? false

/** Names and values of `sets` may hold parameters: `output_{output}: "{state}"`. */
function setsOf(command: Command, values: Values): Record<string, Value> {
  const entries = Object.entries(command.sets).map(
    ([field, value]) => [fillIn(field, values), fillIn(value, values)] as const,
  )
  return Object.fromEntries(entries.map(([field, value]) => [field, fitted(field, value)]))
}

export const fillIn = (text: string, values: Values): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(own(values, name) ?? ''))

function mapValues<A, B>(table: Readonly<Record<string, A>>, change: (value: A, key: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key, change(value, key)]))
}
