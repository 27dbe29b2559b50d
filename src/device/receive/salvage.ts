import { bindingOf, type Device } from '../device.ts'
import { headOf, takesPlace } from '../pattern/head.ts'
import { type Match, match, together } from '../pattern/match.ts'
import type { Pattern } from '../pattern/pattern.ts'
import { isPlaceTalk } from '../readers/place.ts'
import type { Saying } from '../schema/command.ts'
import type { Message } from '../schema/message.ts'
import { findAny, isExcluded } from './match-message.ts'
import { type Beside, placeInText, placeStart } from './place-in-text.ts'
import { isRefusal } from './refusal.ts'

/** An alarm that was found in a text which no pattern explains whole. */
export interface Salvaged {
  readonly name: string
  readonly message: Message
  readonly found: Match
  /** Any other words would have been this alarm too. */
  readonly isVague: boolean
}

/** The text as far as its alarm may reach: to a mark, the end of a line, or where its place begins. */
interface Beginnings {
  readonly text: string
  /** The longest first. */
  readonly atMarks: readonly string[]
  readonly atLines: readonly string[]
  readonly placeStart: number
  readonly place: Beside
}

/** Marks behind the words of an alarm; more of them than this stand in no alarm's words. */
const marks = /[!<.,]|[\r\n]+|\s+(?=gps(?![a-z]))/gi
const mostMarks = 8
/** What behind the words makes them an answer or a setting. */
const answers = /^[\s!.,]*(?:ok|fail|success|succeed|error|on|off)\b/i
/** Words of an answer, wherever they stand. */
const answerWords = /\b(?:ok|okay|done|succe(?:ed|ss)(?:ful(?:ly)?)?)\b/i
/** What is no alarm where any words would be one: a key with its value, or no word at all. */
const noWords: readonly RegExp[] = [
  /^(?!.*\b(?:alarm|alert|warning|attention|sos)\b)[^!]{0,30}[:=]\s*\S/i,
  /^[^\p{L}]*$/u,
]

/**
 * An alarm is never lost because a line behind it is odd: firmware adds lines, networks cut them, and inside of a
 * building there is a cell or a link instead of the place. The words of an alarm that begin the text, or are a line of
 * it, are the alarm, with whatever place stands beside them. What the device only mentions counts with a place behind.
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
  const ends = [...text.matchAll(marks)].slice(0, mostMarks).map(({ index }) => index)
  const upTo = (places: readonly number[]): string[] =>
    [...new Set([...places, start, text.length])]
      .sort((a, b) => b - a)
      .map((end) => text.slice(0, end).trimEnd())
      .filter((head) => head !== '')
  const place = placeInText(device, text)
  return { text, atLines: upTo(breaks), atMarks: upTo(ends), placeStart: start, place }
}

/** What of a message's sayings the text begins with; the one that explains most. */
function alarmIn(device: Device, message: Message, all: Beginnings): Match | null {
  const found = message.text.flatMap((saying) => sayingIn(device, message, saying, all) ?? [])
  const alarms = found.filter(({ values }) => (values.event ?? message.event) !== undefined)
  return alarms.reduce<Match | null>((best, one) => (best === null || one.weight > best.weight ? one : best), null)
}

function sayingIn(device: Device, { level }: Message, { text: pattern, set }: Saying, all: Beginnings): Match | null {
  const readBy =
    (words: Pattern) =>
    (text: string): Match | null => {
      const program = device.dialect.programs.get(words, bindingOf(device))
      return program === null ? null : match(program, text, { set })
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
      return firstFit(all, all.atMarks, read, (behind) => all.place.isPlace || /^\s*!/.test(behind))
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
  isTold: (behind: string) => boolean = () => true,
): Match | null {
  for (const head of heads) {
    const behind = text.slice(head.length)
    const found = answers.test(behind) || !isTold(behind) ? null : read(head)
    if (found !== null) return found
  }
  return null
}

function lineFit({ text }: Beginnings, read: (line: string) => Match | null): Match | null {
  for (const line of text.split(/[\r\n]+/).slice(1)) {
    const found = read(line.trim().replace(/\s*!+$/, ''))
    if (found !== null) return { ...found, spans: [] }
  }
  return null
}

/** Words that any alarm could have are none when they are an answer or only lead over to the place. */
const isNoAlarm = (words: string, isMarked: boolean): boolean =>
  answerWords.test(words) ||
  isRefusal(words) ||
  (!isMarked && (isPlaceTalk(words) || noWords.some((none) => none.test(words))))
