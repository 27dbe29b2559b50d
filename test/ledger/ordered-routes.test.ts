import { expect, test } from '@jest/globals'
import { readList } from '../../src/ledger/lists/lists.ts'
import { Ledger } from '../support/ledger.ts'

test.each([
  ['a device stays with the gateway that has served it', 'd:gate', 'b'],
  ['a person goes back to the first gateway', 'n:+4915155000001', 'a>b'],
])('in an order, %s', (_, lane, route) => {
  const ledger = new Ledger()
  ledger.queue({ lane, route: 'a>b' })
  const { seq = 0, segments = [] } = ledger.claim('b', { routes: ['a>b'] })
  expect(segments).not.toEqual([])
  ledger.run('markWritten', {
    ...{ seq, part: 1, gateway: 'b', account: 'b', now: ledger.now, validFor: 60 },
    ...ledger.owner,
  })
  ledger.sent(seq, 7, 1, 'b')
  ledger.queue({ lane, route: 'a>b' })
  expect(ledger.engine.one<{ route: string }>('SELECT route FROM lane WHERE key = ?', lane)?.route).toBe(route)
})

test('what a segment costs is counted for its gateway and its client, and nothing where it has no price', () => {
  const ledger = new Ledger()
  for (const cost of [75_000, 0, 8_000]) {
    ledger.queue({ lane: `n:${cost}`, segments: ['a'] })
    const seq = ledger.write()
    const matching = 'message_id' as const
    ledger.run('markSent', {
      ...{ seq, part: 1, gateway: 'home', account: 'home', reference: `m${cost}`, matching, now: ledger.now },
      cost,
    })
  }
  const found = readList(ledger.engine, 'spending', { since: 0 }) as { kind: string; name: string; spent: number }[]
  expect(found.map(({ kind, spent }) => [kind, spent])).toEqual([
    ['client', 0.083],
    ['gateway', 0.083],
  ])
})
