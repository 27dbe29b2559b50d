import type { Values } from '../../message/values.ts'
import { bind, UnknownName } from '../pattern/bind.ts'
import { conclude, match } from '../pattern/match.ts'
import { PatternError, parsePattern } from '../pattern/pattern.ts'

/** For a pattern without names of a profile. */
const nothing = { words: {}, items: {}, value: () => null, family: () => ({}) }

/** The values that a pattern alone reads in a text; null when it is invalid or does not fit. */
export function readPattern(pattern: string, text: string): Values | null {
  try {
    const program = bind(parsePattern(pattern), nothing)
    const found = program === null ? null : match(program, text.trim())
    if (found === null) return null
    const { rest: _, ...values } = conclude(found, { zone: null, scts: null }, text.trim())
    return values
  } catch (error) {
    if (error instanceof PatternError || error instanceof UnknownName) return null
    throw error
  }
}
