import { didYouMean } from '../../util/nearest.ts'
import type { Rule } from './problem.ts'

/** Printed entries name their source; others are marked as unproven. */
export const lintSources: Rule = (_profile, { sources, commands, messages }) => {
  const rows = [
    ...Object.entries(commands).map(([name, row]) => [`commands.${name}`, row] as const),
    ...Object.entries(messages).map(([name, row]) => [`messages.${name}`, row] as const),
  ]
  return rows.flatMap(([path, { source, proof }]) => {
    if (source === undefined) return proof === 'unproven' ? [] : [{ path, message: 'has no source' }]
    if (Object.hasOwn(sources, source)) return []
    return [{ path, message: `source "${source}" is not in sources${didYouMean(source, Object.keys(sources))}` }]
  })
}
