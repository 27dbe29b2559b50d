import { Fault } from '../../message/fault.ts'
import { didYouMean } from '../../util/nearest.ts'
import { holesOf } from './propose-rule.ts'

/** What becomes of a hole: another `field`, `field:type`, or `-` for a value that is thrown away. */
export type HoleChanges = Readonly<Record<string, string>>

const takes = /^(?<field>[a-z][a-z0-9_]*)?(?::(?<type>[a-z][a-z0-9_]*(?:\([^(){}]*\))?))?$/

/** The pattern with its holes renamed, of other types, or dropped. Fails with `invalid_payload` for one that it lacks. */
export function changeHoles(pattern: string, changes: HoleChanges): string {
  const fields = holesOf(pattern).map(({ field }) => field)
  for (const [field, change] of Object.entries(changes)) {
    if (!fields.includes(field)) {
      const meant = didYouMean(field, fields) || `; it has ${fields.join(', ') || 'none'}`
      throw new Fault('invalid_payload', `holes: the pattern has no {${field}}${meant}`)
    }
    if (change !== '-' && (change === '' || !takes.test(change)))
      throw new Fault('invalid_payload', `holes: ${field} takes a field, field:type, or - to drop it, not "${change}"`)
  }
  return pattern.replace(/\\.|\{([a-z][a-z0-9_]*):([^{}]*)\}/g, (hole, field?: string, type = '') => {
    const change = field === undefined ? undefined : changes[field]
    if (change === undefined) return hole
    if (change === '-') return `{_:${type}}`
    const to = takes.exec(change)?.groups
    return `{${to?.field ?? field}:${to?.type ?? type}}`
  })
}
