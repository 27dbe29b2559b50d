import { isScalar, LineCounter, parseDocument, type Scalar, visit } from 'yaml'
import { Fault } from '../message/fault.ts'

/** What `!secret name` and `!env NAME` stand for. */
export interface Lookups {
  secret(name: string): string | undefined
  env(name: string): string | undefined
}

export interface YamlFile {
  readonly data: unknown
  /** Line (from 1) of the value at a path, or of the nearest value around it. */
  lineOf(path: readonly PropertyKey[]): number | null
}

/** Reads YAML with every scalar as the text that is written there (the failsafe schema). */
export function readYaml(text: string, name: string, lookups: Lookups): YamlFile {
  const lines = new LineCounter()
  const resolve = (tag: string, find: (key: string) => string | undefined) => ({
    tag,
    resolve: (key: string, onError: (message: string) => void) => {
      const value = find(key)
      if (value === undefined)
        onError(`${tag} ${key}: there is no such ${tag === '!env' ? 'environment variable' : 'entry in secrets.yaml'}`)
      return value ?? ''
    },
  })
  const document = parseDocument(text, {
    schema: 'failsafe',
    lineCounter: lines,
    customTags: [resolve('!secret', lookups.secret), resolve('!env', lookups.env)],
    // The library compares each key with all before it: twenty thousand devices took it seven seconds.
    uniqueKeys: false,
  })
  const problem = document.errors[0]
  if (problem !== undefined) {
    const line = problem.linePos?.[0].line
    throw new Fault(
      'invalid_config',
      `${name}${line === undefined ? '' : `:${line}`}: ${problem.message.split('\n')[0]}`,
    )
  }
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (seen.has(key.value)) {
          const { line } = lines.linePos(key.range?.[0] ?? 0)
          throw new Fault('invalid_config', `${name}:${line}: the key "${key.value}" is there twice`)
        }
        seen.add(key.value)
      }
    },
  })
  return {
    data: document.toJS({ maxAliasCount: 100 }) ?? {},
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
