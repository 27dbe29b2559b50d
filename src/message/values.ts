/** A value of a device: what a reading carries, a property holds and a parameter takes. */
export type Value = string | number | boolean | null

/** Values by field name; the names and units are those of the vocabulary (`device/vocabulary.ts`). */
export type Values = Readonly<Record<string, Value>>

/** What somebody sent as a word. Objects are shown as JSON: they may hold a `toString` that is none. */
export function wordOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

/** What templates and programs write where they have no value: nobody means it as one. */
const noValues: readonly string[] = ['unavailable', 'unknown', 'None', 'null', 'undefined', 'NaN', '[object Object]']

export const isNoValue = (text: string): boolean => noValues.includes(text.trim())
