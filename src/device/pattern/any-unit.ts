import { convert } from '../vocabulary/units.ts'
import { fieldOf } from '../vocabulary/vocabulary.ts'
import type { Part } from './pattern.ts'

type Hole = Extract<Part, { part: 'hole' }>

export const numeric: readonly string[] = ['int', 'decimal', 'percent']
const unitForm = /^(?:%|°?\p{L}[\p{L}³]*(?:\/h)?)/u

/** A number with the unit that its pattern has behind it, or in any other of its dimension; null for no such number. */
export function inAnyUnit(hole: Hole, after: readonly Part[]): Part | null {
  const unit = fieldOf(hole.field)?.unit ?? null
  if (!numeric.includes(hole.type) || unit === null) return null
  const printed = printedUnit(after)
  const isUnit = printed !== '' && convert(1, printed, unit) !== null
  const bare: Part[] = isUnit ? [hole, { part: 'gap' }, { part: 'text', text: printed }] : [hole]
  return { part: 'either', optional: false, of: [[{ ...hole, type: 'quantity', argument: '' }], bare] }
}

/** Blanks between a number and its unit. */
const blanksIn = ([first]: readonly Part[]): number => (first?.part === 'gap' || first?.part === 'blank' ? 1 : 0)

function printedUnit(after: readonly Part[]): string {
  const next = after[blanksIn(after)]
  return next?.part === 'text' ? (unitForm.exec(next.text)?.[0] ?? '') : ''
}

/** The parts with each number and its printed unit in any unit. */
export function withAnyUnit(parts: readonly Part[]): Part[] {
  const found: Part[] = []
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at] as Part
    const after = parts.slice(at + 1)
    const printed = part.part === 'hole' ? printedUnit(after) : ''
    const isUnit =
      part.part === 'hole' && printed !== '' && convert(1, printed, fieldOf(part.field)?.unit ?? '') !== null
    const any = isUnit ? inAnyUnit(part as Hole, after) : null
    found.push(any ?? (part.part === 'either' ? { ...part, of: part.of.map(withAnyUnit) } : part))
    if (any === null) continue
    at += blanksIn(after) + 1
    const text = parts[at] as Extract<Part, { part: 'text' }>
    const rest = text.text.slice(printed.length)
    if (rest !== '') found.push({ part: 'text', text: rest })
  }
  return found
}
