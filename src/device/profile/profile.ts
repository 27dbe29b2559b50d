import { Fault } from '../../message/fault.ts'
import { didYouMean } from '../../util/nearest.ts'
import { issuesOf } from '../schema/profile-scalars.ts'
import { type ProfileRow, profile as profileSchema } from '../schema/profile-schema.ts'
import { type Dialect, dialectOf, ownWords } from './dialect.ts'
import { brokenReferences } from './references.ts'

/** A consistent profile: every name in it is known. Its quality is checked in `lint/`. */
export interface Profile {
  /** `king-pigeon/rtu5024`: its path below `devices/`. */
  readonly id: string
  readonly row: ProfileRow
  /** The profile with each variant applied; one under '' when it has none. */
  readonly dialects: ReadonlyMap<string, Dialect>
}

/** Parses the data of a profile file, whose scalars are all strings. Fails with `invalid_profile` and all problems. */
export function parseProfile(id: string, data: unknown): Profile {
  const parsed = profileSchema.safeParse(data)
  if (!parsed.success) throw invalid(id, issuesOf(parsed.error))
  const row = parsed.data
  const names = Object.keys(row.variants)
  const dialects = new Map((names.length === 0 ? [''] : names).map((name) => [name, dialectOf(id, row, name)]))
  const broken = [...dialects.values()].flatMap(brokenReferences)
  const messages = [row, ...Object.values(row.variants)].flatMap((one) => Object.keys(one.messages ?? {}))
  const texted = [...dialects.values()].flatMap(({ commands }) =>
    Object.keys(commands).filter((name) => commands[name]?.text !== undefined),
  )
  if (Object.hasOwn(row.dialects, ownWords))
    broken.push(`dialects.${ownWords}: "${ownWords}" stands for the words of the profile itself: choose another name`)
  for (const [name, { texts, sends }] of Object.entries(row.dialects)) {
    for (const command of Object.keys(sends).filter((one) => !texted.includes(one)))
      broken.push(`dialects.${name}.sends: there is no command "${command}" with a text${didYouMean(command, texted)}`)
    for (const message of Object.keys(texts).filter((one) => !messages.includes(one)))
      broken.push(`dialects.${name}.texts: there is no message "${message}"${didYouMean(message, messages)}`)
  }
  if (row.default_variant !== undefined && !names.includes(row.default_variant)) {
    broken.push(
      `default_variant: there is no variant "${row.default_variant}"${didYouMean(row.default_variant, names)}`,
    )
  }
  if (broken.length > 0) throw invalid(id, [...new Set(broken)])
  return { id, row, dialects }
}

function invalid(id: string, problems: readonly string[]): Fault {
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  return new Fault('invalid_profile', `profile ${id}: ${problems[0]}${more}`, { profile: id, problems })
}
