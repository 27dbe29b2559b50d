/** SMPP 3.4 clause 7.1.1: `YYMMDDhhmmsstnnp`, with tenths of a second, quarters of an hour from UTC, and `+`, `-` or `R`. */
const form = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d)(\d\d)([-+R])$/

/** Days that a relative time can be written in without months, which have no length of their own. */
export const maxRelativeSeconds = 30 * 86_400

const two = (value: number) => String(Math.floor(value)).padStart(2, '0')

/** A time span, at most `maxRelativeSeconds`. */
export function relativeTime(seconds: number): string {
  const span = Math.min(Math.ceil(seconds), maxRelativeSeconds)
  return `0000${two(span / 86_400)}${two((span % 86_400) / 3_600)}${two((span % 3_600) / 60)}${two(span % 60)}000R`
}

/** A time in ms since 1970, in UTC. */
export function absoluteTime(ms: number): string {
  return `${new Date(Math.ceil(ms / 1000) * 1000).toISOString().slice(2, 19).replace(/\D/g, '')}000+`
}

/** A time of the other end in ms since 1970; null where it is none, or empty. Years and months of a span are 365 and 30 days. */
export function timeIn(text: string, now: number): number | null {
  const [, ...digits] = form.exec(text) ?? []
  const [years, months, days, hours, minutes, seconds, , quarters] = digits.map(Number) as number[]
  if (digits.length === 0) return null
  const clockMs = ((hours as number) * 3_600 + (minutes as number) * 60 + (seconds as number)) * 1000
  const sign = digits[8]
  if (sign === 'R')
    return now + ((years as number) * 365 + (months as number) * 30 + (days as number)) * 86_400_000 + clockMs
  const date = new Date(Date.UTC(2000 + (years as number), (months as number) - 1, days as number))
  const isDate = date.getUTCMonth() + 1 === months && date.getUTCDate() === days
  if (!isDate || (hours as number) > 23 || (minutes as number) > 59 || (seconds as number) > 59) return null
  const offsetMs = (quarters as number) * 900_000 * (sign === '-' ? -1 : 1)
  return date.getTime() + clockMs - offsetMs
}
