/** The value of a reading, a property or a parameter. */
export type Value = string | number | boolean | null

/** Values by field name; the names and units are those of the vocabulary (`device/vocabulary.ts`). */
export type Values = Readonly<Record<string, Value>>

/** Untrusted input as a word. Objects are shown as JSON: their `toString` may not be a function. */
export function wordOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

/** What templates and programs send in place of a missing value. */
const noValues: readonly string[] = ['unavailable', 'unknown', 'None', 'null', 'undefined', 'NaN', '[object Object]']

export const isNoValue = (text: string): boolean => noValues.includes(text.trim())
