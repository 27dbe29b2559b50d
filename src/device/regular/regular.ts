/**
 * Regular expressions as data. Every pattern of a profile is turned into one and then into a program for the machine,
 * which runs in time linear in the length of the text. What would cost more does not exist here: no counted repeats of
 * groups, no look-around, no back references.
 */
export type Regular<M = unknown> =
  | { readonly is: 'unit'; readonly set: UnitSet }
  | { readonly is: 'literal'; readonly text: string; readonly exact: boolean }
  | { readonly is: 'sequence'; readonly of: readonly Regular<M>[] }
  | { readonly is: 'either'; readonly of: readonly Regular<M>[] }
  | { readonly is: 'many'; readonly of: Regular<M>; readonly least: 0 | 1; readonly lazy: boolean }
  | { readonly is: 'marked'; readonly mark: M; readonly of: Regular<M> }

/** A set of UTF-16 code units, called with the folded unit. `sample` has a few members for generated texts. */
export interface UnitSet {
  readonly has: (unit: number) => boolean
  readonly sample: string
  /** Matches nearly anything, so a match proves nothing about the text. */
  readonly free: boolean
  /** Called with the unfolded unit. */
  readonly exact?: boolean
}

const lookalikes: Readonly<Record<string, string>> = {
  '‐': '-',
  '‑': '-',
  '‒': '-',
  '–': '-',
  '—': '-',
  '−': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
}

/** A unit without case and typography: manuals and phones turn `-` into a dash and straight quotes into curly ones. */
export function foldUnit(unit: number): number {
  if (unit < 0x80) return unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit
  const char = String.fromCharCode(unit)
  const lower = (lookalikes[char] ?? char).toLowerCase()
  return lower.length === 1 ? lower.charCodeAt(0) : unit
}

export function fold(text: string): string {
  let folded = ''
  for (let i = 0; i < text.length; i++) folded += String.fromCharCode(foldUnit(text.charCodeAt(i)))
  return folded
}

const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39
const isBreak = (unit: number): boolean => unit === 0x0a || unit === 0x0d
const isBlank = (unit: number): boolean =>
  unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || unit === 0xa0 || unit === 0x3000 || unit === 0x202f

/** The sets that hole types are made of. */
export const units = {
  digit: { has: isDigit, sample: '0123456789', free: false },
  hex: {
    has: (unit) => isDigit(unit) || (unit >= 0x61 && unit <= 0x66),
    sample: '0123456789abcdefABCDEF',
    free: false,
  },
  blank: { has: isBlank, sample: ' \n', free: false },
  solid: { has: (unit) => !isBlank(unit), sample: 'abcXYZ123', free: true },
  inline: { has: (unit) => !isBreak(unit), sample: 'abc XYZ 123', free: true },
  any: { has: () => true, sample: 'abc XYZ\n123', free: true },
} as const satisfies Record<string, UnitSet>

export const sequence = <M>(...of: readonly Regular<M>[]): Regular<M> => ({ is: 'sequence', of })
export const either = <M>(...of: readonly Regular<M>[]): Regular<M> => ({ is: 'either', of })
export const maybe = <M>(...of: readonly Regular<M>[]): Regular<M> => either(sequence(...of), sequence())
export const one = (set: UnitSet): Regular<never> => ({ is: 'unit', set })
export const some = (set: UnitSet): Regular<never> => ({ is: 'many', of: one(set), least: 1, lazy: false })
export const fewest = (set: UnitSet): Regular<never> => ({ is: 'many', of: one(set), least: 1, lazy: true })
export const times = (count: number, set: UnitSet): Regular<never> => sequence(...Array(count).fill(one(set)))
export const literal = (text: string, exact = false): Regular<never> => ({ is: 'literal', text, exact })
export const list = <M>(of: Regular<M>, separator: Regular<M>): Regular<M> =>
  sequence(of, { is: 'many', of: sequence(separator, of), least: 0, lazy: false })

/** One of these characters, whatever their case. */
export function anyOf(chars: string): Regular<never> {
  const folded = fold(chars)
  return one({ has: (unit) => folded.includes(String.fromCharCode(unit)), sample: chars, free: false })
}

/** Blanks or line breaks, at least one. */
export const blank: Regular<never> = some(units.blank)
/** Blanks or line breaks, or nothing. */
export const gap: Regular<never> = { is: 'many', of: one(units.blank), least: 0, lazy: false }

/** Blanks around these characters are optional, as they differ between firmware versions. */
export const punctuation = '.,:;=!?<>()[]'

const mark = `[${punctuation.replace(/[\]]/g, '\\$&')}]`
const wordForm = new RegExp(`\\s*${mark}\\s*|\\s+|(?:(?!${mark})\\S)+`, 'g')

/** Words of a profile or a setting: blanks match any blanks, and beside punctuation they may be missing. */
export function words(text: string, exact = false): Regular<never> {
  const parts: Regular<never>[] = []
  for (const [piece] of text.matchAll(wordForm)) {
    const plain = piece.trim()
    if (plain === '') parts.push(blank)
    else if (punctuation.includes(plain)) parts.push(gap, literal(plain, exact), gap)
    else parts.push(literal(plain, exact))
  }
  return sequence(...parts)
}

/** Words without blanks and case, to compare spellings. */
export const wordKey = (text: string): string => fold(text).replace(/\s+/g, '')
