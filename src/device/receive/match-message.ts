import type { Value } from '../../message/values.ts'
import { bindingOf, type Device } from '../device.ts'
import type { Bound } from '../pattern/bind.ts'
import { type Match, match, nothingFound, setValues, together } from '../pattern/match.ts'
import { type Pattern, parsePattern } from '../pattern/pattern.ts'
import type { Wording } from '../schema/command.ts'
import type { Message } from '../schema/message.ts'
import { unlessPair } from './named-pair.ts'
import { readFields } from './read-fields.ts'

/** Order of precedence: whole-text patterns, texts of pairs, fragments, readers. */
export const tiers = ['text', 'fields', 'find', 'reader'] as const

const readers = {
  maps_link: parsePattern('{position:maps_link}'),
  nmea: parsePattern('{position:nmea_sentence}'),
  cell_list: parsePattern('{position:cell_list}'),
} as const

/** A call is read from no text. */
export function tierOf(message: Message): (typeof tiers)[number] | 'call' {
  if (message.call) return 'call'
  if (message.text.length > 0) return 'text'
  if (message.fields !== undefined) return 'fields'
  return message.find.length > 0 ? 'find' : 'reader'
}

/** Matches a text with a message of the profile; null when it does not fit. */
export function matchMessage(device: Device, message: Message, text: string): Match | null {
  const compile = (pattern: Pattern): Bound | null => device.dialect.programs.get(pattern, bindingOf(device))
  if (isExcluded(device, message, text)) return null
  const cut = message.cut_at !== undefined && text.length >= message.cut_at
  switch (tierOf(message)) {
    case 'call':
      return null
    case 'text': {
      const whole = firstOf(message.text, compile, text, { cut, set: message.set })
      return whole === null ? null : findIn(device, message, text, whole)
    }
    case 'fields':
      return withSet(readFields(message.fields as NonNullable<Message['fields']>, text, compile), message)
    case 'find':
      return withSet(findIn(device, message, text, nothingFound), message)
    case 'reader': {
      const program = compile(readers[message.reader as keyof typeof readers])
      return program === null ? null : match(program, text, { set: message.set })
    }
  }
}

/** Whether the text is excluded by `unless`. */
export function isExcluded(device: Device, { unless }: Message, text: string): boolean {
  const compile = (pattern: Pattern): Bound | null => device.dialect.programs.get(pattern, bindingOf(device))
  return firstOf(unless.map(plainWording), compile, text) !== null
}

export const plainWording = (pattern: Pattern): Wording => ({ text: pattern, set: {} })

const withSet = (found: Match | null, { set }: Message): Match | null =>
  found === null ? null : { ...found, values: { ...found.values, ...setValues(set) } }

interface Extra {
  readonly cut?: boolean
  readonly set?: Readonly<Record<string, Value>>
}

/** The first of several patterns that fits. */
export function firstOf(
  wordings: readonly Wording[],
  compile: (pattern: Pattern) => Bound | null,
  text: string,
  extra: Extra = {},
): Match | null {
  for (const { text: pattern, set } of wordings) {
    const program = compile(pattern)
    const found = program === null ? null : match(program, text, { ...extra, set: { ...extra.set, ...set } })
    if (found !== null) return found
  }
  return null
}

/** Searches for the fragments in each `rest` of the match, or in the whole text. One in brackets is optional. */
function findIn(device: Device, message: Message, text: string, whole: Match): Match | null {
  const rests = whole.spans.filter((span) => span.name === 'rest')
  if (message.find.length === 0 || (message.text.length > 0 && rests.length === 0)) return whole
  const places = message.text.length > 0 ? rests : [{ from: 0, to: text.length }]
  const search = (program: Bound): Match | null => {
    for (const { from, to } of places) {
      const found = match(program, text, { search: true, from, to })
      if (found !== null) return found
    }
    return null
  }
  let all = whole
  for (const pattern of message.find) {
    const { needed, inner } = fragmentOf(pattern)
    const program = device.dialect.programs.get(inner, bindingOf(device), 'fragment')
    const found = program === null ? null : search(program)
    if (found === null && needed) return null
    if (found !== null) all = together(all, found)
  }
  return all.weight === 0 ? null : all
}

/** The match, with those fragments of the message that occur anywhere in the text. */
export function findAny(device: Device, message: Message, text: string, found: Match): Match {
  return message.find.reduce((all, pattern) => {
    const program = device.dialect.programs.get(fragmentOf(pattern).inner, bindingOf(device), 'fragment')
    const fragment = program && unlessPair(match(program, text, { search: true }), text)
    return fragment === null ? all : together(all, fragment)
  }, found)
}

function fragmentOf(pattern: Pattern): { needed: boolean; inner: Pattern } {
  const [only, ...more] = pattern.parts
  if (only?.part !== 'either' || !only.optional || more.length > 0) return { needed: true, inner: pattern }
  return { needed: false, inner: { source: `(${pattern.source.slice(1, -1)})`, parts: [{ ...only, optional: false }] } }
}
