import { createRequire } from 'node:module'
import type { Node, Scalar, YAMLError } from 'yaml'
import { Fault } from '../message/fault.ts'
import { type Lookups, noLookups } from './lookups.ts'
import { readPlainYaml } from './plain-yaml.ts'

/** The library, loaded for files that are not plain, and where the line of a mistake is needed. */
const library = () => createRequire(import.meta.url)('yaml') as typeof import('yaml')

export interface YamlFile {
  readonly data: unknown
  /** Line (from 1) of the value at a path, or of the nearest value around it. */
  lineOf(path: readonly PropertyKey[]): number | null
}

/** Messages for errors of the YAML library, with the fix; the library's own for the rest. */
const wordsFor: Partial<Record<YAMLError['code'], string>> = {
  BAD_INDENT: 'is not indented like the lines around it: keys of one table begin in the same column',
  BLOCK_AS_IMPLICIT_KEY: 'is not indented like the lines around it: keys of one table begin in the same column',
  MULTILINE_IMPLICIT_KEY:
    'has no "key: value", or is not indented like the lines around it: a colon needs a blank after it',
  TAB_AS_INDENT: 'is indented with a tab: use blanks',
  MISSING_CHAR: 'has a quote or bracket that is not closed, or a colon without a blank after it',
  UNEXPECTED_TOKEN: 'has something unexpected: a bracket, comma or quote is too many, missing or not closed',
  BAD_ALIAS: 'has a value that begins with *: put it into quotes',
  BAD_SCALAR_START: 'has a value that begins with @ or `: put it into quotes',
  BAD_DQ_ESCAPE: "has a backslash in double quotes: use single quotes ('…')",
  MULTIPLE_DOCS: 'begins a second document (---): one file holds one',
  KEY_OVER_1024_CHARS: 'has a key of more than 1024 characters: a quote is not closed',
  BLOCK_IN_FLOW: 'mixes brackets and indented lines: close the bracket first',
  TAG_RESOLVE_FAILED: 'has an unknown tag (!…): there is !secret and !env',
}

/** Messages for tags without a value. */
const nameless = {
  '!secret': 'the name of an entry of secrets.yaml is missing after it, like !secret mqtt',
  '!env': 'the name of an environment variable is missing after it, like !env MQTT_PASSWORD',
} as const

/** Keys with a meaning in JavaScript. */
const impossibleKeys = ['__proto__']
const maxAliases = 100

/** Reads YAML with every scalar as written (the failsafe schema). */
export function readYaml(text: string, name: string, lookups: Lookups): YamlFile {
  const data = readPlainYaml(text, lookups)
  if (data === undefined) return readAnyYaml(text, name, lookups)
  let read: YamlFile | undefined
  return {
    data,
    lineOf: (path) => {
      read ??= readAnyYaml(text, name, lookups)
      return read.lineOf(path)
    },
  }
}

/** With the library, which knows all of YAML, and the line of every value. */
export function readAnyYaml(text: string, name: string, lookups: Lookups): YamlFile {
  try {
    return readDocument(text, name, lookups)
  } catch (error) {
    // The library recurses for each level.
    if (!(error instanceof RangeError)) throw error
    throw new Fault('invalid_config', `${name}: ${tooDeep}`, {}, error)
  }
}

const tooDeep = 'brackets or lists are nested too deeply'

