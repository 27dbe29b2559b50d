import type { Value, Values } from '../message/values.ts'
import { piecesOf } from './command-text.ts'
import { type Device, parameterContext } from './device.ts'
import type { SmsLimits } from './dialect.ts'
import { findCommand } from './find-command.ts'
import { assertFits } from './fits.ts'
import { own } from './own.ts'
import { type TakenParameters, takeParameters } from './parameters.ts'
import type { Command, Proof } from './schema/command.ts'
import { maskedOf, textOf } from './template.ts'
import { fitted } from './vocabulary.ts'

export interface ComposeContext {
  /** ISO 8601 with offset. */
  readonly now: string
  /** For `{counter}`: commands of this device so far. */
  readonly counter?: number
}

/** A command as it will be sent, with everything that the flows need to know of it. */
export interface Composed {
  readonly command: string
  readonly label: string
  /** The texts of one act, in order; none when the act is a call. */
  readonly texts: readonly ComposedText[]
  /** Seconds of ringing; null when the act is a text. */
  readonly ring: number | null
  /** All parameters, those left to their defaults too: what `readAnswer` needs back. */
  readonly params: Values
  /** The same with secrets as `***`. */
  readonly shown: Values
  readonly repeat: 'safe' | 'never'
  /** Seconds in which the same command is refused. */
  readonly repeatWindow: number | null
  /** Why a confirmation is needed; null when none is. */
  readonly danger: string | null
  readonly ttl: number | null
  readonly reply: ReplySpec
  /** What holds once the device accepted. */
  readonly sets: Values
  readonly asks: readonly string[]
  /** The repeating alarm that this acknowledges. */
  readonly cancels: string | null
  /** Settings that change once accepted, with their new values. */
  readonly secrets: Readonly<Record<string, string>>
  readonly limits: SmsLimits
  readonly proof: Proof
  /** What silence may mean, in the maker's words. */
  readonly silence: string | null
}

export interface ComposedText {
  readonly text: string
  readonly masked: string
  /** Seconds after the text before. */
  readonly wait: number
}

export interface ReplySpec {
  readonly expect: 'none' | 'optional' | 'required'
  /** Seconds from the delivery report, else from sending. */
  readonly within: number
  readonly afterPending: number
  /** How many texts make one answer, and the seconds from the first to the last. */
  readonly texts: number
  readonly withinTexts: number
  readonly anyText: boolean
}

/** Seconds that a device may take to answer when its profile says nothing. */
const patience = 120

/** Fails with unknown_command, out_of_range, not_allowed, encoding_error or text_too_long. */
export function composeCommand(device: Device, name: string, given: unknown, context: ComposeContext): Composed {
  const { key, command } = findCommand(device, name)
  const taken = takeParameters(key, command, given, parameterContext(device, context.now))
  const counter = context.counter ?? 0
  const texts = textsOf(device, key, command, taken, context)
  for (const { text } of texts) assertFits(key, text, device.dialect.sms)
  const { reply } = command
  const values = usesCounter(command) ? { ...taken.values, counter } : taken.values
  const secret = (param: string): boolean => own(command.params, param)?.secret === true
  return {
    command: key,
    label: command.label ?? key.replaceAll('_', ' '),
    texts,
    ring: command.ring?.seconds ?? null,
    params: values,
    shown: mapValues(values, (value, param) => (secret(param) && value !== null ? '***' : value)),
    repeat: command.repeat,
    repeatWindow: command.repeat_window ?? null,
    danger: command.danger ?? null,
    ttl: command.ttl ?? null,
    reply: {
      expect: reply.expect,
      within: reply.within ?? device.timing.reply ?? patience,
      afterPending: reply.after_pending,
      texts: reply.texts,
      withinTexts: reply.within_texts,
      anyText: reply.any_text,
    },
    sets: setsOf(command, taken.values),
    asks: command.asks,
    cancels: command.cancels ?? null,
    secrets: mapValues(command.secret, (param) => taken.wires[param] ?? ''),
    limits: device.dialect.sms,
    proof: command.proof,
    silence: device.dialect.silence,
  }
}

function textsOf(
  device: Device,
  name: string,
  command: Command,
  taken: TakenParameters,
  context: ComposeContext,
): ComposedText[] {
  if (command.steps === undefined) {
    const pieces = piecesOf(device, command, taken, context.counter ?? 0)
    return pieces === null ? [] : [{ text: textOf(pieces), masked: maskedOf(pieces), wait: 0 }]
  }
  return command.steps.flatMap((step) => {
    const inner = findCommand(device, step.command).command
    const params = mapValues(step.params, (value) => fillIn(value, taken.values))
    const stepTaken = takeParameters(`${name}: ${step.command}`, inner, params, parameterContext(device, context.now))
    return textsOf(device, name, inner, stepTaken, context).map((text) => ({ ...text, wait: step.wait }))
  })
}

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
