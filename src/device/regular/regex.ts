import { literal, maybe, type Regular, type UnitSet } from './regular.ts'

/**
 * The plain part of JavaScript's regular expressions, for the `pattern` of a parameter: what a client publishes is
 * checked by the same machine, in steps that grow with its length only. Whole text, case matters.
 */
export class RegexError extends Error {}

const printable = Array.from({ length: 0x5f }, (_, i) => String.fromCharCode(0x20 + i)).join('')
const classes: Readonly<Record<string, RegExp>> = { d: /\d/, D: /\D/, w: /\w/, W: /\W/, s: /\s/, S: /\S/ }
const most = 200

interface Reader {
  readonly source: string
  at: number
}

export function parseRegex(source: string): Regular<never> {
  const reader = { source: source.replace(/^\^|(?<!\\)\$$/g, ''), at: 0 }
  const regular = choices(reader)
  if (reader.at < reader.source.length) throw new RegexError(`")" at ${reader.at} closes nothing`)
  return regular
}

function choices(reader: Reader): Regular<never> {
  const of = [pieces(reader)]
  while (reader.source[reader.at] === '|') {
    reader.at++
    of.push(pieces(reader))
  }
  return { is: 'either', of }
}

function pieces(reader: Reader): Regular<never> {
  const of: Regular<never>[] = []
  while (reader.at < reader.source.length && !/[|)]/.test(reader.source[reader.at] as string)) {
    const start = reader.at
    of.push(repeated(reader, atom(reader), start))
  }
  return { is: 'sequence', of }
}

function atom(reader: Reader): Regular<never> {
  const char = reader.source[reader.at++] as string
  if (char === '(') return group(reader)
  if (char === '[') return one(takeClass(reader))
  if (char === '.') return one(/[^\n\r]/)
  if (char === '\\') return escaped(reader)
  if (/[*+?{^$]/.test(char)) throw new RegexError(`"${char}" at ${reader.at - 1} is not known here`)
  return literal(char, true)
}

function group(reader: Reader): Regular<never> {
  if (reader.source.startsWith('?:', reader.at)) reader.at += 2
  else if (reader.source[reader.at] === '?') throw new RegexError('looking ahead or behind is not known here')
  const inner = choices(reader)
  if (reader.source[reader.at++] !== ')') throw new RegexError('")" is missing')
  return inner
}

function escaped(reader: Reader): Regular<never> {
  const char = reader.source[reader.at++]
  if (char === undefined) throw new RegexError('"\\" has nothing to quote')
  const known = Object.hasOwn(classes, char) ? classes[char] : undefined
  if (known !== undefined) return one(known)
  if (/[a-zA-Z0-9]/.test(char)) throw new RegexError(`"\\${char}" is not known here`)
  return literal(char, true)
}

/** A class holds for single characters, so the engine's own may judge it. */
function takeClass(reader: Reader): RegExp {
  const end = /^\^?\]?(?:\\.|[^\]\\])*\]/.exec(reader.source.slice(reader.at))?.[0]
  if (end === undefined) throw new RegexError('"]" is missing')
  reader.at += end.length
  return new RegExp(`[${end}`)
}

function one(test: RegExp): Regular<never> {
  const members = [...printable].filter((char) => test.test(char)).join('')
  const set: UnitSet = {
    has: (unit) => test.test(String.fromCharCode(unit)),
    sample: members,
    free: false,
    exact: true,
  }
  return { is: 'unit', set }
}

function repeated(reader: Reader, of: Regular<never>, start: number): Regular<never> {
  const form = /^(?:([?*+])|\{(\d{1,3})(,?)(\d{0,3})\})/.exec(reader.source.slice(reader.at))
  if (form === null) return of
  const inner = reader.source.slice(start, reader.at)
  reader.at += form[0].length
  const [, sign, low, comma, high] = form
  if (sign === '?') return maybe(of)
  if (sign !== undefined) return { is: 'many', of, least: sign === '+' ? 1 : 0, lazy: false }
  if (/(?<!\\)\{/.test(inner)) throw new RegexError('counted repeats do not nest')
  const least = Number(low)
  const greatest = comma === '' ? least : high === '' ? null : Number(high)
  if (Math.max(least, greatest ?? 0) > most) throw new RegexError(`more than ${most} repeats`)
  const rest: Regular<never>[] =
    greatest === null
      ? [{ is: 'many', of, least: 0, lazy: false }]
      : Array(Math.max(0, greatest - least)).fill(maybe(of))
  return { is: 'sequence', of: [...Array<Regular<never>>(least).fill(of), ...rest] }
}
