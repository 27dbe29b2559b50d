import { describe, expect, test } from '@jest/globals'
import { isCopy } from '../../src/ledger/inbox/copies.ts'
import { Ledger } from '../support/ledger.ts'

const minute = 60_000
const day = 1_440 * minute

test.each<[string, Parameters<typeof isCopy>[0], boolean]>([
  ['with a stamp, at once', { stamped: true, age: 0, sameSlot: false, elsewhere: false, between: false }, true],
  [
    'with a stamp, behind another message',
    { stamped: true, age: minute, sameSlot: false, elsewhere: false, between: true },
    true,
  ],
  [
    'with a stamp, days later',
    { stamped: true, age: 29 * day, sameSlot: false, elsewhere: false, between: true },
    true,
  ],
  [
    'with a stamp, when it can’t be a repetition any more',
    { stamped: true, age: 31 * day, sameSlot: false, elsewhere: false, between: true },
    false,
  ],
  [
    'without a stamp, within minutes',
    { stamped: false, age: minute, sameSlot: false, elsewhere: false, between: false },
    true,
  ],
  [
    'without a stamp, within minutes behind another message',
    { stamped: false, age: minute, sameSlot: false, elsewhere: false, between: true },
    false,
  ],
  [
    'without a stamp, within minutes behind another message, in another memory',
    { stamped: false, age: minute, sameSlot: false, elsewhere: true, between: true },
    true,
  ],
  [
    'without a stamp, later',
    { stamped: false, age: 6 * minute, sameSlot: false, elsewhere: false, between: false },
    false,
  ],
  [
    'without a stamp, in the slot where it was when the hub ended',
    { stamped: false, age: day, sameSlot: true, elsewhere: false, between: true },
    true,
  ],
])('an equal TPDU %s: a copy is %s', (_, evidence, copy) => {
  expect(isCopy(evidence)).toBe(copy)
})

/** What a gateway brings without a stamp: `SM:1 A` lies in a slot, `A` comes directly. Answers what was published. */
function published(...steps: readonly string[]): string {
  const ledger = new Ledger()
  let source: 'listed' | 'storage' = 'listed'
  const told: string[] = []
  for (const step of steps) {
    const [, slot, text = '', minutes] = /^(?:(\w+:\d+) )?(?:(\w)|wait (\d+)|deleted|restart)$/.exec(step) ?? []
    if (minutes !== undefined) ledger.now += Number(minutes) * minute
    else if (step === 'restart') source = 'listed'
    else if (step.endsWith('deleted')) ledger.run('noteDeleted', { gateway: 'home', slot: slot as string })
    else {
      const raw = { gateway: 'home', account: 'sim', form: 'tpdu', body: text, ...(slot === undefined ? {} : { slot }) }
      const from = slot === undefined ? 'direct' : source
      const message = { raw: { ...raw, source: from }, hash: text, stamped: false, now: ledger.now } as const
      if (!ledger.run('file', message).duplicate) told.push(text)
    }
    if (step.startsWith('wait')) source = 'storage'
  }
  return told.join('')
}

test('a message of another account is none between the two', () => {
  const ledger = new Ledger()
  const file = (account: string, hash: string) => {
    const raw = { gateway: 'mail', account, form: 'mail', body: hash, source: 'direct' } as const
    return ledger.run('file', { raw, hash, stamped: false, now: ledger.now }).duplicate
  }
  expect([file('gate', 'A'), file('camera', 'B'), file('gate', 'A')]).toEqual([false, false, true])
  expect([file('gate', 'C'), file('gate', 'A')]).toEqual([false, false])
})

describe('messages without a stamp', () => {
  test.each<[string, readonly string[], string]>([
    [
      'the same in a slot that was emptied, a night later',
      ['SM:1 A', 'SM:1 deleted', 'wait 900', 'restart', 'SM:1 A'],
      'AA',
    ],
    ['the same in a slot whose deletion nobody saw', ['SM:1 A', 'wait 900', 'restart', 'SM:1 A'], 'A'],
    [
      'the same in a slot whose deletion nobody saw, which another one has had since',
      ['SM:1 A', 'wait 10', 'SM:1 B', 'wait 900', 'restart', 'SM:1 A'],
      'ABA',
    ],
    [
      'the same in a slot whose deletion nobody saw, and directly since',
      ['SM:1 A', 'wait 10', 'A', 'wait 900', 'restart', 'SM:1 A'],
      'AA',
    ],
    ['that a modem shows in two memories', ['ME:1 A', 'ME:2 B', 'SM:1 A'], 'AB'],
    ['that a modem shows in two memories in another order', ['ME:1 A', 'ME:2 B', 'SM:1 B', 'SM:2 A'], 'AB'],
    ['that a modem shows in three memories', ['MT:1 A', 'MT:2 B', 'ME:7 A', 'ME:8 B', 'SM:1 A', 'SM:2 B'], 'AB'],
    ['that come directly and lie in a memory too', ['A', 'B', 'SM:4 A', 'SM:5 B'], 'AB'],
    [
      'of which a modem shows one twice, in two memories',
      ['ME:1 A', 'ME:2 B', 'ME:3 A', 'SM:1 A', 'SM:2 B', 'SM:3 A'],
      'ABA',
    ],
    ['that are said again behind another, in one memory', ['ME:1 A', 'ME:2 B', 'ME:3 A'], 'ABA'],
    ['that are said again later, and come to another memory', ['ME:1 A', 'wait 6', 'SM:1 A'], 'AA'],
  ])('%s', (_, steps, expected) => {
    expect(published(...steps)).toBe(expected)
  })
})
