/** A value of a device: what a reading carries, a property holds and a parameter takes. */
export type Value = string | number | boolean | null

/** Values by field name; the names and units are those of the vocabulary (`device/vocabulary.ts`). */
export type Values = Readonly<Record<string, Value>>
