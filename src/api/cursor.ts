import * as z from 'zod'

/** The longest: the key of a conversation is a number or a name. */
const maxCharacters = 512

/** Places in one list, as its next page is asked for: each names its list, so that another one refuses it. */
export interface Cursors {
  /** A cursor in a request. */
  readonly given: z.ZodOptional<z.ZodString>
  /** The cursor of a place; null at the end. */
  next(place: string | null): string | null
  /** The place of a cursor; null for the first page. */
  placeOf(cursor: string | undefined): string | null
}

export function cursorsOf(list: string, form: RegExp): Cursors {
  const begin = `${list}:`
  const textOf = (cursor: string) => Buffer.from(cursor, 'base64url').toString()
  const isPlace = (cursor: string) => {
    const text = textOf(cursor)
    return text.startsWith(begin) && form.test(text.slice(begin.length))
  }
  return {
    given: z
      .string()
      .max(maxCharacters)
      .refine(isPlace, 'must be the cursor that the previous page of this list ended with')
      .optional(),
    next: (place) => (place === null ? null : Buffer.from(begin + place).toString('base64url')),
    placeOf: (cursor) => (cursor === undefined ? null : textOf(cursor).slice(begin.length)),
  }
}
