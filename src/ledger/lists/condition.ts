import type { Sight, Subject } from '../about.ts'
import { among, containsInAnyCase, containsText, textList } from '../sql.ts'
import { casesOf, hasCases } from './letter-cases.ts'

/** A condition in SQL, and the values that are bound to it. */
export interface Condition {
  readonly sql: string
  readonly values: readonly (string | number)[]
}

export const condition = (sql: string, ...values: (string | number)[]): Condition => ({ sql, values })

export const all = (conditions: readonly Condition[]): Condition => ({
  sql: conditions.length === 0 ? '1 = 1' : conditions.map(({ sql }) => sql).join(' AND '),
  values: conditions.flatMap(({ values }) => values),
})

/** What is asked of a list; what is null applies to all. */
export interface Filter extends Subject {
  readonly direction: 'out' | 'in' | null
  readonly status: string | null
  readonly gateway: string | null
  readonly since: number | null
  readonly until: number | null
  /** Words in the text, or digits of the number. */
  readonly search: string | null
  /** Texts that were sent with one request. */
  readonly batch: string | null
  readonly sight: Sight
}

/** A table of messages as lists read it. */
export interface Table {
  readonly name: string
  readonly key: string
  readonly time: string
  readonly number: string
  /** The index that has its texts and numbers, in its order. */
  readonly words: string
  readonly direction: 'out' | 'in'
}

export const sent = {
  name: 'submission',
  key: 'seq',
  time: 'queued_at',
  number: 'recipient',
  words: 'submission_words',
  direction: 'out',
} as const
export const received = {
  name: 'incoming',
  key: 'id',
  time: 'received_at',
  number: 'sender',
  words: 'incoming_words',
  direction: 'in',
} as const

/** Conditions beside the subject. */
export function filterConditions({ time, number }: Table, filter: Filter, status: string | null): Condition[] {
  const { gateway, since, until, search, batch, sight } = filter
  return [
    ...(since === null ? [] : [condition(`${time} >= ?`, since)]),
    ...(until === null ? [] : [condition(`${time} < ?`, until)]),
    ...(gateway === null ? [] : [condition('gateway = ?', gateway)]),
    ...(filter.status === null || status === null ? [] : [condition(`${status} = ?`, filter.status)]),
    ...(search === null ? [] : [searchCondition(search, number)]),
    ...(batch === null ? [] : [condition('batch = ?', batch)]),
    ...sightConditions(sight),
  ]
}

export function sightConditions({ devices, people }: Sight): Condition[] {
  if (devices !== null) return [condition(among('device'), textList(devices))]
  return people ? [] : [condition('device IS NOT NULL')]
}

function searchCondition(search: string, number: string): Condition {
  const inText = textCondition('text', search)
  const digits = digitsOf(search)
  if (digits === null) return inText
  const inNumber = textCondition(number, digits)
  return condition(`(${inText.sql} OR ${inNumber.sql})`, ...inText.values, ...inNumber.values)
}

/** Words in a column, whatever the case of their letters. Most rows are settled by the longest, where it is not the first. */
function textCondition(column: string, words: string): Condition {
  const [longest = words] = words.split(' ').sort((a, b) => b.length - a.length)
  const parts = words.startsWith(longest) ? [words] : [longest, words]
  return all(parts.map((one) => partCondition(column, one)))
}

/** SQLite folds the case of ASCII letters only, which is faster than to compare with each case. */
function partCondition(column: string, words: string): Condition {
  if (!hasCases(words)) return condition(...containsText(column, words))
  const [first = '', ...rest] = words
  // A pattern that begins with one character is looked for much faster than one that begins with a choice.
  const found = casesOf(first).map((one) => containsInAnyCase(column, [[one], ...rest.map(casesOf)]))
  return condition(`(${found.map(([sql]) => sql).join(' OR ')})`, ...found.map(([, pattern]) => pattern))
}

/** Part of a number, as it is stored; null for words. */
function digitsOf(search: string): string | null {
  const digits = search.replace(/[\s()/.-]/g, '')
  return /^\+?\d{3,}$/.test(digits) ? digits : null
}

/** Conditions of which each has an index of its own; null where there is none. */
export function subjectConditions(
  { direction, number }: Table,
  { device, numbers, batch }: Filter,
): Condition[] | null {
  if (device === null && numbers.length === 0) return batch === null ? null : [condition('batch = ?', batch)]
  // A text to a number is in the lane of the device that has it.
  const key = direction === 'out' ? 'lane' : number
  const prefix = direction === 'out' ? 'n:' : ''
  return [
    ...(device === null ? [] : [condition('device = ?', device)]),
    ...(device === null || direction === 'in' ? [] : [condition(`device IS NULL AND ${key} = ?`, `d:${device}`)]),
    ...numbers.map((one) => condition(`device IS NULL AND ${key} = ?`, prefix + one)),
  ]
}
