import { bindingOf, type Device } from '../device.ts'
import { type Match, match, together } from '../pattern/match.ts'
import { eachPart, type Pattern, parsePattern } from '../pattern/pattern.ts'
import type { Message } from '../schema/message.ts'

/** An alarm that was found in a text which no pattern explains whole. */
export interface Salvaged {
  readonly name: string
  readonly message: Message
  readonly found: Match
}

/** What a position block says in most dialects; each is looked for on its own. */
const fragments: readonly Pattern[] = [
  '(http|https)://{_:word}',
  'lat[itude][:|=]~{latitude:latitude}~[,|;]~(lon|lng)[g|gitude][:|=]~{longitude:longitude}',
  'lac[:|=]~{lac:hex}~[,|;]~[cid|cellid|cell id|cell|ci][:|=]~{cell_id:hex}',
  'bat[tery][:|=]~{battery:percent}~%',
].map(parsePattern)
const link = parsePattern('{position:maps_link}')

/** An alarm's words end here; behind `ok` or a colon they are an answer or a setting. */
const boundary = /^\s*(?:$|[!<.,]|[\r\n]|(?:lat|lac|http|gps|t:)(?![a-z]{2}))/i
const answers = /^[\s!.,]*(?:ok|fail|success|succeed|error|on|off)\b/i

/**
 * What a device says of itself with a place behind it that its pattern does not foresee, inside of a building mostly:
 * an event is as good as an alarm here, but what is behind it must be a place.
 */
function byPlace(device: Device, message: Message, text: string, lines: readonly string[]): Match | null {
  const found = byFirstLines(device, message, lines)
  if (found === null) return null
  const placed = withPlace(device, text, found)
  return placed === found ? null : placed
}

/**
 * An alarm is never lost because a line behind it is odd: firmware adds lines, networks cut them. The words of an alarm
 * that begin the text, or are a line of it, are the alarm, with whatever place can be found beside them.
 */
export function salvageAlarm(
  device: Device,
  messages: readonly (readonly [string, Message])[],
  text: string,
): Salvaged | null {
  const lines = text.split(/[\r\n]+/)
  for (const [name, message] of messages) {
    if (message.level !== 'high') continue
    const found = byWords(device, message, text, lines) ?? byFirstLines(device, message, lines)
    if (found !== null) return { name, message, found: withPlace(device, text, found) }
  }
  for (const [name, message] of messages) {
    const found = byPlace(device, message, text, lines)
    if (found !== null) return { name, message, found }
  }
  return null
}

const wordPatterns = new Map<string, Pattern>()

function byWords(device: Device, { text: sayings }: Message, text: string, lines: readonly string[]): Match | null {
  const types = sayings.flatMap(({ text: { parts } }) =>
    [...eachPart(parts)].flatMap((part) => (part.part === 'hole' && part.field === 'event' ? [part.type] : [])),
  )
  for (const type of new Set(types)) {
    const pattern = wordPatterns.get(type) ?? parsePattern(`{event:${type}}`)
    wordPatterns.set(type, pattern)
    const program = device.dialect.programs.get(pattern, bindingOf(device))
    if (program === null) continue
    const start = match(program, text, { search: true })
    const [span] = start?.spans ?? []
    const behind = text.slice(span?.to ?? 0)
    if (span?.from === 0 && boundary.test(behind) && !answers.test(behind)) return start
    for (const line of lines.slice(1)) {
      const own = match(program, line.trim().replace(/\s*!+$/, ''))
      if (own !== null) return { ...own, spans: [] }
    }
  }
  return null
}

function byFirstLines(device: Device, { text: sayings, event }: Message, lines: readonly string[]): Match | null {
  for (const count of [1, 2]) {
    if (lines.length <= count) return null
    const head = lines.slice(0, count).join('\n').trim()
    for (const { text: pattern, set } of sayings) {
      const program = device.dialect.programs.get(pattern, bindingOf(device))
      const found = program === null || head === '' ? null : match(program, head, { set })
      if (found !== null && (event !== undefined || found.values.event !== undefined)) return found
    }
  }
  return null
}

function withPlace(device: Device, text: string, found: Match): Match {
  let all = found
  const [first, ...rest] = fragments
  for (const pattern of [first as Pattern, ...rest]) {
    const program = device.dialect.programs.get(pattern, bindingOf(device), 'fragment')
    const fragment = program === null ? null : match(program, text, { search: true })
    if (fragment === null) continue
    if (pattern !== first) all = together(all, fragment)
    else {
      const to = fragment.spans.at(-1)?.to ?? text.length
      const url = text.slice(text.search(/https?:\/\//i), to)
      const reader = device.dialect.programs.get(link, bindingOf(device))
      const place = reader === null ? null : match(reader, url)
      if (place !== null) all = together(all, { ...place, spans: [] })
    }
  }
  return all
}
