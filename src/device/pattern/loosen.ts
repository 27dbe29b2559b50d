import { punctuation } from '../regular/regular.ts'
import { withAnyUnit } from './any-unit.ts'
import type { Part, Pattern } from './pattern.ts'

/** Marks that firmware drops or adds behind a word. */
const droppable = /^[:=!.]$/
/** Either may stand between a key and its value. */
const pairMarks: readonly string[] = [':', '=']
/** A verb may stand there as well, in front of a number. */
export const verbs: readonly string[] = ['is', 'ist', 'je', 'est', 'es', 'è']
const trailing: Part = {
  part: 'either',
  optional: true,
  of: ['.', '!'].map((text): Part[] => [{ part: 'gap' }, { part: 'text', text }, { part: 'gap' }]),
}

const loosened = new WeakMap<Pattern, Pattern>()

/**
 * The pattern for a text with other marks: a colon behind a word may be missing, as may an exclamation mark or a point
 * at its end, or be added there. Marks between values stay: without them one number would become two.
 */
export function loosen(pattern: Pattern): Pattern {
  const known = loosened.get(pattern)
  if (known !== undefined) return known
  const parts = [...looseParts(pattern.parts), trailing, trailing]
  const loose = { source: `loose ${pattern.source}`, parts }
  loosened.set(pattern, loose)
  return loose
}

const inUnits = new WeakMap<Pattern, Pattern>()

/** The same with a number in another unit: for messages, as no command is answered by another quantity. */
export function loosenUnits(pattern: Pattern): Pattern {
  const known = inUnits.get(pattern)
  if (known !== undefined) return known
  const { source, parts } = loosePattern(`units ${pattern.source}`, pattern.parts)
  const loose = { source, parts: [...parts, trailing, trailing] }
  inUnits.set(pattern, loose)
  return loose
}

/** In any unit, without the marks at its end. */
export const loosePattern = (source: string, parts: readonly Part[]): Pattern => ({
  source,
  parts: looseParts(withAnyUnit(parts)),
})

export function looseParts(parts: readonly Part[], words: readonly string[] = []): Part[] {
  let word = ''
  return parts.map((part): Part => {
    if (part.part === 'gap' || part.part === 'blank') return part
    const before = word
    word = part.part === 'text' && !punctuation.includes(part.text) ? part.text : ''
    if (part.part === 'either') {
      if (part.optional) word = before
      return { ...part, of: part.of.map((choice) => looseParts(choice, words)) }
    }
    const isDroppable = part.part === 'text' && droppable.test(part.text) && /\p{L}{2}$/u.test(before)
    if (!isDroppable) return part
    const marks = pairMarks.includes(part.text) ? pairMarks : [part.text]
    const spoken = words.map((text): Part[] => [{ part: 'blank' }, { part: 'text', text }, { part: 'blank' }])
    return { part: 'either', optional: true, of: [...marks.map((text): Part[] => [{ part: 'text', text }]), ...spoken] }
  })
}
