import type { Value } from '../../message/values.ts'
import { bindingOf, commandsOf, type Device, mayUse, messagesOf } from '../device.ts'
import type { Stretch } from '../mask.ts'
import type { Bound } from '../pattern/bind.ts'
import { headOf } from '../pattern/head.ts'
import { loosen } from '../pattern/loosen.ts'
import { type Match, match, nothingFound, readMarks, together } from '../pattern/match.ts'
import { mayBe } from '../pattern/needed-words.ts'
import { eachPart, type Pattern, parsePattern } from '../pattern/pattern.ts'
import { type Piece, piecesIn } from '../pattern/pieces.ts'
import { Programs } from '../profile/dialect.ts'
import { run } from '../regular/machine.ts'
import { fold } from '../regular/regular.ts'
import type { Message } from '../schema/message.ts'
import { fieldOf } from '../vocabulary/vocabulary.ts'
import { type AlarmPhrase, alarmPhrases } from './alarm-phrases.ts'
import { criesIn, isAlarmName, isMeant } from './alarm-words.ts'
import { commonPairs, commonWords } from './common-words.ts'
import { isDangerous, isDangerousEvent } from './danger.ts'
import { isAnswer } from './is-answer.ts'
import { chunksOf, overlaps, runsOf, unitsOf } from './lines.ts'
import { findAny, isExcluded } from './match-message.ts'
import { givesPlaces, placeInText } from './place-in-text.ts'
import { isNoAlarm } from './salvage.ts'

/** What can be proved of a text that no pattern explains as a whole. */
export interface TextParts {
  readonly found: Match
  /** The message of the profile that a part of the text is, or that its alarm belongs to. */
  readonly name: string | null
  readonly message: Message | null
  readonly event: string | null
  /** A whole message of the profile is in it; `isVague`: any other words would be one as well. */
  readonly isMessage: boolean
  readonly isVague: boolean
  /** Messages and answers of their own: words of alarm in them have their meaning. */
  readonly lines: readonly Stretch[]
  /** What nothing was read from. */
  readonly unread: readonly Stretch[]
}

interface Taken {
  found: Match
  readonly claimed: Stretch[]
  /** Whole messages and answers. */
  readonly lines: Stretch[]
}

const noEvent = /^(?:ok|on|off|fail|success|error|normal|no|not|none|0)(?![\p{L}\p{N}])/iu
/** What follows a value that stands alone: the end of its line, a mark, or the next key. */
const alone = /^\s*(?:$|[\r\n,;!]|[\p{L}\p{N} _]{1,20}[:=])/u
/** Occurrences of a key that are read. */
const maxPlaces = 24
/** Letters of a value and the words between it and its key. */
const maxPieceLength = 160
const ownNumbers = /^(?:battery|signal|humidity|fuel|level)$/

/** Whole messages in some of its lines, then pairs, places and words of alarm anywhere. */
export function readParts(device: Device, text: string): TextParts | null {
  const all: Taken = { found: nothingFound, claimed: [], lines: [] }
  const whole = wholeMessages(device, text, all)
  return withRest(device, text, all, whole)
}

/** The same without whole messages: for the rest of a text that a message explains otherwise. */
export function readRest(device: Device, text: string): TextParts | null {
  return withRest(device, text, { found: nothingFound, claimed: [], lines: [] }, null)
}

interface Whole {
  readonly name: string
  readonly message: Message
  readonly event: string | null
  /** Nothing of it holds without a proof of the whole text. */
  readonly isSilent: boolean
  readonly isVague: boolean
}

