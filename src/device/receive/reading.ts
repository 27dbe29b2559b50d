import type { Trust } from '../../message/trust.ts'
import type { Values } from '../../message/values.ts'
import { type Device, messagesOf } from '../device.ts'
import { isListed, isSecretSetting, maskStretches, maskText, type Stretch, secretsOf, secretTokens } from '../mask.ts'
import { conclude, type Match } from '../pattern/match.ts'
import { eachPart } from '../pattern/pattern.ts'
import type { TimeContext } from '../readers/dates.ts'
import type { Proof } from '../schema/command.ts'
import type { Message } from '../schema/message.ts'
import { isAlarmName } from './alarm-words.ts'
import { isDangerousEvent, withoutDangers } from './danger.ts'
import { holdsSecret } from './evidence.ts'
import { chunksOf, overlaps } from './lines.ts'
import { tierOf } from './match-message.ts'
import type { TextParts } from './partial.ts'

export interface ReadContext {
  /** When the hub received it, ISO 8601 with offset; null for a text without a date. */
  readonly receivedAt: string | null
  /** When the network accepted the text (TP-SCTS); null when unknown. */
  readonly scts: string | null
}

/** A text as read by one message of the profile. */
export interface Reading {
  readonly message: string
  readonly values: Values
  readonly event: string | null
  readonly level: 'low' | 'normal' | 'high' | null
  /** Seconds within which an equal alarm is a repetition. */
  readonly repeats: number | null
  /** The alarm that this one ends. */
  readonly ends: string | null
  /** Its position in an answer of several texts. */
  readonly part: number | null
  /** The trust that this message requires. */
  readonly trust: Trust | null
  /** The text contains a code of the device. */
  readonly proven: boolean
  readonly proof: Proof
  readonly secretFields: readonly string[]
  /** The text without its secrets. */
  readonly masked: string
  /** How much of the text the message explains; larger is better. */
  readonly weight: number
  /** By patterns of the profile alone, or by what could be proved of a text that they do not explain. */
  readonly reading: 'exact' | 'partial'
  /** The firmware whose words it has; null for those that the profile prints. */
  readonly dialect: string | null
  /** No other words of the profile explain the text as well: they show what the device speaks. */
  readonly isDistinct: boolean
  /** Lines and pairs from which nothing was read, without secrets. */
  readonly unread: readonly string[]
  /** What the message allows to be any words, or does not look at; not for publication. */
  readonly unexplained: string
}

/** What a message has found in a text. What an unproven one finds makes no state dangerous and ends no alarm. */
export function readingOf(
  device: Device,
  name: string,
  message: Message,
  found: Match,
  text: string,
  context: ReadContext,
): Reading {
  const { event: said, rest: _, ...read } = conclude(found, timeContext(device, context), text)
  const event = typeof said === 'string' ? said : (message.event ?? null)
  const isGuess = message.proof === 'unproven'
  const values = isGuess ? withoutDangers(device, read) : read
  const secretFields = Object.keys(values).filter((field) => isListed(field, message.secret))
  return {
    message: name,
    values,
    event: isGuess && event !== null && isDangerousEvent(event) ? null : event,
    level: message.level ?? null,
    repeats: message.repeats ?? null,
    ends: isGuess ? null : (message.ends ?? null),
    part: message.part ?? null,
    trust: message.trust ?? null,
    proven: holdsSecret(device, text, found.spans),
    proof: message.proof,
    secretFields,
    masked: maskMatch(device, text, found, message.secret),
    weight: found.weight,
    reading: isGuess ? 'partial' : 'exact',
    dialect: device.dialect.layer,
    isDistinct: false,
    unread: textsOf(device, text, unreadOf(message, found, text)),
    unexplained: [...anyWordsOf(message, found, text), ...freeWordsOf(message, found)]
      .map(({ from, to }) => text.slice(from, to))
      .join('\n'),
  }
}

/** The parts of a text that its message does not explain: holes for any words, or the whole of it. */
const anyWordsOf = (message: Message, { spans }: Pick<Match, 'spans'>, text: string): Stretch[] =>
  tierOf(message) === 'text'
    ? spans.filter(({ name }) => name === 'rest' || name === '_')
    : [{ from: 0, to: text.length }]

