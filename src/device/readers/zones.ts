/** Civil time as a device prints it; month 1 to 12. Second is null where the device has none. */
export interface CivilTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number | null
}

/**
 * Minutes east of UTC of a fixed zone: `UTC`, `Z`, `GMT`, `+02:00`, `GMT-0330`, `E08`, `W0930`, `+8`; null for others.
 */
export function fixedOffset(zone: string): number | null {
  if (/^(?:UTC|GMT|Z)$/i.test(zone)) return 0
  const form = /^(?:UTC|GMT)?\s*([+-]|[EW])\s*(\d{1,2})(?::?(\d{2}))?$/i.exec(zone)
  if (form === null) return null
  const minutes = Number(form[2]) * 60 + Number(form[3] ?? 0)
  return minutes > 14 * 60 ? null : /[-W]/i.test(form[1] as string) ? -minutes : minutes
}

/** Is this a zone of the IANA database or a fixed one? */
export function isZone(zone: string): boolean {
  if (fixedOffset(zone) !== null) return true
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** Minutes east of UTC at an instant. */
export function offsetAt(zone: string, instant: number): number {
  const fixed = fixedOffset(zone)
  if (fixed !== null) return fixed
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(instant)
  return fixedOffset(parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC') ?? 0
}

/** An instant as civil time in the zone. */
export function civilAt(instant: number, zone: string): CivilTime {
  const shifted = new Date(instant + offsetAt(zone, instant) * 60_000)
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
    second: shifted.getUTCSeconds(),
  }
}

/** ISO 8601 with the zone's offset; local without one where the zone isn't known. */
export function isoOf(time: CivilTime, zone: string | null): string {
  const two = (number: number): string => String(number).padStart(2, '0')
  const seconds = time.second === null ? '' : `:${two(time.second)}`
  const year = String(time.year).padStart(4, '0')
  const local = `${year}-${two(time.month)}-${two(time.day)}T${two(time.hour)}:${two(time.minute)}${seconds}`
  if (zone === null) return local
  const minutes = offsetFor(time, zone)
  if (minutes === 0) return `${local}Z`
  const size = Math.abs(minutes)
  return `${local}${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

/** Milliseconds since 1970 as if the clock showed UTC. */
export function epochOf(time: CivilTime): number {
  return Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second ?? 0)
}

/** The offset in force when the clock shows this; the earlier of two when a clock is put back. */
function offsetFor(time: CivilTime, zone: string): number {
  const shown = epochOf(time)
  const before = offsetAt(zone, shown - 86_400_000)
  if (offsetAt(zone, shown - before * 60_000) === before) return before
  return offsetAt(zone, shown - offsetAt(zone, shown) * 60_000)
}
