import { expect, test } from '@jest/globals'
import { isCopy } from '../../src/ledger/inbox/copies.ts'

const minute = 60_000
const day = 1_440 * minute

test.each<[string, Parameters<typeof isCopy>[0], boolean]>([
  ['with a stamp, at once', { stamped: true, age: 0, sameSlot: false, between: false }, true],
  ['with a stamp, behind another message', { stamped: true, age: minute, sameSlot: false, between: true }, true],
  ['with a stamp, days later', { stamped: true, age: 29 * day, sameSlot: false, between: true }, true],
  [
    'with a stamp, when it can’t be a repetition any more',
    { stamped: true, age: 31 * day, sameSlot: false, between: true },
    false,
  ],
  ['without a stamp, within minutes', { stamped: false, age: minute, sameSlot: false, between: false }, true],
  [
    'without a stamp, within minutes behind another message',
    { stamped: false, age: minute, sameSlot: false, between: true },
    false,
  ],
  ['without a stamp, later', { stamped: false, age: 6 * minute, sameSlot: false, between: false }, false],
  [
    'without a stamp, in the slot where it was when the hub ended',
    { stamped: false, age: day, sameSlot: true, between: true },
    true,
  ],
])('an equal TPDU %s: a copy is %s', (_, evidence, copy) => {
  expect(isCopy(evidence)).toBe(copy)
})
