import { areCommonSigns, areOfOneAlphabet, isCommon } from './scripts.ts'

/**
 * Text in UCS2 as hex, as modems with `AT+CSCS="UCS2"` write it, and many whatever they were set to. `always`: whatever
 * can be such hex is; `likely`: where it reads as text; `number`: where it reads as a telephone number. What is no such
 * hex is taken as it stands.
 */
export function textOfUcs2(field: string, when: 'always' | 'likely' | 'number' | 'never'): string {
  if (when === 'never' || !/^(?:[0-9A-F]{4})+$/i.test(field)) return field
  const units = (field.match(/.{4}/g) ?? []).map((unit) => Number.parseInt(unit, 16))
  const text = String.fromCharCode(...units)
  if (when === 'number') return /^\+?[\d*#]+$/.test(text) ? text : field
  return when === 'always' || isLikely(field, units) ? text : field
}

/** Digits of the longest number: that of a SIM card (ITU-T E.118). */
const maxNumberDigits = 20

/** Hex that is something else scatters over all of Unicode; a text stays in one script. */
function isLikely(field: string, units: readonly number[]): boolean {
  const own = units.filter((unit) => !isCommon(unit))
  if (own.length === 0) return units.length > 1 || (units[0] ?? 0) < 0x100
  if (/^\d+$/.test(field) && field.length <= maxNumberDigits) return false
  return units.length > 1 && (areOfOneAlphabet(own) || (units.length > 3 && areCommonSigns(own)))
}
