/**
 * Steps that this thread has taken in reading texts, like the time of its CPU: of the machine, and one for each letter
 * that a search goes through. What a text costs is the difference of two counts, whatever the machine is doing besides.
 */
let count = 0

export const stepsTaken = (): number => count

export function took(steps: number): void {
  count += steps
}
