import { didYouMean } from '../util/nearest.ts'

export type Contacts = Readonly<Record<string, string | readonly string[]>>

/** Numbers in a group. */
const maxMembers = 200

/** Problems of the groups under `contacts:`, each with the name of its group. */
export function groupProblems(contacts: Contacts, devices: readonly string[]): [string, string][] {
  const known = new Map(Object.entries(contacts))
  const names = [...known.keys(), ...devices]
  return [...known].flatMap(([name, members]): [string, string][] => {
    if (typeof members === 'string') return []
    const strangers = members.filter((member) => /\p{L}/u.test(member) && !names.includes(member))
    if (strangers.length > 0)
      return strangers.map((member) => [name, `there is no contact or device "${member}"${didYouMean(member, names)}`])
    const reached = reach(members, known)
    if (reached.has(name)) return [[name, 'the group is a member of itself']]
    const numbers = [...reached].filter((member) => !Array.isArray(known.get(member)))
    if (numbers.length <= maxMembers) return []
    return [[name, `a group reaches at most ${maxMembers} numbers, not ${numbers.length}`]]
  })
}

/** All members, those of nested groups included. */
function reach(members: readonly string[], contacts: ReadonlyMap<string, string | readonly string[]>): Set<string> {
  const seen = new Set<string>()
  const waiting = [...members]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    const inner = contacts.get(next)
    if (inner !== undefined && typeof inner !== 'string') waiting.push(...inner)
  }
  return seen
}

/** The numbers of a contact, or of everybody in a group. */
export function numbersOf(name: string, contacts: Contacts): string[] {
  const all = new Map(Object.entries(contacts))
  return [...reach([name], all)].flatMap((one) => {
    const contact = all.get(one)
    if (contact === undefined) return one === name || !/^\+?[\d\s()./-]+$/.test(one) ? [] : [one]
    return typeof contact === 'string' ? [contact] : []
  })
}
