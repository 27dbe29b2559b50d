import { didYouMean } from '../../util/nearest.ts'
import type { Evidence } from '../schema/command.ts'
import type { Problem, Rule } from './problem.ts'

/** Every entry names its sources, and states itself where they do not prove it. */
export const lintSources: Rule = (_profile, { sources, commands, messages }) => {
  const rows = [
    ...Object.entries(commands).map(([name, row]) => [`commands.${name}`, row] as const),
    ...Object.entries(messages).map(([name, row]) => [`messages.${name}`, row] as const),
  ]
  return rows.flatMap(([path, row]): Problem[] => {
    const strange = row.source.filter((id) => !Object.hasOwn(sources, id))
    if (strange.length > 0) return strange.map((id) => ({ path, message: unknown(id, Object.keys(sources)) }))
    const message = row.source.length === 0 && row.stated !== 'unproven' ? 'has no source' : gapOf(row)
    return message === null ? [] : [{ path, message }]
  })
}

const unknown = (id: string, sources: readonly string[]): string =>
  `source "${id}" is not in sources${didYouMean(id, sources)}`

function gapOf({ proof, independent, stated }: Evidence): string | null {
  if (stated === 'reported' && independent < 2)
    return `is not reported: that takes two independent sources, and it has ${independent}; add one, or mark it \`proof: unproven\``
  return stated === 'printed' && proof !== 'printed' ? 'is not printed: none of its sources is a maker’s' : null
}
