/** ISO 8601 with the offset from UTC, without which an instant is not known. */
const form =
  /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)$/i

/** What is to be given, where `instantOf` knows none. */
export const instantWords = 'a time with its offset from UTC, such as 2026-12-24T18:00:00+01:00 or 2026-12-24T17:00:00Z'

/** The instant in ms since 1970; null for a text that names none. */
export function instantOf(text: string): number | null {
  const day = form.exec(text)?.[1]
  if (day === undefined) return null
  // Some would be a day of the next month.
  const start = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== day) return null
  const time = Date.parse(
    text
      .replace(',', '.')
      .replace(/([+-]\d\d):?(\d\d)$/, '$1:$2')
      .toUpperCase(),
  )
  return Number.isNaN(time) ? null : time
}
