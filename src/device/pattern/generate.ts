import type { Mark } from './bind.ts'
import type { Regular } from './regular.ts'

/**
 * A text that an expression takes: what a device could say in this format. Other spacing, letter case and values than
 * the printed examples have. `random` gives numbers in [0, 1).
 */
export function generate(regular: Regular<Mark>, random: () => number): string {
  const below = (count: number): number => Math.floor(random() * count)
  switch (regular.is) {
    case 'unit':
      return regular.set.sample[below(regular.set.sample.length)] as string
    case 'literal':
      return regular.exact ? regular.text : recased(regular.text, below(3))
    case 'sequence':
      return regular.of.map((part) => generate(part, random)).join('')
    case 'either':
      return generate(regular.of[below(regular.of.length)] as Regular<Mark>, random)
    case 'many': {
      const rounds = regular.least + below(3)
      return Array.from({ length: rounds }, () => generate(regular.of, random)).join('')
    }
    case 'marked': {
      const samples = regular.mark.by === 'hole' ? regular.mark.type.samples : undefined
      return samples === undefined ? generate(regular.of, random) : (samples[below(samples.length)] as string)
    }
  }
}

function recased(text: string, how: number): string {
  return how === 0 ? text : how === 1 ? text.toUpperCase() : text.toLowerCase()
}

/** Texts that a matcher with backtracking would choke on: a pattern's own pieces, over and over, and long runs. */
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
