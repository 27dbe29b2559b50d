import type { Lookups } from './lookups.ts'

/**
 * Reads the YAML that nearly all files are written in: tables and lists, nested by indentation or in brackets, of
 * words and quoted texts of one line. It is ten times as fast as the library. Of everything else, and of everything
 * that may be a mistake, it knows nothing: then the answer is undefined, and the library reads the file.
 */
export function readPlainYaml(text: string, lookups: Lookups): unknown {
  if (unusual.test(text)) return undefined
  try {
    return new Reader(`${text}\n`, lookups).document()
  } catch (error) {
    if (error === notPlain) return undefined
    throw error
  }
}

/** Tabs, other line ends, control characters, and the marks of a document. */
const unusual = /[\0-\x09\x0b-\x1f\x7f\ufeff]|^(?:---|\.\.\.|%)/m

const notPlain = new Error('not in plain YAML')
const maxDepth = 30
/** The library refuses keys of more than 1024 characters. */
const maxKeyLength = 1_000

const first = '(?:[^\\s\\-?:,[\\]{}#&*!|>\'"%@`]|-(?=\\w))'
/** A word or several: a colon with a blank after it ends them, a # with a blank before it, and the line. */
const blockWords = new RegExp(`${first}(?:[^\\n: ]|:(?=[^ \\n])| +(?=[^ #\\n]))*`, 'y')
/** Within brackets, commas and brackets end them as well. */
const flowWords = new RegExp(`${first}(?:[^\\n: ,[\\]{}]|:(?=[^ \\n,[\\]{}])| +(?=[^ #\\n,[\\]{}]))*`, 'y')
const doubleQuoted = /"((?:[^"\\\n]|\\[^\n])*)"/y
const singleQuoted = /'((?:[^'\n]|'')*)'/y
const tag = /!(secret|env) +/y
const blanks = / */y
const dash = /- +(?=[^ #\n])/y
const restOfLine = /(?: +#[^\n]*| *)\n/y
/** Lines without contents, and the indentation of the next one. */
const toContents = /(?: *(?:#[^\n]*)?\n)* */y
/** Between the parts of a bracket. */
const between = /(?: |(?:(?<=\s)#[^\n]*)?\n)*/y

type Table = Record<string, unknown>

class Reader {
  readonly #text: string
  readonly #lookups: Lookups
  #at = 0
  #depth = 0

  constructor(text: string, lookups: Lookups) {
    this.#text = text
    this.#lookups = lookups
  }

  document(): unknown {
    this.#match(toContents)
    if (this.#column() !== 0 || this.#isAtEnd()) throw notPlain
    const table = this.#table(0)
    if (!this.#isAtEnd()) throw notPlain
    return table
  }

  /** The entries at this column, from the first key on to the first contents behind them. */
  #table(column: number): Table {
    this.#enter()
    const table: Table = {}
    do {
      const key = this.#word(blockWords)
      this.#put(table, key, () => this.#entry(column))
    } while (this.#isNext(column))
    this.#depth--
    return table
  }

  #entry(column: number): unknown {
    if (!this.#skips(restOfLine)) return this.#inline(column)
    this.#match(toContents)
    const next = this.#column()
    if (this.#isAtEnd() || next < column) return ''
    if (this.#text.startsWith('- ', this.#at)) return this.#list(next)
    return next === column ? '' : this.#contents(column)
  }

  #list(column: number): unknown[] {
    this.#enter()
    const list: unknown[] = []
    do {
      if (!this.#skips(dash)) {
        // The next key of the table that the list is in.
        if (list.length > 0) break
        throw notPlain
      }
      list.push(this.#contents(column))
    } while (this.#isNext(column))
    this.#depth--
    return list
  }

  /** A table that begins here, or one value, within what is in this column. */
  #contents(column: number): unknown {
    const begin = this.#at
    if (/[[{!]/.test(this.#text[begin] as string)) return this.#inline(column)
    this.#word(blockWords)
    const isTable = this.#text[this.#at] === ':'
    this.#at = begin
    return isTable ? this.#table(this.#column()) : this.#inline(column)
  }

  /** A value that ends with its line, or with its bracket. */
  #inline(column: number): unknown {
    const value = this.#value(blockWords, column)
    if (!this.#skips(restOfLine)) throw notPlain
    this.#match(toContents)
    return value
  }

  #value(words: RegExp, column: number): unknown {
    const begin = this.#text[this.#at]
    if (begin === '{') return this.#flowTable(column)
    if (begin === '[') return this.#flowList(column)
    if (begin !== '!') return this.#word(words)
    const name = this.#match(tag)?.[1]
    const key = this.#match(words)?.[0]
    if (name === undefined || key === undefined) throw notPlain
    try {
      return this.#lookups[name as keyof Lookups](key)
    } catch {
      // The library reports it with its line.
      throw notPlain
    }
  }

  #flowTable(column: number): Table {
    const table: Table = {}
    this.#bracket('}', column, () => {
      const key = this.#word(flowWords)
      this.#put(table, key, () => {
        this.#between(column)
        return this.#value(flowWords, column)
      })
    })
    return table
  }

  #flowList(column: number): unknown[] {
    const list: unknown[] = []
    this.#bracket(']', column, () => list.push(this.#value(flowWords, column)))
    return list
  }

  /** Lines within brackets have to be indented deeper than what they are in. */
  #bracket(close: string, column: number, part: () => void): void {
    this.#enter()
    this.#at++
    this.#between(column)
    while (this.#text[this.#at] !== close) {
      part()
      this.#between(column)
      if (this.#text[this.#at] === close) break
      if (this.#text[this.#at] !== ',') throw notPlain
      this.#at++
      this.#between(column)
    }
    this.#at++
    this.#depth--
  }

  #between(column: number): void {
    const blank = this.#match(between)?.[0] ?? ''
    if (blank.includes('\n') && this.#column() <= column) throw notPlain
  }

  /** A text, or a key up to its colon. */
  #word(words: RegExp): string {
    const quote = this.#text[this.#at]
    if (quote !== '"' && quote !== "'") return this.#match(words)?.[0] ?? refuse()
    const inner = this.#match(quote === '"' ? doubleQuoted : singleQuoted)?.[1]
    if (inner === undefined || /^!(secret|env)\s/.test(inner)) throw notPlain
    return quote === "'" ? inner.replaceAll("''", "'") : unescaped(inner)
  }

  #put(table: Table, key: string, value: () => unknown): void {
    const colon = this.#at
    const isEnded = /[ \n]/.test(this.#text[colon + 1] ?? '') && this.#text[colon - 1] !== ' '
    if (this.#text[colon] !== ':' || !isEnded || key.length > maxKeyLength) throw notPlain
    if (Object.hasOwn(table, key) || key === '__proto__' || key === '<<') throw notPlain
    this.#at++
    if (!this.#endsLine()) this.#match(blanks)
    table[key] = value()
  }

  /** Nothing but a comment is left of the line. */
  #endsLine(): boolean {
    restOfLine.lastIndex = this.#at
    return restOfLine.test(this.#text)
  }

  /** Whether the next contents are in this column; behind it they would belong to what has ended. */
  #isNext(column: number): boolean {
    if (this.#isAtEnd()) return false
    if (this.#column() > column) throw notPlain
    return this.#column() === column
  }

  #enter(): void {
    if (++this.#depth > maxDepth) throw notPlain
  }

  #column(): number {
    return this.#at - this.#text.lastIndexOf('\n', this.#at - 1) - 1
  }

  #isAtEnd(): boolean {
    return this.#at === this.#text.length
  }

  #skips(pattern: RegExp): boolean {
    return this.#match(pattern) !== null
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match !== null) this.#at = pattern.lastIndex
    return match
  }
}

function refuse(): never {
  throw notPlain
}

/** The escapes that JSON has as well. */
function unescaped(inner: string): string {
  if (!inner.includes('\\')) return inner
  try {
    return JSON.parse(`"${inner}"`) as string
  } catch {
    throw notPlain
  }
}
