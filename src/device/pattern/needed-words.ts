import { fold, punctuation } from '../regular/regular.ts'
import { withAnyUnit } from './any-unit.ts'
import { holeTypes } from './holes.ts'
import { eachPart, type Pattern } from './pattern.ts'

/** So many values without words between them are a form of their own. */
const minHoles = 4
/** So many where one of them may be any words. */
const minHolesAmidWords = 6

/** Words that a text needs before a pattern is tried with it; '' for a pattern that any words fit: it is not tried. */
const needs = new WeakMap<Pattern, string | null>()

/**
 * Whether a folded text has the words that the pattern needs: far cheaper than trying it. Without words of its own, it
 * is tried where `isAnyTried`.
 */
export function mayBe(pattern: Pattern, folded: string, isAnyTried = false): boolean {
  const known = needs.get(pattern)
  const need = known === undefined ? needOf(pattern) : known
  needs.set(pattern, need)
  return need === null ? isAnyTried : folded.includes(need)
}

function needOf({ parts: printed }: Pattern): string | null {
  const parts = withAnyUnit(printed)
  const texts = parts.flatMap((part) =>
    part.part === 'text' && !punctuation.includes(part.text) ? fold(part.text) : [],
  )
  const longest = texts.reduce((best, one) => (letters(one) > letters(best) ? one : best), '')
  if (letters(longest) > 1) return longest
  const all = [...eachPart(parts)]
  const holes = all.filter((part) => part.part === 'hole')
  const isFixed = all.some((part) => (part.part === 'text' && letters(part.text) > 1) || part.part === 'list')
  const isNamed = holes.some(({ type }) => !Object.hasOwn(holeTypes, type))
  const isAny = parts.some((part) => part.part === 'hole' && ['line', 'text', 'word'].includes(part.type))
  const isForm = holes.length >= (isAny ? minHolesAmidWords : minHoles)
  return isNamed || isForm || (isFixed && !isAny) ? '' : null
}

const letters = (text: string): number => (text.match(/\p{L}/gu) ?? []).length
