import type { Dialect } from '../profile/dialect.ts'
import type { Profile } from '../profile/profile.ts'

export interface Problem {
  /** Path in the file: `commands.open.examples.0`. */
  readonly path: string
  readonly message: string
}

export type Rule = (profile: Profile, dialect: Dialect) => Problem[]

/** A problem for each of these. */
export const each = <T>(things: Iterable<T>, problem: (thing: T) => Problem | null): Problem[] =>
  [...things].flatMap((thing) => problem(thing) ?? [])
