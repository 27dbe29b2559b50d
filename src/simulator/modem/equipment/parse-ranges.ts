/**
 * The values that a test command shows, `(0-3),(0,1,3),(0,2)`, which are also used for checking (V.250 clause 5.4.2).
 * One group per parameter.
 */
export function parseRanges(printed: string): readonly ((value: number) => boolean)[] {
  return [...printed.matchAll(/\(([^)]*)\)/g)].map(([, group = '']) => {
    const spans = group.split(',').map((span) => span.split('-').map(Number))
    return (value) => spans.some(([least = Number.NaN, most = least]) => value >= least && value <= most)
  })
}
