/** The fields behind the name of a line, without their quotes; null for a line of another name. */
export function fieldsIn(line: string, name: string): string[] | null {
  if (!line.startsWith(name)) return null
  const fields: string[] = []
  for (const [, quoted, plain] of line.slice(name.length).matchAll(/(?:^|,) *(?:"([^"]*)"|([^",]*))/g))
    fields.push((quoted ?? plain ?? '').trim())
  return fields
}

/** `yy/MM/dd,hh:mm:ss±zz`, the zone in quarters of an hour (TS 27.005 clause 3.1), as ISO 8601; null for no time. */
export function isoOf(time: string): string | null {
  const match = /^(\d\d)\/(\d\d)\/(\d\d),(\d\d:\d\d:\d\d)([+-]\d{1,2})?$/.exec(time)
  if (!match) return null
  const [, year, month, day, clock, zone = '+00'] = match
  const quarters = Math.abs(Number(zone))
  const two = (value: number) => String(value).padStart(2, '0')
  const sign = quarters === 0 ? '+' : zone[0]
  return `20${year}-${month}-${day}T${clock}${sign}${two(Math.floor(quarters / 4))}:${two((quarters % 4) * 15)}`
}
