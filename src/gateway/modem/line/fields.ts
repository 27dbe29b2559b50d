/** The fields after the name of a line, without their quotes; null for a line of another name. */
export function fieldsIn(line: string, name: string): string[] | null {
  if (!line.startsWith(name)) return null
  const fields: string[] = []
  for (const [, quoted, plain] of line.slice(name.length).matchAll(/(?:^|,)\s*(?:"([^"]*)"[^,]*|([^,]*))/g))
    fields.push((quoted ?? plain ?? '').trim())
  return fields
}

/**
 * A whole number as vendors write them: `2`, `002`, `"2"`, ` 2`, `0x02` (V.250 clause 5.3.1 allows leading zeros); null
 * for anything else.
 */
export function numberIn(field: string | undefined): number | null {
  const digits =
    field
      ?.trim()
      .replace(/^"(.*)"$/, '$1')
      .trim() ?? ''
  if (/^\d{1,9}$/.test(digits)) return Number(digits)
  return /^0x[0-9a-f]{1,7}$/i.test(digits) ? Number(digits) : null
}

/**
 * `yy/MM/dd,hh:mm:ss±zz`, the zone in quarters of an hour (TS 27.005 clause 3.1), as ISO 8601; null for no time. Some
 * vendors write four digits of the year, or a blank for the comma.
 */
export function isoOf(time: string): string | null {
  const match = /^(?:20)?(\d\d)\/(\d\d)\/(\d\d)[, ] *(\d\d:\d\d:\d\d)([+-]\d{1,2})?$/.exec(time.trim())
  if (!match) return null
  const [, year, month, day, clock, zone = '+00'] = match
  const quarters = Math.abs(Number(zone))
  const two = (value: number) => String(value).padStart(2, '0')
  const sign = quarters === 0 ? '+' : zone[0]
  return `20${year}-${month}-${day}T${clock}${sign}${two(Math.floor(quarters / 4))}:${two((quarters % 4) * 15)}`
}
