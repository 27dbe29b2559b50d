import type { Profile } from '../../src/device/profile/profile.ts'
import { independentOf } from '../../src/device/profile/proof-of-sources.ts'

/** Numbers of independent sources. */
export interface Known {
  /** Of any entry: programs, forums and recordings, whose number is how popular a family is taken to be. */
  readonly owners: number
  /** Of messages and of commands whose answer is known. */
  readonly texts: number
  /** Of commands. */
  readonly commands: number
}
export const counts = ['owners', 'texts', 'commands'] as const

export function knownOf({ row, dialects }: Profile): Known {
  const all = [...dialects.values()]
  const commands = all.flatMap((one) => Object.values(one.commands)).filter(({ stated }) => stated !== 'unproven')
  const messages = all.flatMap((one) => Object.values(one.messages)).filter(({ stated }) => stated !== 'unproven')
  const answered = commands.filter(({ examples }) => examples.some(({ reply }) => reply.length > 0))
  const sourcesOf = (entries: readonly { readonly source: readonly string[] }[]): string[] =>
    entries.flatMap(({ source }) => source)
  const isOwner = (id: string): boolean => !['manual', 'maker'].includes(row.sources[id]?.kind ?? 'manual')
  return {
    owners: independentOf(Object.keys(row.sources).filter(isOwner), row),
    texts: independentOf(sourcesOf([...messages, ...answered]), row),
    commands: independentOf(sourcesOf(commands), row),
  }
}

/** The table of the families that most owners show, those with the most first. */
export function popularTable(known: ReadonlyMap<string, Known>): string {
  const rows = [...known]
    .sort(([one, a], [two, b]) => b.owners - a.owners || one.localeCompare(two))
    .map(([id, row]) => [`\`${id}\``, ...counts.map((count) => `${row[count]}`)])
  const head = ['profile', 'sources of owners', 'of texts', 'of commands']
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('')
}
