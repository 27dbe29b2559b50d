/** Of one parameter: no list of a modem is longer. */
const maxValues = 1_024

/**
 * The values that a test command lists for each parameter (V.250 clause 5.7.3): `(0-3),(0,1),(2)`, with blanks, with
 * single values, and without brackets as some vendors write them: `0-3,0,1`.
 */
export function rangesIn(text: string): number[][] {
  const groups = text.match(/\([^)]*\)?|[^,()]+/g) ?? []
  return groups
    .map((group) => group.trim())
    .filter((group) => group !== '')
    .map(valuesIn)
}

function valuesIn(group: string): number[] {
  const values = new Set<number>()
  for (const [, from = '', to = from] of group.matchAll(/(\d+)(?:\s*-\s*(\d+))?/g)) {
    for (let value = Number(from); value <= Number(to) && values.size < maxValues; value++) values.add(value)
  }
  return [...values]
}

/** The slots in use that `+CMGD: (1,2,7),(0-4)` lists; null where it names their range only, or none. */
export function slotsIn(lines: readonly string[]): number[] | null {
  const line = lines.find((one) => one.startsWith('+CMGD:'))
  const first = /^\+CMGD: *\(([^)]*)\)/.exec(line ?? '')?.[1]
  return first === undefined || first.includes('-') ? null : valuesIn(first)
}
