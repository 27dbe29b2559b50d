import type { Stretch } from '../mask.ts'

/** All runs of so many units are tried; of more, single ones, pairs, and all but a few at either end. */
const maxRunUnits = 6
const maxLeftOut = 3
/** Units of a text that are looked at one by one. */
const maxUnits = 40

/** The lines of a text, or its sentences where it has one line only. */
export function unitsOf(text: string): Stretch[] {
  const lines = split(text, /[\r\n]+/g)
  return (lines.length > 1 ? lines : split(text, /[;,](?=\s|\p{L})|(?<=[!.])\s+|\s{2,}/gu)).slice(0, maxUnits)
}

/** The smallest pieces of a text that have a meaning: lines, and what marks separate in them. */
export const chunksOf = (text: string): Stretch[] => split(text, /[\r\n;]+|,(?!\d)|\s{3,}/g)

/** Runs of lines in which a whole message may stand, the longest first; the whole text is the first. */
export function runsOf(units: readonly Stretch[]): Stretch[] {
  const runs: Stretch[] = []
  for (let count = units.length; count > 0; count--) {
    for (let at = 0; at + count <= units.length; at++) {
      const isNearlyAll = units.length - count <= maxLeftOut
      if (units.length <= maxRunUnits || count <= 2 || isNearlyAll)
        runs.push({ from: units[at]?.from ?? 0, to: units[at + count - 1]?.to ?? 0 })
    }
  }
  return runs
}

/** The stretches between the separators, without blanks at their ends. */
function split(text: string, separator: RegExp): Stretch[] {
  const found: Stretch[] = []
  let from = 0
  const add = (to: number): void => {
    const part = text.slice(from, to)
    const start = from + part.length - part.trimStart().length
    if (part.trim() !== '') found.push({ from: start, to: start + part.trim().length })
  }
  for (const match of text.matchAll(separator)) {
    add(match.index)
    from = match.index + match[0].length
  }
  add(text.length)
  return found
}

export const overlaps = ({ from, to }: Stretch, all: readonly Stretch[]): boolean =>
  all.some((one) => from < one.to && one.from < to)
