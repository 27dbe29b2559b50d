import { bindingOf, type Device, mayUse, messagesOf } from '../device.ts'
import type { Stretch } from '../mask.ts'
import { headOf } from '../pattern/head.ts'
import { loosen, loosenUnits } from '../pattern/loosen.ts'
import { type Match, match, together } from '../pattern/match.ts'
import { mayBe } from '../pattern/needed-words.ts'
import { fold } from '../regular/regular.ts'
import type { Message } from '../schema/message.ts'
import { isDangerous, isDangerousEvent } from './danger.ts'
import { isAnswer } from './is-answer.ts'
import { overlaps, runsOf, unitsOf } from './lines.ts'
import { findAny, isExcluded } from './match-message.ts'
import { unlessPair } from './named-pair.ts'
import { isNoAlarm } from './salvage.ts'
import type { Taken } from './taken.ts'

const noEvent = /^(?:ok|on|off|fail|success|error|normal|no|not|none|0)(?![\p{L}\p{N}])/iu

/** A message in a part of a text. */
export interface Whole {
  readonly name: string
  readonly message: Message
  readonly event: string | null
  /** Nothing of it holds without a proof of the whole text. */
  readonly isSilent: boolean
  readonly isVague: boolean
}

/** Messages of the profile, each in lines of its own. */
export function wholeMessages(device: Device, text: string, all: Taken): Whole | null {
  const candidates = Object.entries(messagesOf(device)).filter(([, message]) => mayUse(device, message))
  let best: Whole | null = null
  for (const stretch of runsOf(unitsOf(text))) {
    if (overlaps(stretch, all.lines)) continue
    const one = messageIn(device, candidates, text, stretch)
    if (one === null && !isAnswer(device, text.slice(stretch.from, stretch.to), loosen)) continue
    const explained = without(stretch, one?.found.spans ?? [])
    all.lines.push(...explained)
    if (one?.isSilent) continue
    for (const one of explained) all.claimed.add(one)
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
      const program = device.dialect.programs.get(loosenUnits(pattern), bindingOf(device))
      const whole = program && unlessPair(match(program, part, { set: { ...message.set, ...set } }), part)
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
