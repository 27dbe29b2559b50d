import { Fault } from '../message/fault.ts'

/** A place in a list, as the next page is requested with: it names its list, so that it is of no use in another. */
export const cursorOf = (list: string, next: string): string => Buffer.from(`${list}:${next}`).toString('base64url')

/** The place that a cursor of this list holds. Fails with `invalid_payload`. */
export function placeOf(list: string, cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString()
  if (text.startsWith(`${list}:`)) return text.slice(list.length + 1)
  const detail = 'must be the next_cursor of the previous page of this list'
  throw new Fault('invalid_payload', `cursor ${detail}`, { errors: [{ parameter: 'cursor', detail }] })
}
