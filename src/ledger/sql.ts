import type { Tx } from './tx.ts'

/** SQL that is valid in both SQLite and PostgreSQL. */

type SqlValue = string | number | null

/** Inserts a row and returns all of its columns, also those that the table fills in. */
export function insertRow<Row>(tx: Tx, table: string, row: Readonly<Record<string, SqlValue>>): Row {
  const columns = Object.keys(row)
  const values = columns.map(() => '?').join(', ')
  const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${values}) RETURNING *`
  return tx.one<Row>(sql, ...Object.values(row)) as Row
}

/** Inserts a row, or changes the one with this key. The values are those of the columns, in order. */
export function upsert(table: string, key: readonly string[], others: readonly string[]): string {
  const columns = [...key, ...others]
  const values = columns.map(() => '?').join(', ')
  const change =
    others.length === 0 ? 'NOTHING' : `UPDATE SET ${others.map((name) => `${name} = excluded.${name}`).join(', ')}`
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${values}) ON CONFLICT (${key.join(', ')}) DO ${change}`
}

/**
 * The index that a statement must use, as the planner does not know how few rows are open. SQLite only; an engine
 * without such hints leaves it out.
 */
export const byIndex = (name: string): string => `INDEXED BY ${name}`

/** The greater of a column and a value, which is bound twice. */
export const greater = (column: string): string => `CASE WHEN ${column} > ? THEN ${column} ELSE ? END`

/** The column is one of many numbers, bound as a `list`: one statement for any number of them. */
export const among = (column: string): string => `${column} IN (SELECT value FROM json_each(?))`
export const list = (numbers: readonly number[]): string => `[${numbers.join()}]`

export const textList = (texts: readonly string[]): string => JSON.stringify(texts)

/** The column contains a text, whatever the case of its ASCII letters; with the value to bind. */
export const containsText = (column: string, text: string): readonly [sql: string, pattern: string] => [
  `${column} LIKE ? ESCAPE '!'`,
  `%${text.replace(/[!%_]/g, '!$&')}%`,
]

/** The column contains these characters one after the other, each in one of its cases. */
export const containsInAnyCase = (
  column: string,
  characters: readonly (readonly string[])[],
): readonly [sql: string, pattern: string] => [`${column} GLOB ?`, `*${characters.map(oneOf).join('')}*`]
const oneOf = (cases: readonly string[]): string => {
  const letters = cases.join('')
  return cases.length > 1 || /[*?[]/.test(letters) ? `[${letters}]` : letters
}

/** Joins in the order of the tables: few rows of the first one are open. */
export const joinInOrder = 'CROSS JOIN'