/**
 * Holes of which nobody has proved what their words mean: those without a field of their own, as learned rules have
 * them, and those for any words in a message of the owner's, whatever its field is called.
 */
function freeWordsOf(message: Message, { spans }: Pick<Match, 'spans'>): Stretch[] {
  if (tierOf(message) !== 'text') return []
  const wide = message.source.length > 0 ? [] : wideHolesOf(message)
  return spans.filter(({ by, name }) => by === 'hole' && (/^text_\d+$/.test(name) || wide.includes(name)))
}

/** Hole types that take any words. */
const wideTypes: readonly string[] = ['word', 'line', 'text']

const wideHolesOf = ({ text }: Message): string[] =>
  text.flatMap(({ text: pattern }) =>
    [...eachPart(pattern.parts)].flatMap((part) =>
      part.part === 'hole' && wideTypes.includes(part.type) ? [part.field] : [],
    ),
  )

/** What a message leaves: all of the text in which it has found nothing, or of the rest that its patterns allow. */
function unreadOf(message: Message, { spans }: Match, text: string): Stretch[] {
  const read = spans.filter(({ name }) => name !== 'rest')
  const rests = anyWordsOf(message, { spans: spans.filter(({ name }) => name !== '_') }, text)
  return rests.flatMap((rest) =>
    chunksOf(text.slice(rest.from, rest.to))
      .map(({ from, to }) => ({ from: from + rest.from, to: to + rest.from }))
      .filter((chunk) => !overlaps(chunk, read) && /[\p{L}\p{N}]{2}/u.test(text.slice(chunk.from, chunk.to))),
  )
}

export function timeContext(device: Device, { scts, receivedAt }: ReadContext): TimeContext {
  return { zone: device.timeZone, scts: scts ?? receivedAt }
}

/** The text without secret fields, secret settings and secret tokens. */
export function maskMatch(
  device: Device,
  text: string,
  found: Match,
  secret: readonly string[],
  isSecret = (_name: string) => false,
): string {
  const places: Stretch[] = found.spans.filter(({ by, name }) =>
    by === 'hole' ? isListed(name, secret) : isSecretSetting(device, name) || isSecret(name),
  )
  return maskStretches(text, [...places, ...secretTokens(text, secretsOf(device))])
}

/** Within this time an equal alarm is a repetition, where the profile has no time of its own. */
const repeatsSeconds = 180

/** What could be proved of a text that no message explains. */
export function partialReading(device: Device, text: string, part: TextParts, context: ReadContext): Reading {
  const { found, name, message, event, unread } = part
  const { rest: _, ...values } = conclude(found, timeContext(device, context), text)
  const secret = secretsIn(device)
  const isAlarm = event !== null && (message === null || isAlarmName(event))
  return {
    message: name ?? (values.latitude === undefined ? 'values' : 'location'),
    values,
    event,
    level: message?.level ?? (isAlarm ? 'high' : null),
    repeats: message?.repeats ?? (isAlarm ? repeatsSeconds : null),
    ends: null,
    part: message?.part ?? null,
    trust: message?.trust ?? null,
    proven: holdsSecret(device, text, found.spans),
    proof: message?.proof ?? 'printed',
    secretFields: Object.keys(values).filter((field) => isListed(field, secret)),
    masked: maskMatch(device, text, found, secret),
    weight: found.weight,
    reading: 'partial',
    dialect: device.dialect.layer,
    isDistinct: false,
    unread: textsOf(device, text, unread),
    unexplained: '',
  }
}

/** Fields that some text of the device has and that are not published. */
const secretsIn = (device: Device): string[] => [
  ...Object.values(messagesOf(device)).flatMap(({ secret }) => secret),
  ...Object.values(device.dialect.commands).flatMap(({ reply }) => reply.secret),
]

const textsOf = (device: Device, text: string, stretches: readonly Stretch[]): string[] =>
  stretches.map(({ from, to }) => maskText(device, text.slice(from, to)))
