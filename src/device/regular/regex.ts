import { literal, maybe, type Regular, type UnitSet } from './regular.ts'

/**
 * A subset of JavaScript's regular expressions, for the `pattern` of a parameter: input of clients is checked by the
 * same machine in linear time. Matches the whole text, case sensitive.
 */
export class RegexError extends Error {}

const printable = Array.from({ length: 0x5f }, (_, i) => String.fromCharCode(0x20 + i)).join('')
const classes: Readonly<Record<string, RegExp>> = { d: /\d/, D: /\D/, w: /\w/, W: /\W/, s: /\s/, S: /\S/ }
const maxRepeats = 200

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
  if (/[*+?{^$]/.test(char)) throw new RegexError(`"${char}" at ${reader.at - 1} is not supported`)
  return literal(char, true)
}

function group(reader: Reader): Regular<never> {
  if (reader.source.startsWith('?:', reader.at)) reader.at += 2
  else if (reader.source[reader.at] === '?') throw new RegexError('look-around is not supported')
  const inner = choices(reader)
  if (reader.source[reader.at++] !== ')') throw new RegexError('")" is missing')
  return inner
}

function escaped(reader: Reader): Regular<never> {
  const char = reader.source[reader.at++]
  if (char === undefined) throw new RegexError('"\\" has nothing to quote')
  const known = Object.hasOwn(classes, char) ? classes[char] : undefined
  if (known !== undefined) return one(known)
  if (/[a-zA-Z0-9]/.test(char)) throw new RegexError(`"\\${char}" is not supported`)
  return literal(char, true)
}

/** A class matches single characters, so the engine's own RegExp can evaluate it. */
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
  if (Math.max(least, greatest ?? 0) > maxRepeats) throw new RegexError(`more than ${maxRepeats} repeats`)
  const rest: Regular<never>[] =
    greatest === null
      ? [{ is: 'many', of, least: 0, lazy: false }]
      : Array(Math.max(0, greatest - least)).fill(maybe(of))
  return { is: 'sequence', of: [...Array<Regular<never>>(least).fill(of), ...rest] }
}
