import { own } from '../../util/own.ts'
import type { Evidence, Proof } from '../schema/command.ts'
import type { ProfileRow, SourceRow } from '../schema/profile-schema.ts'

/** What decides which sources are independent. */
export type Origins = Pick<ProfileRow, 'sources' | 'manufacturer'>
const none: Origins = { sources: {}, manufacturer: '' }

export interface Stated {
  readonly source: readonly string[]
  readonly proof?: Proof | undefined
  readonly reader?: string | undefined
}

export type Proved<T extends Stated> = Omit<T, 'proof'> & Evidence

/** The entry of a profile with what its sources prove of it. */
export const proved = <T extends Stated>(row: T, origins = none): Proved<T> => ({
  ...row,
  ...evidenceOf(row, origins),
  stated: row.reader === undefined ? (row.proof ?? null) : null,
})

/**
 * Printed is what a maker prints. What others report is proved by two of them that do not repeat each other; what one
 * alone reports is unproven. What a reader finds in a text proves itself. An entry without sources is its owner's own,
 * who has the device.
 */
function evidenceOf({ source, proof, reader }: Stated, origins: Origins): Omit<Evidence, 'stated'> {
  const independent = independentOf(source, origins)
  const showsItself = reader !== undefined
  if (proof === 'unproven') return { proof: showsItself ? 'reported' : 'unproven', independent }
  if (source.length === 0) return { proof: proof ?? 'printed', independent }
  const isPrinted = source.some((id) => isMaker(own(origins.sources, id)))
  if (isPrinted && proof !== 'reported') return { proof: 'printed', independent }
  return { proof: independent < 2 && !showsItself ? 'unproven' : 'reported', independent }
}

const isMaker = (source: SourceRow | undefined): boolean => source?.kind === 'manual' || source?.kind === 'maker'

/** How many of the sources are independent: the pages of one maker are one, and so are those with the same `of`. */
export const independentOf = (ids: readonly string[], { sources, manufacturer }: Origins): number =>
  new Set(
    ids.flatMap((id) => {
      const source = own(sources, id)
      if (source === undefined) return []
      const maker = isMaker(source) ? manufacturer : null
      return `${source.of ?? maker ?? `source ${id}`}`.toLowerCase()
    }),
  ).size
