/**
 * Text in UCS2 as hex, as modems with `AT+CSCS="UCS2"` say it, and many whatever they were set to. `always`: whatever
 * can be such hex is; `likely`: where it reads as text; `number`: where it reads as a telephone number. What is no such
 * hex is taken as it stands.
 */
export function textOfUcs2(said: string, when: 'always' | 'likely' | 'number' | 'never'): string {
  if (when === 'never' || !/^(?:[0-9A-F]{4})+$/i.test(said)) return said
  const units = (said.match(/.{4}/g) ?? []).map((unit) => Number.parseInt(unit, 16))
  const text = String.fromCharCode(...units)
  if (when === 'number') return /^\+?[\d*#]+$/.test(text) ? text : said
  return when === 'always' || isLikely(units) ? text : said
}

/** Scripts of one alphabet: the high octets of a text are few. Hex that is something else scatters over all of them. */
function isLikely(units: readonly number[]): boolean {
  const isPrintable = units.every(
    (unit) => unit === 10 || unit === 13 || (unit >= 32 && unit < 0xd800 && (unit < 127 || unit > 159)),
  )
  const high = units.map((unit) => unit >> 8)
  const known = high.filter((one) => one <= 0x0e || one === 0x1e || one === 0x20)
  return isPrintable && known.length === high.length && (units.length > 1 || (units[0] ?? 0) < 256)
}
