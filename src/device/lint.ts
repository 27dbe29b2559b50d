import { lintCommands } from './lint/commands.ts'
import { lintFields } from './lint/fields.ts'
import { lintMessages } from './lint/messages.ts'
import { lintPatterns } from './lint/patterns.ts'
import type { Problem } from './lint/problem.ts'
import { lintProperties } from './lint/properties.ts'
import { lintSecrets } from './lint/secrets.ts'
import { lintSettings } from './lint/settings.ts'
import { lintSources } from './lint/sources.ts'
import type { Profile } from './profile.ts'

export type { Problem } from './lint/problem.ts'

const rules = [
  lintSettings,
  lintSources,
  lintFields,
  lintSecrets,
  lintProperties,
  lintCommands,
  lintMessages,
  lintPatterns,
] as const

/** Everything that keeps a profile from being shipped. A profile without problems is proved by its own examples. */
export function lintProfile(profile: Profile): Problem[] {
  const problems = [...profile.dialects.values()].flatMap((dialect) => rules.flatMap((rule) => rule(profile, dialect)))
  const seen = new Set<string>()
  return problems.filter(({ path, message }) => {
    const key = `${path}: ${message}`
    return !seen.has(key) && seen.add(key)
  })
}
