import { commandsOf, type Device, messagesOf } from '../device.ts'
import { takesPlace } from '../pattern/head.ts'
import { eachPart, type Part } from '../pattern/pattern.ts'
import type { Dialect } from '../profile/dialect.ts'
import { wordingsOf } from '../profile/replies.ts'
import { isPlaceTalk } from '../readers/place.ts'
import { fold, punctuation } from '../regular/regular.ts'
import type { Wording } from '../schema/command.ts'
import type { Message } from '../schema/message.ts'
import { isDangerousEvent } from './danger.ts'

/** Words of a profile's message that mean its event wherever they are. */
export interface AlarmPhrase {
  readonly words: string
  /** The words, with any marks between them. */
  readonly form: RegExp
  /** Other texts of the device in which these words stand. */
  readonly calm: readonly RegExp[]
  readonly event: string
  readonly name: string
  readonly message: Message
}

/** Words that messages of any kind have, and no alarm by themselves. */
const bare = new Set(
  `alarm alert warning status state report message system the zone input output on off open closed close ok power battery temperature level gate
  attention please door acc low high start stop user sms info gps location position value normal fault error time date sensor relay device unit is at by from of was
  speed oil fuel name text lat long lon`.split(/\s+/),
)
/** Letters of a phrase that has bare words only: `low battery`. */
const minBareLetters = 8

/** Fewer words in front of a colon are a key. */
const minKeyWords = 3

const phrases = new WeakMap<Dialect, readonly AlarmPhrase[]>()

/** The words of alarm in a device's profile. Those that are another text of it are none. */
export function alarmPhrases(device: Device): readonly AlarmPhrase[] {
  const known = phrases.get(device.dialect)
  if (known !== undefined) return known
  const messages = Object.entries(messagesOf(device))
  const calm = [
    ...messages.flatMap(([, message]) => message.text.filter((wording) => !isAlarm(message, wording))),
    ...messages.flatMap(([, { level, find }]) => (level === 'high' ? [] : find.map((text) => ({ text, set: {} })))),
    ...wordingsOf(device.dialect.replies),
    ...Object.values(commandsOf(device)).flatMap(({ reply }) => wordingsOf(reply)),
  ].flatMap((wording) => runsOf(wording, false))
  const found = messages.flatMap(([name, message]) => phrasesOf(device, name, message))
  const all = found
    .filter(({ words }) => !calm.includes(words))
    .map((one) => ({ ...one, calm: calm.filter((run) => ` ${run} `.includes(` ${one.words} `)).map(formOf) }))
  phrases.set(device.dialect, all)
  return all
}

const isAlarm = ({ event, level }: Message, { set, text }: Wording): boolean =>
  level === 'high' && ((set.event ?? event) !== undefined || eventHoles(text.parts).length > 0)

const eventHoles = (parts: readonly Part[]): Extract<Part, { part: 'hole' }>[] =>
  [...eachPart(parts)].filter((part) => part.part === 'hole').filter(({ field }) => field === 'event')

function phrasesOf({ dialect }: Device, name: string, message: Message): AlarmPhrase[] {
  const holes = [...message.text.map(({ text }) => text), ...message.find].flatMap(({ parts }) => eventHoles(parts))
  const found = message.text.flatMap((wording) => {
    if (!isAlarm(message, wording)) return []
    const event = wording.set.event ?? message.event
    return event === undefined ? [] : runsOf(wording, true).map((words) => ({ words, event }))
  })
  const named =
    message.level !== 'high'
      ? []
      : holes.flatMap(({ type }) =>
          Object.entries(dialect.words[type] ?? {}).map(([words, event]) => ({
            words: plain(words),
            event: String(event),
          })),
        )
  return [...named, ...found]
    .filter(({ words, event }) => isTelling(words) && event !== '' && !isDangerousEvent(event))
    .map((one) => ({ ...one, form: formOf(one.words), calm: [], name, message }))
}

const formOf = (words: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])${words.split(' ').join('[^\\p{L}\\p{N}]{1,4}')}(?![\\p{L}\\p{N}])`, 'giu')

const plain = (words: string): string =>
  fold(words)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

/** The fixed words of a pattern, from one value or mark to the next; `isHead`: those before its place that are no keys. */
function runsOf({ text }: Wording, isHead: boolean): string[] {
  const runs: string[] = []
  let run = ''
  const end = (): void => {
    if (run.trim() !== '') runs.push(plain(run))
    run = ''
  }
  for (const part of text.parts) {
    if (isHead && takesPlace({ source: '', parts: [part] })) {
      run = ''
      break
    }
    if (part.part === 'text' && isHead && /^[:=]$/.test(part.text)) {
      if (run.trim().split(/\s+/).length < minKeyWords) run = ''
      end()
    } else if (part.part === 'text' && !punctuation.includes(part.text)) run += part.text
    else if (part.part === 'blank') run += ' '
    else if (part.part !== 'gap') end()
  }
  end()
  return runs
}

function isTelling(words: string): boolean {
  const all = words.match(/\p{L}+/gu) ?? []
  if (isPlaceTalk(words)) return false
  const telling = all.filter((word) => !bare.has(word) && word.length > 2)
  return telling.length > 0 || (all.length > 1 && all.join('').length >= minBareLetters)
}
