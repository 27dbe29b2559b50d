/** Type of number, TS 23.040 clause 9.1.2.5 (bits 6 to 4 of the type-of-address octet). */
export const typesOfNumber = [
  'unknown',
  'international',
  'national',
  'networkSpecific',
  'subscriber',
  'alphanumeric',
  'abbreviated',
  'reserved',
] as const

export type TypeOfNumber = (typeof typesOfNumber)[number]

/**
 * Originator or recipient of a TPDU. `number` holds digits, `*`, `#` and `a` to `c` without a plus (`ton` marks
 * international numbers), or the name of an alphanumeric originator.
 */
export interface Address {
  readonly number: string
  readonly ton: TypeOfNumber
  /** Numbering plan, 0 to 15; 1 is E.164. */
  readonly npi: number
}