function withRest(device: Device, text: string, all: Taken, whole: Whole | null): TextParts | null {
  const own = ownPieces(device)
  readPieces(device, text, own, all)
  readPieces(
    device,
    text,
    own.flatMap(({ head, loose }) => (loose === null ? [] : [{ head, pattern: loose }])),
    all,
  )
  readPlace(device, text, all)
  readPieces(device, text, commonPieces, all)
  const rest = all.lines.reduce(
    (left, { from, to }) => left.slice(0, from) + '\n'.repeat(to - from) + left.slice(to),
    text,
  )
  const alarm = whole?.event === null || whole === null ? alarmIn(device, rest) : null
  if (
    Object.keys(all.found.values).length + Object.keys(all.found.times).length === 0 &&
    alarm === null &&
    whole === null
  )
    return null
  const claimed = alarm === null ? all.claimed : [...all.claimed, alarm]
  const values = alarm?.clause === undefined ? {} : { alarm_text: alarm.clause }
  return {
    found: { ...all.found, values: { ...values, ...all.found.values } },
    name: alarm?.name ?? whole?.name ?? null,
    message: alarm?.message ?? whole?.message ?? null,
    event: alarm?.event ?? whole?.event ?? null,
    isMessage: whole !== null,
    isVague: whole?.isVague ?? false,
    lines: all.lines,
    unread: chunksOf(text).filter(
      (chunk) => !overlaps(chunk, claimed) && /[\p{L}\p{N}]/u.test(text.slice(chunk.from, chunk.to)),
    ),
  }
}

/** Messages of the profile, each in lines of its own. */
function wholeMessages(device: Device, text: string, all: Taken): Whole | null {
  const candidates = Object.entries(messagesOf(device)).filter(([, message]) => mayUse(device, message))
  let best: Whole | null = null
  for (const stretch of runsOf(unitsOf(text))) {
    if (overlaps(stretch, all.lines)) continue
    const one = messageIn(device, candidates, text, stretch)
    if (one === null && !isAnswer(device, text.slice(stretch.from, stretch.to), loosen)) continue
    const explained = without(stretch, one?.found.spans ?? [])
    all.lines.push(...explained)
    if (one?.isSilent) continue
    all.claimed.push(...explained)
    if (one === null) continue
    all.found = together(all.found, one.found)
    if (best === null || (best.event === null && one.event !== null)) best = one
  }
  return best
}

/** A stretch without the parts of it that may be any words. */
function without({ from, to }: Stretch, spans: Match['spans']): Stretch[] {
  const parts: Stretch[] = []
  let at = from
  for (const span of spans.filter(({ name }) => name === 'rest' || name === '_').sort((a, b) => a.from - b.from)) {
    if (span.from > at) parts.push({ from: at, to: span.from })
    at = Math.max(at, span.to)
  }
  return at < to ? [...parts, { from: at, to }] : parts
}

export function messageIn(
  device: Device,
  messages: readonly (readonly [string, Message])[],
  text: string,
  stretch: Stretch,
): (Whole & { readonly found: Match }) | null {
  const part = text.slice(stretch.from, stretch.to)
  const folded = fold(part)
  let best: (Whole & { readonly found: Match }) | null = null
  for (const [name, message] of messages) {
    if (message.text.length === 0 || isExcluded(device, message, part)) continue
    for (const { text: pattern, set } of message.text) {
      if (!mayBe(pattern, folded)) continue
      const program = device.dialect.programs.get(loosen(pattern), bindingOf(device))
      const whole = program === null ? null : match(program, part, { set: { ...message.set, ...set } })
      const found = whole === null ? null : findAny(device, message, part, whole)
      if (found === null || (best !== null && found.weight <= best.found.weight)) continue
      const { event: named, rest: _, ...values } = found.values
      const event = typeof named === 'string' ? named : (message.event ?? null)
      if (event !== null && noEvent.test(text.slice(stretch.to).trimStart())) continue
      const isSilentEvent = event !== null && isDangerousEvent(event)
      const isVague = headOf(pattern)?.by === 'any_words'
      if (isVague && isNoAlarm(String(values.alarm_text ?? ''), part.includes('!'))) continue
      const kept = Object.entries(values).filter(([field, value]) => !isDangerous(device, field, value))
      const isSilent = isSilentEvent || (event === null && kept.length + Object.keys(found.times).length === 0)
      const spans = found.spans.map((span) => ({ ...span, from: span.from + stretch.from, to: span.to + stretch.from }))
      best = { name, message, event, isSilent, isVague, found: { ...found, values: Object.fromEntries(kept), spans } }
    }
  }
  return best
}

