const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 }

/** The ms of a span of time like `12h` or `7d`; null for anything else. */
export function spanMs(text: string): number | null {
  const [, count, unit = ''] = /^(\d{1,5})\s*([mhdw])$/.exec(text) ?? []
  return count === undefined ? null : Number(count) * (units[unit] ?? 0)
}
