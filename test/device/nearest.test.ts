import { expect, test } from '@jest/globals'
import { didYouMean, nearest } from '../../src/util/nearest.ts'

test.each([
  ['opne', ['close', 'open', 'pen'], 'open'],
  ['gaet', ['boiler', 'gate', 'gates'], 'gate'],
  ['status', ['stat', 'statusa', 'state'], 'statusa'],
  ['STATUS', ['status'], 'status'],
  ['relay_tiem', ['relay_time', 'relay_on'], 'relay_time'],
  ['ab', ['ba'], 'ba'],
  ['a', ['b'], 'b'],
  ['device-12', ['device-1', 'device-13', 'device-21'], 'device-1'],
  ['x', ['relay', 'gate'], null],
  ['gate', [], null],
  ['', ['gate'], null],
])('%j of %j means %j', (word, known, meant) => {
  expect(nearest(word, known)).toBe(meant)
  expect(didYouMean(word, known)).toBe(meant === null ? '' : `; did you mean "${meant}"?`)
})

/** Every step of the textbook, for words short enough to try them all. */
function editsOf(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array(b.length).fill(0)])
  for (let j = 0; j <= b.length; j++) (rows[0] as number[])[j] = j
  const at = (i: number, j: number) => rows[i]?.[j] as number
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      const cost = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      ;(rows[i] as number[])[j] = swapped ? Math.min(cost, at(i - 2, j - 2) + 1) : cost
    }
  return at(a.length, b.length)
}

test('a word is near exactly when so many changes make one of the other', () => {
  const words = [
    '',
    'a',
    'b',
    'ab',
    'ba',
    'abc',
    'acb',
    'cab',
    'bca',
    'abab',
    'baba',
    'aabb',
    'cccc',
    'abcabc',
    'bacbac',
  ]
  for (const word of words)
    for (const other of words) {
      const isNear = editsOf(word, other) <= Math.floor(word.length / 3) + 1
      expect({ word, other, near: nearest(word, [other]) }).toEqual({ word, other, near: isNear ? other : null })
    }
})