function ownPieces(device: Device): Piece[] {
  const messages = Object.values(messagesOf(device)).filter((message) => mayUse(device, message))
  const patterns = [
    ...messages.flatMap(({ text, find, fields }) => [
      ...text.map((one) => one.text),
      ...find,
      ...Object.entries(fields?.keys ?? {}).flatMap(([key, [first]]) =>
        first === undefined ? [] : [keyed(key, fields?.pair ?? ':', first)],
      ),
    ]),
    ...Object.values(device.dialect.items).map(({ text }) => text),
    ...[device.dialect.replies, ...Object.values(commandsOf(device)).map(({ reply }) => reply)].flatMap(
      ({ accepted }) => accepted.map((one) => one.text),
    ),
  ]
  return patterns.flatMap(piecesIn)
}

const keyedPatterns = new WeakMap<Pattern, Pattern>()

/** A key of `fields` with its value, as a pattern. */
function keyed(key: string, pair: string, value: Pattern): Pattern {
  const known = keyedPatterns.get(value)
  if (known !== undefined) return known
  const quoted = `${key}${pair}`.replace(/[\\~[\](){}|]/g, '\\$&')
  const pattern = { source: `${quoted}${value.source}`, parts: [...parsePattern(quoted).parts, ...value.parts] }
  keyedPatterns.set(value, pattern)
  return pattern
}

const commonPieces = [
  ...commonPairs.flatMap(piecesIn),
  ...commonPairs.flatMap(piecesIn).flatMap(({ head, loose }) => (loose === null ? [] : [{ head, pattern: loose }])),
].map(({ head, pattern }) => ({ head, pattern, isCommon: true }))
const commonPrograms = new Programs()

interface Read {
  readonly head: string
  readonly pattern: Pattern
  readonly isCommon?: boolean
  readonly isShort?: boolean
}

/** Reads each piece where its first word is, in what is not read yet. */
function readPieces(device: Device, text: string, pieces: readonly Read[], all: Taken): void {
  const folded = fold(text)
  for (const piece of pieces) {
    let from = folded.indexOf(piece.head)
    for (let places = 0; from >= 0 && places < maxPlaces; places++) {
      readPiece(device, text, piece, from, all)
      from = folded.indexOf(piece.head, from + 1)
    }
  }
}

const isWord = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}]/u.test(char)

function readPiece(device: Device, text: string, { pattern, isCommon, isShort }: Read, from: number, all: Taken): void {
  if (isWord(text[from - 1]) || overlaps({ from, to: from + 1 }, all.claimed)) return
  const binding = isCommon ? { ...bindingOf(device), words: commonWords } : bindingOf(device)
  const program = (isCommon ? commonPrograms : device.dialect.programs).get(pattern, binding, 'fragment')
  if (program === null) return
  const piece = readAt(program, text, from)
  if (piece === null || overlaps({ from, to: piece.to }, all.claimed)) return
  const { found, to } = piece
  if (isShort && !alone.test(text.slice(to, to + 40))) return
  const fresh = Object.entries(found.values).filter(([field]) => !Object.hasOwn(all.found.values, field))
  const values = fresh.filter(([field, value]) => isCredible(device, field, value, isCommon === true))
  if (values.length + Object.keys(found.times).length === 0) return
  all.claimed.push({ from, to })
  all.found = together(all.found, { ...found, values: Object.fromEntries(values) })
}

/** The piece that begins here: in its line, else beyond it; without a letter that belongs to the next word. */
function readAt(program: Bound, text: string, from: number): { readonly found: Match; readonly to: number } | null {
  const furthest = Math.min(text.length, from + maxPieceLength)
  const lineEnd = from + text.slice(from, furthest).search(/[\r\n]|$/)
  for (const limit of new Set([lineEnd, furthest])) {
    let result = run(program, text, { search: true, anchored: true, from, to: limit })
    if (result.fits && !isEnd(text, result.to))
      result = run(program, text, { search: true, anchored: true, from, to: result.to - 1 })
    const found = result.fits && isEnd(text, result.to) ? readMarks(result, text) : null
    if (found !== null) return { found, to: result.to }
  }
  return null
}

