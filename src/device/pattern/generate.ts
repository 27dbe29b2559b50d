import type { Trail } from '../regular/machine.ts'
import type { Regular } from '../regular/regular.ts'
import type { Mark } from './bind.ts'

/**
 * A random text that an expression matches, with other spacing, letter case and values than the printed examples.
 * `random` gives numbers in [0, 1).
 */
export function generate(regular: Regular<Mark>, random: () => number): string {
  return generateMarked(regular, random).text
}

/** The same with the contents of its holes, which a reader of the text has to find. */
export function generateMarked(
  regular: Regular<Mark>,
  random: () => number,
): { text: string; trail: Trail<Mark> | null } {
  let text = ''
  let trail: Trail<Mark> | null = null
  const below = (count: number): number => Math.floor(random() * count)
  const mark = (of: Mark, edge: 'open' | 'close'): void => {
    trail = { mark: of, edge, at: text.length, before: trail }
  }
  const add = (part: Regular<Mark>): void => {
    switch (part.is) {
      case 'unit':
        text += part.set.sample[below(part.set.sample.length)] as string
        return
      case 'literal':
        text += part.exact ? part.text : recased(part.text, below(3))
        return
      case 'sequence':
        for (const one of part.of) add(one)
        return
      case 'either':
        add(part.of[below(part.of.length)] as Regular<Mark>)
        return
      case 'many':
        for (let rounds = part.least + below(3); rounds > 0; rounds--) add(part.of)
        return
      case 'marked': {
        const samples = part.mark.by === 'hole' ? part.mark.type.samples : undefined
        mark(part.mark, 'open')
        if (samples === undefined) add(part.of)
        else text += samples[below(samples.length)] as string
        mark(part.mark, 'close')
      }
    }
  }
  add(regular)
  return { text, trail }
}

function recased(text: string, how: number): string {
  return how === 0 ? text : how === 1 ? text.toUpperCase() : text.toLowerCase()
}

/** Texts that would be slow for a backtracking matcher: repeated pieces of the pattern, and long runs. */
export function hostileTexts(regular: Regular<Mark>, length: number, random: () => number): string[] {
  const own = Array.from({ length: 3 }, () => generate(regular, random))
  const pieces = [
    ...own,
    ...own.map((text) => text.slice(0, Math.ceil(text.length / 2))),
    '1',
    'a',
    ' ',
    '1.',
    ': ',
    'on ',
    '\n',
    '-1,',
  ]
  return pieces
    .filter((piece) => piece !== '')
    .map((piece) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length))
}
