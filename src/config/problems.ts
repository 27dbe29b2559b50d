import type * as z from 'zod'
import { didYouMean } from '../util/nearest.ts'
import { exampleAt, keysAt, variantsAt } from './reference.ts'

/** A mistake in the configuration, as a sentence. */
export interface Problem {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

type Issue = z.core.$ZodIssue

/** Keys of other programs, and their equivalents. */
const elsewhere: Readonly<Record<string, string>> = {
  'mqtt.host': '; write server: mqtt://host:1883',
  'mqtt.port': '; write it after the host: server: mqtt://host:1883',
  'mqtt.user': '; did you mean "username"?',
  'mqtt.topic': '; did you mean "base_topic"?',
  'mqtt.tls': '; write server: mqtts://host:8883',
  'mqtt.users': '; they are under broker: { users: … }',
  'mqtt.listen': '; it is under broker: { listen: … }',
}

/** All mistakes of a configuration: the key, the problem, and an example. */
export function problemsOf(error: z.ZodError, data: unknown): Problem[] {
  return error.issues.flatMap(withinUnion).flatMap((issue) => {
    const at = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(issue.path, data)
      return issue.keys.map((name) => {
        const meant =
          elsewhere[[...issue.path, name].join('.')] ?? (didYouMean(name, known) || `; there is ${known.join(', ')}`)
        return { path: [...issue.path, name], message: `${at}unknown key "${name}"${meant}` }
      })
    }
    const { path, words } = wordsOf(issue, data)
    const where = path.length === 0 ? '' : `${path.join('.')}: `
    return [{ path, message: `${where}${words}${exampleFor(path, data, words)}` }]
  })
}

/** The problem of a value of any schema, in words. */
export function wordsOf(issue: Issue, data: unknown): { path: readonly PropertyKey[]; words: string } {
  const { path } = issue
  const value = valueAt(data, path)
  const words = (text: string) => ({ path, words: text })
  switch (issue.code) {
    case 'invalid_type':
      return words(value === undefined ? 'is missing' : `must be ${kindWords(issue.expected)}, not ${kindOf(value)}`)
    case 'invalid_value':
      return words(choiceOf(issue.values.map(String), value))
    case 'too_small':
      return words(tooSmall(issue))
    case 'too_big':
      return words(tooBig(issue))
    case 'invalid_key':
      return words(issue.issues[0]?.message ?? issue.message)
    case 'invalid_union':
      return unionOf(issue, data)
    default:
      return words(value === undefined ? 'is missing' : issue.message)
  }
}

function tooSmall({ origin, minimum }: Extract<Issue, { code: 'too_small' }>): string {
  if (origin === 'array') return 'must have at least one entry'
  return origin === 'string' ? 'must not be empty' : `must be at least ${minimum}`
}

function tooBig({ origin, maximum }: Extract<Issue, { code: 'too_big' }>): string {
  if (origin === 'array') return `may have at most ${maximum} entries`
  return origin === 'string' ? `may have at most ${maximum} characters` : `must be at most ${maximum}`
}

/** For a value with several forms: the problem within the form that it has. */
function withinUnion(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || issue.discriminator !== undefined) return [issue]
  const within = branchesOf(issue).find((issues) => !issues.some(isForm))
  // A problem of the value as a whole is reported with the possible words.
  if (within === undefined || within.some(({ code, path }) => path.length === 0 && code !== 'unrecognized_keys'))
    return [issue]
  return within.map((one) => ({ ...one, path: [...issue.path, ...one.path] }) as Issue).flatMap(withinUnion)
}

function unionOf(issue: Extract<Issue, { code: 'invalid_union' }>, data: unknown): ReturnType<typeof wordsOf> {
  const { path } = issue
  const value = valueAt(data, path)
  const variants = issue.discriminator === undefined ? null : variantsAt(path)
  if (variants !== null) return { path, words: choiceOf(variants, value) }
  const branches = branchesOf(issue)
  const choices = branches.flatMap(([first]) => (first?.code === 'invalid_value' ? first.values.map(String) : []))
  // The branch whose form fits has the problem within; where none fits, all forms are listed.
  const within = branches.find((issues) => !issues.some(isForm))?.[0]
  if (within !== undefined) {
    const inner = wordsOf({ ...within, path: [...path, ...within.path] } as Issue, data)
    if (within.path.length > 0 || choices.length === 0) return inner
    return { path, words: `${inner.words}, or ${choices.join(' or ')}${didYouMean(String(value), choices)}` }
  }
  if (value === undefined) return { path, words: 'is missing' }
  const forms = [...new Set(branches.flatMap(([first]) => (first === undefined ? [] : formOf(first))))]
  if (choices.length === 0 || typeof value === 'object')
    return { path, words: `must be ${[...choices, ...forms].join(' or ')}, not ${kindOf(value)}` }
  return { path, words: choiceOf(choices, value, forms) }
}

/** The issues of each form that a value may have; forms within forms count as well. */
function branchesOf({ errors }: Extract<Issue, { code: 'invalid_union' }>): (readonly Issue[])[] {
  return errors.flatMap((issues) => {
    const [first] = issues
    return first?.code === 'invalid_union' && first.path.length === 0 ? branchesOf(first) : [issues]
  })
}

const isForm = ({ code, path }: Issue): boolean =>
  path.length === 0 && (code === 'invalid_type' || code === 'invalid_value')

function formOf(issue: Issue): string[] {
  if (issue.code !== 'invalid_type') return []
  return issue.expected === 'boolean' ? [] : [kindWords(issue.expected)]
}

/** `forms`: alternatives to the words. */
function choiceOf(values: readonly string[], value: unknown, forms: readonly string[] = []): string {
  const words = values.length === 1 ? values[0] : `one of ${values.join(', ')}`
  if (value === undefined) return `is missing: it is ${words}`
  if (typeof value === 'object') return `must be ${words}, not ${kindOf(value)}`
  const otherwise = forms.map((form) => `, or ${form}`).join('')
  return `must be ${words}, not ${shown(value)}${otherwise}${didYouMean(String(value), values)}`
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a whole number',
  boolean: 'true or false',
  number: 'a number',
  array: 'a list',
  object: 'a table of keys',
  record: 'a table of keys',
}

const kindWords = (expected: string): string => kinds[expected] ?? 'a text'

function kindOf(value: unknown): string {
  if (value === '' || value === null || value === undefined) return 'nothing (its contents are indented below it)'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'a table of keys' : shown(value)
}

const shown = (value: unknown): string => (typeof value === 'object' ? kindOf(value) : `"${value}"`)

/** An example value as in the file, where the words have none. */
function exampleFor(path: readonly PropertyKey[], data: unknown, words: string): string {
  const found = exampleAt(path, data)
  if (found === null || words.includes(found.text)) return ''
  return `; for example ${found.key}: ${found.text}`
}

export function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data
  for (const key of path) {
    // A text stands for the list of it alone.
    if (key === 0 && typeof value === 'string') continue
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return value
}