/** A value ends where its word or number does. */
function isEnd(text: string, at: number): boolean {
  if (isWord(text[at]) && isWord(text[at - 1])) return false
  return !/^[.,:]\d/.test(text.slice(at, at + 2)) || !/\d/.test(text[at - 1] ?? '')
}

function isCredible(device: Device, field: string, value: Value, isCommon: boolean): boolean {
  if (isDangerous(device, field, value)) return false
  const isShare = ownNumbers.test(field) || fieldOf(field)?.unit === '%'
  if (isShare && typeof value === 'number' && (value < 0 || value > 100)) return false
  if (field === 'signal_quality' && typeof value === 'number' && value > 99) return false
  return !isCommon || !/_\d+$/.test(field) || isReported(device, field)
}

/** Whether some message of the profile has such a numbered field. */
function isReported(device: Device, field: string): boolean {
  const family = field.replace(/\d+$/, '#')
  return Object.values(messagesOf(device)).some(
    ({ text, find, set }) =>
      [...text.map((one) => one.text), ...find].some(
        ({ source }) => source.includes(family) || source.includes(`${field}:`),
      ) || Object.hasOwn(set, field),
  )
}

/** A position beside which nothing else has been read of one. */
function readPlace(device: Device, text: string, all: Taken): void {
  const { latitude, longitude } = all.found.values
  if ((latitude !== undefined && longitude !== undefined) || !givesPlaces(device)) return
  const { found: near, claimed } = placeInText(device, text)
  const credible = Object.entries(near.values).filter(([field, value]) => isCredible(device, field, value, false))
  const found = { ...near, values: Object.fromEntries(credible) }
  const { latitude: _, longitude: __, ...others } = all.found.values
  all.found = together(found, { ...all.found, values: others })
  all.claimed.push(...claimed)
}

interface Alarm extends Stretch {
  readonly name: string | null
  readonly message: Message | null
  readonly event: string
  readonly clause?: string
}

/** The words of alarm of the profile, or those that any device may use, anywhere in the text. */
export function alarmIn(device: Device, text: string): Alarm | null {
  const own = alarmPhrases(device).flatMap((phrase) => {
    const place = placesOf(phrase, text).find(({ from, to }) => isMeant(text, from, to))
    return place === undefined ? [] : [{ ...phrase, ...place }]
  })
  const [longest] = own.sort((a, b) => b.words.length - a.words.length)
  if (longest !== undefined) return longest
  const events = eventsOf(device)
  if (!events.some((event) => isAlarmName(event))) return null
  const [cry] = criesIn(text)
  if (cry === undefined) return null
  const { event: form, ...place } = cry
  const isSos = form.test('sos') && device.profile.row.kind === 'tracker'
  return {
    ...place,
    name: null,
    message: null,
    event: isSos ? 'sos' : (events.find((one) => form.test(one)) ?? 'alarm'),
  }
}

const placesOf = ({ form }: AlarmPhrase, text: string): Stretch[] =>
  [...text.matchAll(form)].slice(0, 4).map(({ index, 0: words }) => ({ from: index, to: index + words.length }))

/** Every event that the profile names. */
function eventsOf({ dialect }: Device): string[] {
  return Object.values(dialect.messages).flatMap(({ event, text }) =>
    [
      event ?? [],
      text.flatMap(({ set, text: pattern }) =>
        [
          set.event ?? [],
          ...[...eachPart(pattern.parts)].map((part) =>
            part.part === 'hole' && part.field === 'event'
              ? Object.values(dialect.words[part.type] ?? {}).map(String)
              : [],
          ),
        ].flat(),
      ),
    ].flat(),
  )
}
