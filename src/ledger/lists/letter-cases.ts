/** Whether it has letters beyond ASCII that are written in several cases. */
export const hasCases = (text: string): boolean =>
  [...text].some((character) => character > '\x7f' && casesOf(character).length > 1)

/** Lower case that its upper case does not lead back to. */
const twins: Readonly<Record<string, string>> = { σ: 'ς', ß: 'ẞ' }

/** A character in each case that is one character too. */
export function casesOf(character: string): string[] {
  const small = character.toUpperCase().toLowerCase()
  const lower = [...small].length === 1 ? small : character.toLowerCase()
  const cases = [character, lower, lower.toUpperCase(), character.toUpperCase(), twins[lower] ?? character]
  return [...new Set(cases)].filter((one) => [...one].length === 1)
}
