import { Fault } from './fault.ts'

/** Nesting of lists and objects. */
const maxDepth = 16
const blank = /\s/

/**
 * Untrusted JSON, or undefined for any other text. What begins like an object or a list must be a complete one with
 * unique keys: half a request must not be taken for another one. Checked before it is parsed, and without recursion, so
 * that any depth can be refused.
 */
export function readJson(text: string): unknown {
  const plain = text.trim()
  const isContainer = plain.startsWith('{') || plain.startsWith('[')
  if (isContainer) assertTidy(plain)
  try {
    return JSON.parse(plain)
  } catch {
    if (isContainer) throw new Fault('invalid_payload', 'the payload begins like JSON, but is not valid JSON')
    return undefined
  }
}

/** Fails where JSON is too deep or a key is repeated; its grammar is left to the parser. */
function assertTidy(text: string): void {
  /** The keys of each open object; null for a list. */
  const open: (Set<string> | null)[] = []
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '{' || char === '[') {
      if (open.length === maxDepth)
        throw new Fault('invalid_payload', `the JSON is nested deeper than ${maxDepth} levels`)
      open.push(char === '{' ? new Set() : null)
    } else if (char === '}' || char === ']') open.pop()
    else if (char === '"') {
      const start = at
      at = endOfString(text, at)
      const keys = open.at(-1)
      if (keys && isKey(text, at + 1)) addKey(keys, text.slice(start, at + 1))
    }
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}

function isKey(text: string, behind: number): boolean {
  let at = behind
  while (blank.test(text[at] ?? '')) at++
  return text[at] === ':'
}

function addKey(keys: Set<string>, written: string): void {
  const key = unquoted(written)
  if (keys.has(key)) throw new Fault('invalid_payload', `the key ${JSON.stringify(key.slice(0, 80))} is repeated`)
  keys.add(key)
}

/** The keys of JSON, at any depth and even if it is not valid, each with the text behind its colon. */
export function* keysIn(text: string): Generator<{ readonly key: string; readonly rest: () => string }> {
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at)) {
    const start = at
    at = endOfString(text, at) + 1
    if (!isKey(text, at)) continue
    const behind = text.indexOf(':', at) + 1
    yield { key: unquoted(text.slice(start, at)), rest: () => text.slice(behind).trimStart() }
  }
}

/** A key with its escapes resolved: `"\u0061"` is `"a"`. An invalid string is left for the parser to refuse. */
function unquoted(written: string): string {
  try {
    return JSON.parse(written)
  } catch {
    return written
  }
}

/** UTF-8 text of a payload. A byte order mark is refused: it would become part of a word or of a text that is sent. */
export function readUtf8(payload: Uint8Array, largest: number): string {
  if (payload.length > largest) {
    throw new Fault('invalid_payload', `${payload.length} octets; at most ${largest} are taken`)
  }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload)
  } catch {
    throw new Fault('invalid_payload', 'the payload is not UTF-8')
  }
  if (text.startsWith('\ufeff'))
    throw new Fault('invalid_payload', 'the payload begins with a byte order mark; send it without')
  return text
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
