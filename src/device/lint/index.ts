import type { Profile } from '../profile/profile.ts'
import { lintCommands } from './commands.ts'
import { lintDialects } from './lint-dialects.ts'
import { lintFields } from './lint-fields.ts'
import { lintProperties } from './lint-properties.ts'
import { lintSettings } from './lint-settings.ts'
import { lintSources } from './lint-sources.ts'
import { lintMessages } from './messages.ts'
import { lintPatterns } from './patterns.ts'
import type { Problem } from './problem.ts'
import { lintSecrets } from './secrets.ts'

export type { Problem } from './problem.ts'

const rules = [
  lintSettings,
  lintSources,
  lintFields,
  lintSecrets,
  lintProperties,
  lintCommands,
  lintMessages,
  lintPatterns,
  lintDialects,
] as const

/** Everything that prevents a profile from being released. One without problems is proved by its own examples. */
export function lintProfile(profile: Profile): Problem[] {
  const problems = [...profile.dialects.values()].flatMap((dialect) => rules.flatMap((rule) => rule(profile, dialect)))
  const seen = new Set<string>()
  return problems.filter(({ path, message }) => {
    const key = `${path}: ${message}`
    return !seen.has(key) && seen.add(key)
  })
}
