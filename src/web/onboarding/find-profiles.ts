import type { ProfileHead } from '../api/answer-types.ts'

/** Profiles whose maker, family or models have all the words that were typed, the best first. */
export function findProfiles(profiles: readonly ProfileHead[], typed: string): ProfileHead[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean)
  return profiles
    .map((profile) => ({ profile, score: scoreOf(profile, wanted) }))
    .filter(({ score }) => score !== null)
    .sort((a, b) => (b.score ?? 0) - (a.score ?? 0) || a.profile.profile.localeCompare(b.profile.profile))
    .map(({ profile }) => profile)
}

/** Null where a word is missing; a model that is named exactly counts most. */
function scoreOf({ manufacturer, family, models, kind }: ProfileHead, wanted: readonly string[]): number | null {
  const names = [manufacturer, family, ...models].map((name) => name.toLowerCase())
  const text = [...names, kind.replaceAll('_', ' ')].join(' ')
  let score = 0
  for (const word of wanted) {
    if (!text.includes(word)) return null
    if (names.includes(word)) score += 2
    else if (names.some((name) => name.startsWith(word))) score += 1
  }
  return score
}
