/** Bounds the time of a search among tens of thousands of devices. */
const maxCandidates = 5_000

/** The known word that was probably meant, or null when none is near. Ties go to the longest common prefix. */
export function nearest(word: string, known: Iterable<string>): string | null {
  const lower = word.toLowerCase()
  let best: string | null = null
  let least = Math.floor(word.length / 3) + 1
  let looked = 0
  for (const candidate of known) {
    if (++looked > maxCandidates) break
    const distance = edits(lower, candidate.toLowerCase(), least)
    if (distance > least) continue
    if (distance === least && best !== null && alike(word, candidate) <= alike(word, best)) continue
    least = distance
    best = candidate
  }
  return best
}

/** Length of the common prefix. */
function alike(a: string, b: string): number {
  let i = 0
  while (i < a.length && a[i] === b[i]) i++
  return i
}

export function didYouMean(word: string, known: Iterable<string>): string {
  const meant = nearest(word, known)
  return meant === null ? '' : `; did you mean "${meant}"?`
}

/** Insertions, deletions, substitutions and swaps of neighbours between two words; inexact above `most`. */
function edits(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let [before, last, row] = [
    new Uint16Array(b.length + 1),
    new Uint16Array(b.length + 1),
    new Uint16Array(b.length + 1),
  ]
  for (let j = 0; j <= b.length; j++) last[j] = j
  for (let i = 1; i <= a.length; i++) {
    row[0] = i
    let smallest = i
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      row[j] = cost
      smallest = Math.min(smallest, cost)
    }
    // The distance is at least the minimum of a row; a swap reaches over one row.
    if (smallest > most + 1) return most + 1
    ;[before, last, row] = [last, row, before]
  }
  return last[b.length] ?? 0
}