function readDocument(text: string, name: string, lookups: Lookups): YamlFile {
  const { isScalar, LineCounter, parseDocument, visit } = library()
  const lines = new LineCounter()
  const at = (offset: number | undefined) => (offset === undefined ? name : `${name}:${lines.linePos(offset).line}`)
  const wrong = (offset: number | undefined, message: string) =>
    new Fault('invalid_config', `${at(offset)}: ${message}`)
  const resolve = (tag: keyof typeof nameless, find: (key: string) => string) => ({
    tag,
    resolve: (key: string, onError: (message: string) => void) => {
      try {
        if (key.trim() === '') throw new Fault('invalid_config', nameless[tag])
        return find(key)
      } catch (error) {
        onError(`${`${tag} ${key}`.trim()}: ${Fault.from(error).message}`)
        return ''
      }
    },
  })
  const document = parseDocument(text, {
    schema: 'failsafe',
    lineCounter: lines,
    customTags: [resolve('!secret', lookups.secret), resolve('!env', lookups.env)],
    // The library compares each key with all previous ones, which took seven seconds for twenty thousand devices.
    uniqueKeys: false,
    prettyErrors: false,
  })
  const problem = document.errors[0]
  if (problem !== undefined) throw wrong(problem.pos[0], sentenceOf(problem, document.errors, text))
  const [unknown] = document.warnings
  if (unknown !== undefined) throw wrong(unknown.pos[0], `this line ${wordsFor.TAG_RESOLVE_FAILED}`)
  const isOurs = lookups !== noLookups
  visit(document, {
    Scalar: (_, { value, type, range }) => {
      const tag = isOurs && type?.startsWith('QUOTE') ? /^!(secret|env)\s+\S+$/.exec(String(value)) : null
      if (tag !== null) throw wrong(range?.[0], `write ${value} without the quotes around it`)
    },
    Map: (_, { items }) => {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) throw wrong((key as Node | null)?.range?.[0], 'a key must be a plain word')
        const offset = key.range?.[0]
        if (seen.has(key.value)) throw wrong(offset, `the key "${key.value}" is repeated`)
        if (impossibleKeys.includes(String(key.value)))
          throw wrong(offset, `"${key.value}" can't be a name: use another`)
        seen.add(key.value)
      }
    },
  })
  return {
    data: plain(() => document.toJS({ maxAliasCount: maxAliases }), name) ?? {},
    lineOf: (path) => {
      for (let depth = path.length; depth >= 0; depth--) {
        const node = document.getIn(path.slice(0, depth) as string[], true) as Scalar | undefined
        const start = node?.range?.[0]
        if (start !== undefined) return lines.linePos(start).line
      }
      return null
    },
  }
}

function sentenceOf({ code, message }: YAMLError, all: readonly YAMLError[], text: string): string {
  // The message of a lookup is passed on.
  if (code === 'TAG_RESOLVE_FAILED' && /^!(secret|env)\b/.test(message)) return message
  if (all.some((one) => lacksComma(one, text))) return 'this line has brackets in which a comma is missing'
  if (message.includes('call stack')) return tooDeep
  const isFlow = code === 'BAD_INDENT' && message.startsWith('Flow')
  const words = isFlow ? 'follows a bracket that is not closed' : wordsFor[code]
  return words === undefined ? `this line is not YAML: ${message.split('\n')[0]}` : `this line ${words}`
}

/** Two entries within brackets without a comma, which the library reports as another error. */
function lacksComma({ code, message, pos }: YAMLError, text: string): boolean {
  if (/^Missing ,|^Implicit keys of flow sequence pairs/.test(message)) return true
  return code === 'BLOCK_IN_FLOW' && /^[^,{}[\]]*?\s[^\s,{}[\]]+:(\s|$)/.test(text.slice(pos[0], pos[1]))
}

function plain(make: () => unknown, name: string): unknown {
  try {
    return make()
  } catch (error) {
    const unset = /Unresolved alias.*: (\S+)/.exec((error as Error).message)?.[1]
    if (unset !== undefined)
      throw new Fault('invalid_config', `${name}: the value *${unset} begins with *: put it into quotes`, {}, error)
    const reason = `more than ${maxAliases} aliases (*name) that multiply: write the values out`
    throw new Fault('invalid_config', `${name}: ${reason}`, {}, error)
  }
}

/** A value as YAML, on one line. */
export function inYaml(value: unknown): string {
  if (typeof value === 'string' && value.startsWith('!secret ')) return value
  const text = library().stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: true }).trim()
  return text.replace(/"(!secret \w+|\d+|true|false)"/g, '$1')
}
