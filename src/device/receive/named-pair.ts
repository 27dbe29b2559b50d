import type { Match } from '../pattern/match.ts'

/**
 * A match, or null where the text has both keys in front of both numbers, `LatLng:22.5,113.8`: the empty place behind
 * the first key does not mean that there is no fix.
 */
export const unlessPair = (found: Match | null, text: string): Match | null =>
  found === null || namesPair(found, text) ? null : found

function namesPair({ spans }: Match, text: string): boolean {
  const isEmpty = spans.some(({ name, from, to }) => name === 'latitude' && from === to)
  const behind = spans.find(({ name }) => name === 'longitude')
  return isEmpty && behind !== undefined && /^[ \t]*[([]?[ \t]*[NSEW]?[ \t]*[+-]?\d/i.test(text.slice(behind.from))
}
