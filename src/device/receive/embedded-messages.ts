import { bindingOf, type Device, mayUse, messagesOf } from '../device.ts'
import { takesPlace } from '../pattern/head.ts'
import { loosePattern } from '../pattern/loosen.ts'
import { type Match, readMarks, together } from '../pattern/match.ts'
import { mayBe } from '../pattern/needed-words.ts'
import { eachPart, type Part, type Pattern } from '../pattern/pattern.ts'
import { run } from '../regular/machine.ts'
import { fold, punctuation } from '../regular/regular.ts'
import type { Message } from '../schema/message.ts'
import { isMeant } from './alarm-words.ts'
import { isDangerous, isDangerousEvent } from './danger.ts'
import { overlaps } from './lines.ts'
import { isExcluded } from './match-message.ts'
import { unlessPair } from './named-pair.ts'
import type { Taken } from './taken.ts'
import type { Whole } from './whole-messages.ts'
import { isLetter } from './word-places.ts'

/** Holes that any words fit. */
const free: readonly string[] = ['line', 'text']
/** What they name if they name something. */
const naming: readonly string[] = ['event', 'alarm_text']
/** A pattern of fewer letters and marks is found in too many words. */
const minLetters = 4

/**
 * An alarm or a place of the profile amid other words of a line: firmware puts a name or the time in front of it, and a
 * network adds an advertisement. Only patterns with fixed ends are looked for.
 */
export function embeddedMessage(device: Device, text: string, all: Taken): Whole | null {
  const folded = fold(text)
  let best: (Whole & { readonly found: Match; readonly from: number; readonly to: number }) | null = null
  for (const [name, message] of Object.entries(messagesOf(device))) {
    if (!mayUse(device, message) || isExcluded(device, message, text)) continue
    for (const { text: pattern, set } of message.text) {
      const amid = message.level === 'high' || takesPlace(pattern) ? innerOf(pattern) : null
      if (amid === null || !mayBe(amid, folded, true)) continue
      const one = matchAmid(device, amid, text, all, { ...message.set, ...set })
      if (one === null || (best !== null && one.found.weight <= best.found.weight)) continue
      const { event: named, ...values } = one.found.values
      const event = typeof named === 'string' ? named : (message.event ?? null)
      if (event !== null && (isDangerousEvent(event) || !isMeant(text, one.from, one.to))) continue
      const kept = Object.entries(values).filter(([field, value]) => !isDangerous(device, field, value))
      const found = { ...one.found, values: Object.fromEntries(kept) }
      best = { name, message, event, isSilent: false, isVague: false, found, from: one.from, to: one.to }
    }
  }
  if (best === null) return null
  all.claimed.add(best)
  all.found = together(all.found, best.found)
  return best
}

/** The pattern where its first word is, or where a word begins, with nothing of a word beside it. */
function matchAmid(device: Device, pattern: Pattern, text: string, all: Taken, set: Message['set']) {
  const program = device.dialect.programs.get(pattern, bindingOf(device), 'fragment')
  const [first] = pattern.parts
  if (program === null) return null
  for (const from of all.words.of(first?.part === 'text' ? fold(first.text) : '')) {
    const result = run(program, text, { search: true, anchored: true, from })
    const isWhole = result.fits && !(isLetter(text[result.to]) && isLetter(text[result.to - 1]))
    if (!isWhole || overlaps({ from, to: result.to }, all.lines)) continue
    const found = unlessPair(readMarks(result, text, { set }), text)
    if (found !== null) return { found, from, to: result.to }
  }
  return null
}

const inner = new WeakMap<Pattern, Pattern | null>()

/** The pattern without free words at its ends; null where too little is left, or they name the alarm. */
function innerOf(pattern: Pattern): Pattern | null {
  const known = inner.get(pattern)
  if (known !== undefined) return known
  const start = pattern.parts.findIndex((part) => !isFree(part) && !isMark(part))
  const end = pattern.parts.findLastIndex((part) => !isTail(part) && !(isFree(part) && !isLine(part)))
  const parts = pattern.parts.slice(start, end + 1)
  const left = [...pattern.parts.slice(0, start), ...pattern.parts.slice(end + 1)]
  const letters = [...eachPart(parts)].flatMap((part) =>
    part.part === 'text' ? (part.text.match(/[\p{L}:=#()*]/gu) ?? []) : [],
  )
  const isNamed = parts.some((part) => part.part === 'value' || (part.part === 'hole' && part.type === 'one_of'))
  const isEnough = letters.length >= minLetters || isNamed || takesPlace({ source: '', parts })
  const isNameless = [...eachPart(left)].some((part) => part.part === 'hole' && naming.includes(part.field))
  const found = start < 0 || !isEnough || isNameless ? null : loosePattern(`amid ${pattern.source}`, parts)
  inner.set(pattern, found)
  return found
}

const isBlank = ({ part }: Part): boolean => part === 'gap' || part === 'blank'
/** A mark that may be missing. */
const isTail = (part: Part): boolean =>
  isBlank(part) || (part.part === 'either' && part.optional && part.of.flat().every(isMark))
const isMark = (part: Part): boolean => isBlank(part) || (part.part === 'text' && punctuation.includes(part.text))
const isLine = (part: Part): boolean => part.part === 'hole' && part.type === 'line'
const isFree = (part: Part): boolean =>
  part.part === 'either'
    ? part.optional && [...eachPart([part])].some((one) => one.part === 'hole' && free.includes(one.type))
    : part.part === 'hole' && free.includes(part.type)
