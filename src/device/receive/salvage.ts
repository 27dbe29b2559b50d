import { bindingOf, type Device } from '../device.ts'
import { headOf, takesPlace } from '../pattern/head.ts'
import { type Match, match, type Span, together } from '../pattern/match.ts'
import type { Pattern } from '../pattern/pattern.ts'
import { isPlaceTalk } from '../readers/place.ts'
import type { Wording } from '../schema/command.ts'
import type { Message } from '../schema/message.ts'
import { findAny, isExcluded } from './match-message.ts'
import { unlessPair } from './named-pair.ts'
import { type Beside, placeInText, placeStart } from './place-in-text.ts'
import { isRefusal } from './refusal.ts'

/** An alarm found in a text that no pattern explains completely. */
export interface Salvaged {
  readonly name: string
  readonly message: Message
  readonly found: Match
  /** Any other words would have fitted as well. */
  readonly isVague: boolean
}

/** Possible extents of the alarm: up to a mark, the end of a line, or the start of the position. */
interface Beginnings {
  readonly text: string
  /** The longest first. */
  readonly atMarks: readonly string[]
  readonly atLines: readonly string[]
  readonly placeStart: number
  readonly place: Beside
}

/** Marks after the words of an alarm; those words never contain more of them than this. */
const marks = /[!<.,]|[\r\n]+|\s+(?=gps(?![a-z]))/gi
const maxMarks = 8
/** What follows words that are an answer or a setting. */
const answers = /^[\s!.,]*(?:ok|fail|success|succeed|error|on|off)\b/i
/** Words of an answer, at any position. */
const answerWords = /\b(?:ok|okay|done|succe(?:ed|ss)(?:ful(?:ly)?)?)\b/i
/** Excluded where any words would be an alarm: a key with its value, or no word at all. */
const noWords: readonly RegExp[] = [
  /^(?!.*\b(?:alarm|alert|warning|attention|sos)\b)[^!]{0,30}[:=]\s*\S/i,
  /^[^\p{L}]*$/u,
  /^(?:fw|ver|version|firmware|rev|hdop|pdop)\b[^!]*$/i,
]

/**
 * An alarm is never lost because of an unexpected line after it: firmware adds lines, networks cut them, and inside a
 * building there is a cell or a link instead of the position. Words of an alarm at the start of the text, or as a line
 * of it, are the alarm, with any position in the text. Words of lower level count only before a position.
 */
export function salvageAlarm(
  device: Device,
  messages: readonly (readonly [string, Message])[],
  text: string,
): Salvaged | null {
  const beginnings = beginningsOf(device, text)
  let best: Salvaged | null = null
  for (const [name, message] of messages) {
    if (message.text.length === 0 || isExcluded(device, message, text)) continue
    const found = alarmIn(device, message, beginnings)
    if (found !== null && (best === null || found.weight > best.found.weight))
      best = { name, message, found, isVague: found.weight === 0 }
  }
  if (best === null) return null
  return { ...best, found: together(findAny(device, best.message, text, best.found), beginnings.place.found) }
}

function beginningsOf(device: Device, text: string): Beginnings {
  const start = placeStart(text)
  const breaks = [...text.matchAll(/[\r\n<]+/g)].slice(0, 2).map(({ index }) => index)
  const ends = [...text.matchAll(marks)].slice(0, maxMarks).map(({ index }) => index)
  const upTo = (places: readonly number[]): string[] =>
    [...new Set([...places, start, text.length])]
      .sort((a, b) => b - a)
      .map((end) => text.slice(0, end).trimEnd())
      .filter((head) => head !== '')
  const place = placeInText(device, text)
  return { text, atLines: upTo(breaks), atMarks: upTo(ends), placeStart: start, place }
}

/** The wording of a message at the start of the text; the one that explains most. */
function alarmIn(device: Device, message: Message, all: Beginnings): Match | null {
  const found = message.text.flatMap((wording) => wordingIn(device, message, wording, all) ?? [])
  const alarms = found.filter(({ values }) => (values.event ?? message.event) !== undefined)
  return alarms.reduce<Match | null>((best, one) => (best === null || one.weight > best.weight ? one : best), null)
}

function wordingIn(device: Device, { level }: Message, { text: pattern, set }: Wording, all: Beginnings): Match | null {
  const readBy =
    (words: Pattern) =>
    (text: string): Match | null => {
      const program = device.dialect.programs.get(words, bindingOf(device))
      return program && unlessPair(match(program, text, { set }), text)
    }
  const isKnown = level === 'high' || all.place.isPlace
  const whole = takesPlace(pattern) || !isKnown ? null : firstFit(all, all.atLines, readBy(pattern))
  const head = headOf(pattern)
  if (whole !== null || head === null) return whole
  const read = readBy(head.pattern)
  switch (head.by) {
    case 'event':
      return isKnown ? (firstFit(all, all.atMarks, read) ?? lineFit(all, read)) : null
    case 'words':
      return (
        firstFit(all, all.atMarks, read, (behind) => all.place.isPlace || /^\s*!/.test(behind)) ??
        lineFit(all, read, /!$/)
      )
    case 'any_words': {
      const heads = all.atLines.filter(({ length }) => length <= all.placeStart).toReversed()
      const found = !all.place.isPlace ? null : firstFit(all, heads, read)
      return found === null || isNoAlarm(String(found.values.alarm_text ?? ''), found.weight > 0) ? null : found
    }
  }
}

function firstFit(
  { text }: Beginnings,
  heads: readonly string[],
  read: (head: string) => Match | null,
  isMeant: (behind: string) => boolean = () => true,
): Match | null {
  for (const head of heads) {
    const behind = text.slice(head.length)
    const found = answers.test(behind) || !isMeant(behind) ? null : read(head)
    if (found !== null) return { ...found, spans: [...found.spans, spanOf(0, head.length)] }
  }
  return null
}

/** The words of the alarm: nothing in them is unread. */
const spanOf = (from: number, to: number): Span => ({ by: 'value', name: '', from, to })

function lineFit({ text }: Beginnings, read: (line: string) => Match | null, isMeant = /(?:)/): Match | null {
  for (const line of text.split(/[\r\n]+/).slice(1)) {
    const found = isMeant.test(line.trim()) ? read(line.trim().replace(/\s*!+$/, '')) : null
    const from = text.indexOf(line)
    if (found !== null) return { ...found, spans: [spanOf(from, from + line.length)] }
  }
  return null
}

/** Arbitrary words are not an alarm when they are an answer or only introduce the position. */
export const isNoAlarm = (words: string, isMarked: boolean): boolean =>
  answerWords.test(words) ||
  isRefusal(words) ||
  (!isMarked && (isPlaceTalk(words) || noWords.some((none) => none.test(words))))
