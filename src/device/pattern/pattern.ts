import { punctuation } from '../regular/regular.ts'

/**
 * A parsed pattern. The meaning of its holes is resolved when it is bound to a device: words, items and settings belong
 * to the dialect and its owner.
 */
export interface Pattern {
  readonly source: string
  readonly parts: readonly Part[]
}

export type Part =
  | { readonly part: 'text'; readonly text: string }
  /** Blanks or line breaks: at least one (`blank`) or none or more (`gap`). */
  | { readonly part: 'blank' }
  | { readonly part: 'gap' }
  | { readonly part: 'either'; readonly of: readonly (readonly Part[])[]; readonly optional: boolean }
  /** `{field:type(argument)}`; the field `_` is discarded, `#` numbers the others. */
  | { readonly part: 'hole'; readonly field: string; readonly type: string; readonly argument: string }
  /** `{=name}`: the value of a setting or parameter. */
  | { readonly part: 'value'; readonly name: string }
  /** `{item*}` */
  | { readonly part: 'list'; readonly item: string }

/** A pattern that can't be read. `at` counts characters from 0. */
export class PatternError extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

interface Reader {
  readonly source: string
  at: number
  /** The literal character just before, or '' after a hole: blanks beside punctuation are optional. */
  before: string
  /** Choices that are open around it. */
  depth: number
}

/** Nesting of choices: readable patterns have up to three. */
const maxNesting = 20

export function parsePattern(source: string): Pattern {
  const reader: Reader = { source, at: 0, before: '', depth: 0 }
  const parts = parseSequence(reader, '')
  if (reader.at < source.length) throw new PatternError(`"${source[reader.at]}" closes nothing`, reader.at)
  if (parts.length === 0) throw new PatternError('the pattern is empty', 0)
  return { source, parts }
}

/** Everything up to one of the characters in `closing`, which is left for the caller. */
function parseSequence(reader: Reader, closing: string): Part[] {
  const parts: Part[] = []
  while (reader.at < reader.source.length) {
    const char = reader.source[reader.at] as string
    if (closing.includes(char) && closing !== '') return parts
    if (char === ']' || char === ')' || char === '}') {
      throw new PatternError(`"${char}" closes nothing; write \\${char} for the character`, reader.at)
    }
    reader.at++
    if (char === '\\') addText(reader, parts, takeEscaped(reader))
    else if (char === '~') addGap(parts, 'gap')
    else if (/\s/.test(char)) addGap(parts, punctuation.includes(reader.before) && reader.before ? 'gap' : 'blank')
    else if (char === '[') parts.push(parseChoices(reader, ']'))
    else if (char === '(') parts.push(parseChoices(reader, ')'))
    else if (char === '{') {
      parts.push(parseHole(reader))
      reader.before = ''
    } else addText(reader, parts, char)
  }
  if (closing !== '') throw new PatternError(`"${closing[0]}" is missing`, reader.at)
  return parts
}

function takeEscaped(reader: Reader): string {
  const char = reader.source[reader.at++]
  if (char === undefined) throw new PatternError('"\\" has nothing to quote', reader.at - 1)
  return char
}

function addText(reader: Reader, parts: Part[], char: string): void {
  const last = parts.at(-1)
  if (punctuation.includes(char)) {
    if (last?.part === 'blank') parts.pop()
    addGap(parts, 'gap')
    parts.push({ part: 'text', text: char }, { part: 'gap' })
  } else if (last?.part === 'text') parts[parts.length - 1] = { part: 'text', text: last.text + char }
  else parts.push({ part: 'text', text: char })
  reader.before = char
}

/** Adjacent gaps are merged; a blank beside a gap stays a blank, as it was written explicitly. */
function addGap(parts: Part[], part: 'blank' | 'gap'): void {
  const last = parts.at(-1)
  if (last?.part === 'blank' || (last?.part === 'gap' && part === 'gap')) return
  if (last?.part === 'gap') parts.pop()
  parts.push({ part })
}

function parseChoices(reader: Reader, close: string): Part {
  const start = reader.at - 1
  const before = reader.before
  const of: Part[][] = []
  if (++reader.depth > maxNesting) throw new PatternError(`more than ${maxNesting} choices are nested`, start)
  for (;;) {
    reader.before = before
    of.push(parseSequence(reader, `${close}|`))
    if (reader.source[reader.at++] === close) break
  }
  reader.depth--
  reader.before = ''
  if (of.some((parts) => parts.length === 0)) throw new PatternError('a choice is empty; use [ ]', start)
  if (close === ')' && of.length === 1) {
    throw new PatternError('"(" … ")" needs "|"; write \\( for the character', start)
  }
  return { part: 'either', of, optional: close === ']' }
}

const holeForm =
  /^(?:=(?<value>[a-z][a-z0-9_#]*)|(?<item>[a-z][a-z0-9_]*)\*|(?<field>_|#|[a-z][a-z0-9_#]*):(?<type>[a-z][a-z0-9_]*)(?:\((?<argument>[^)]*)\))?)$/

function parseHole(reader: Reader): Part {
  const start = reader.at - 1
  const end = reader.source.indexOf('}', reader.at)
  if (end < 0) throw new PatternError('"}" is missing', start)
  const inside = reader.source.slice(reader.at, end)
  const form = holeForm.exec(inside)?.groups
  if (form === undefined) {
    throw new PatternError(`{${inside}} is no hole: write {field:type}, {=name} or {item*}`, start)
  }
  reader.at = end + 1
  if (form.value !== undefined) return { part: 'value', name: form.value }
  if (form.item !== undefined) return { part: 'list', item: form.item }
  return { part: 'hole', field: form.field as string, type: form.type as string, argument: form.argument ?? '' }
}

/** Every part, the nested ones too. */
export function* eachPart(parts: readonly Part[]): Generator<Part> {
  for (const part of parts) {
    yield part
    if (part.part === 'either') for (const choice of part.of) yield* eachPart(choice)
  }
}

/** Nothing in it varies except blanks. */
export const isFixed = (pattern: Pattern): boolean => pattern.parts.every(({ part }) => /text|blank|gap/.test(part))
