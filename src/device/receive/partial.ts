import type { Device } from '../device.ts'
import type { Stretch } from '../mask.ts'
import { type Match, together } from '../pattern/match.ts'
import type { Message } from '../schema/message.ts'
import { alarmIn, isCall } from './alarm-in-text.ts'
import { isCredible } from './credible.ts'
import { embeddedMessage } from './embedded-messages.ts'
import { chunksOf } from './lines.ts'
import { ownPieces } from './own-pieces.ts'
import { givesPlaces, linkAlone, placeInText } from './place-in-text.ts'
import { commonPieces, readPieces } from './read-pieces.ts'
import { readSentences } from './sentences.ts'
import { nothingTaken, type Taken } from './taken.ts'
import { type Whole, wholeMessages } from './whole-messages.ts'

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
  /** Its event is a word of alarm that the profile does not have. */
  readonly isCry: boolean
  /** Messages and answers of their own: words of alarm in them have their meaning. */
  readonly lines: readonly Stretch[]
  /** What nothing was read from. */
  readonly unread: readonly Stretch[]
}

/** Whole messages in some of its lines, then pairs, places and words of alarm anywhere. */
export function readParts(device: Device, text: string): TextParts | null {
  const all = nothingTaken(text)
  const whole = wholeMessages(device, text, all)
  const amid = whole === null || whole.event === null ? embeddedMessage(device, text, all) : null
  return withRest(device, text, all, whole === null || amid?.event ? (amid ?? whole) : whole)
}

/** The same without whole messages: for the rest of a text that a message explains otherwise. */
export function readRest(device: Device, text: string): TextParts | null {
  return withRest(device, text, nothingTaken(text), null)
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
  readSentences(device, text, all)
  const rest = all.lines.reduce(
    (left, { from, to }) => left.slice(0, from) + '\n'.repeat(to - from) + left.slice(to),
    text,
  )
  const event = whole?.event ?? null
  const cry = event === null || !isCall(event) ? alarmIn(device, rest) : null
  const alarm = event === null || (cry !== null && isCall(cry.event)) ? cry : null
  if (
    Object.keys(all.found.values).length + Object.keys(all.found.times).length === 0 &&
    alarm === null &&
    whole === null
  )
    return null
  if (alarm !== null) all.claimed.add(alarm)
  const values = alarm?.clause === undefined ? {} : { alarm_text: alarm.clause }
  return {
    found: { ...all.found, values: { ...values, ...all.found.values } },
    name: alarm?.name ?? whole?.name ?? null,
    message: alarm?.message ?? whole?.message ?? null,
    event: alarm?.event ?? whole?.event ?? null,
    isMessage: whole !== null,
    isVague: whole?.isVague ?? false,
    isCry: alarm !== null && alarm.message === null,
    lines: all.lines,
    unread: chunksOf(text).filter(
      (chunk) => !all.claimed.overlaps(chunk) && /[\p{L}\p{N}]/u.test(text.slice(chunk.from, chunk.to)),
    ),
  }
}

/** A position beside which nothing else has been read of one. */
function readPlace(device: Device, text: string, all: Taken): void {
  const { latitude, longitude } = all.found.values
  if ((latitude !== undefined && longitude !== undefined) || !givesPlaces(device)) return
  const { found: near, claimed } = placeInText(device, text)
  const credible = Object.entries(near.values).filter(([field, value]) => isCredible(device, field, value, false))
  const found = { ...near, values: Object.fromEntries(credible) }
  const { latitude: _, longitude: __, ...others } = all.found.values
  const link = found.values.latitude === undefined ? linkAlone(text) : null
  all.found = together(found, { ...all.found, values: { ...link?.values, ...others } })
  for (const one of claimed) all.claimed.add(one)
}
