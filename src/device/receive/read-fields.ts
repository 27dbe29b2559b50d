import type { Bound } from '../pattern/bind.ts'
import { type Match, match, nothingFound, together } from '../pattern/match.ts'
import type { Pattern } from '../pattern/pattern.ts'
import { wordKey } from '../regular/regular.ts'
import type { FieldsRow } from '../schema/message.ts'

interface Chunk {
  readonly text: string
  readonly from: number
}

/**
 * Reads a text of `key:value` pairs in any order: firmware adds and drops keys. Unknown keys are ignored; line breaks
 * within values are ignored too, unless a line break is the separator.
 */
export function readFields(row: FieldsRow, text: string, compile: (pattern: Pattern) => Bound | null): Match | null {
  const known = new Map(Object.entries(row.keys).map(([key, fields]) => [wordKey(key), fields]))
  const [first, ...rest] = chunksOf(text, row.separator)
  const found = new Set<string>()
  let all = nothingFound

  const take = (pattern: Pattern, chunk: Chunk): boolean => {
    const plain = row.separator.includes('\n') ? chunk.text.trim() : chunk.text.replace(/\s*[\r\n]+\s*/g, '').trim()
    const program = compile(pattern)
    const fits = program === null || plain === '' ? null : match(program, plain)
    if (fits === null) return false
    const whole = { from: chunk.from, to: chunk.from + chunk.text.length }
    all = together(all, { ...fits, spans: fits.spans.map((span) => ({ ...span, ...whole })) })
    return true
  }

  const isHead = first !== undefined && row.head !== undefined && take(row.head, first)
  let waiting: readonly Pattern[] = []
  for (const chunk of isHead || first === undefined ? rest : [first, ...rest]) {
    const colon = chunk.text.indexOf(row.pair)
    const key = colon < 0 ? '' : wordKey(chunk.text.slice(0, colon))
    // A key counts once, so that a text of nothing but keys costs no more than another.
    const fields = colon < 0 || found.has(key) ? undefined : known.get(key)
    const [next, ...after] = fields ?? (colon < 0 ? waiting : [])
    waiting = after
    if (fields !== undefined) found.add(key)
    const start = fields === undefined ? 0 : colon + row.pair.length
    if (next !== undefined) take(next, { text: chunk.text.slice(start), from: chunk.from + start })
  }
  if (found.size < row.at_least) return null
  return { ...all, weight: [...found].join('').length, steps: all.steps + text.length }
}

function chunksOf(text: string, separators: readonly string[]): Chunk[] {
  const chunks: Chunk[] = []
  let from = 0
  for (let at = 0; at <= text.length; at++) {
    const separator = separators.find((sep) => text.startsWith(sep, at))
    if (separator === undefined && at < text.length) continue
    if (text.slice(from, at).trim() !== '') chunks.push({ text: text.slice(from, at), from })
    from = at + (separator?.length ?? 1)
    at = Math.max(at, from - 1)
  }
  return chunks
}
