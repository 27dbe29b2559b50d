import { describe, expect, test } from '@jest/globals'
import { failoverMs, limitsOf, Pool, poolOf } from '../../src/gateway/pool.ts'
import { type Price, type Route, type RoutedGateway, Routes } from '../../src/gateway/routes.ts'
import { FakeClock } from '../fake-clock.ts'

/** Gateways that take every text, but for what is given of them. */
const routed = (ids: readonly string[], known: Readonly<Record<string, Partial<RoutedGateway>>> = {}) =>
  new Map(ids.map((id) => [id, { maxSegments: 255, takesUnicode: true, price: null, ...known[id] }]))

const make = (
  weights: Readonly<Record<string, number>>,
  routes: readonly Route[] = [],
  known: Readonly<Record<string, Partial<RoutedGateway>>> = {},
) => {
  const clock = new FakeClock()
  const pool = new Pool({
    weights: new Map(Object.entries(weights)),
    routes: new Routes(routed(Object.keys(weights), known), routes),
    clock,
  })
  const ready = (...ids: string[]) => {
    for (const id of ids) pool.noted(id, true)
  }
  /** Who takes the next one of all: the one whose turn it is. */
  const takers = () => Object.keys(weights).filter((id) => pool.turnsOf(id).includes(''))
  const serve = (count: number) => {
    const served: string[] = []
    for (let i = 0; i < count; i++) {
      const [first = ''] = takers()
      served.push(first)
      pool.began(first)
      pool.ended(first)
    }
    return served
  }
  return { clock, pool, ready, takers, serve }
}

const routes: readonly Route[] = [
  { prefix: '+49', gateways: ['b', 'a'] },
  { prefix: '+4915', gateways: ['c'] },
]

describe('a route', () => {
  test('has one gateway whose turn it is, and none while all are busy, away or used up', () => {
    const { pool, ready } = make({ a: 1, b: 1, c: 1 }, routes)
    expect([pool.turnOf(''), pool.turnOf('a|b'), pool.turnOf('c')]).toEqual([null, null, null])
    expect(pool.awayOf('a|b')).toEqual(['a', 'b'])
    ready('a', 'b')
    expect([pool.turnOf(''), pool.turnOf('a|b'), pool.turnOf('c')]).toEqual(['a', 'a', null])
    pool.began('a')
    expect(pool.turnOf('a|b')).toBe('b')
    pool.blocked('b', 5_000)
    expect(pool.turnOf('a|b')).toBeNull()
    pool.ended('a')
    expect(pool.turnOf('a|b')).toBe('a')
  })

  test('is served by a gateway with room for more, in its turn', () => {
    const { pool, ready } = make({ a: 1, b: 1 })
    ready('a', 'b')
    pool.began('a', false)
    expect(pool.turnOf('')).toBe('b')
    pool.began('b', true)
    expect(pool.turnOf('')).toBe('a')
    pool.ended('b', true)
    expect(pool.turnOf('')).toBe('a')
  })
})

describe('a number', () => {
  test('goes by the route with the longest prefix that it begins with', () => {
    const { pool } = make({ a: 1, b: 1, c: 1 }, routes)
    expect(['+491711', '+491511', '+33611'].map((number) => pool.routeOf(number))).toEqual(['a|b', 'c', ''])
  })

  test('goes by the route without a prefix where no other one fits', () => {
    const { pool } = make({ a: 1, b: 1 }, [{ gateways: ['a'] }, { prefix: '+49', gateways: ['b'] }])
    expect(['+491711', '+33611'].map((number) => pool.routeOf(number))).toEqual(['b', 'a'])
  })
})

describe('a gateway', () => {
  test('is of its own route, of those of several that name it, and of that of all', () => {
    const { pool } = make({ a: 1, b: 1, c: 1 }, routes)
    expect(pool.routesOf('a').map(({ route }) => route)).toEqual(['a', 'a|b', ''])
    expect(pool.routesOf('c').map(({ route }) => route)).toEqual(['c', ''])
  })

  test('takes its turn when it has the least of the work by its weight', () => {
    const { ready, serve } = make({ a: 3, b: 1 })
    ready('a', 'b')
    const served = serve(400)
    expect(served.filter((id) => id === 'a')).toHaveLength(300)
    // In turn, not one after the other.
    expect(new Set(served.slice(0, 4))).toEqual(new Set(['a', 'b']))
  })

  test('is passed over while it is busy, away, or has used up its quota', async () => {
    const { clock, pool, ready, takers } = make({ a: 9, b: 1 })
    ready('a', 'b')
    expect(takers()).toEqual(['a'])
    pool.began('a')
    expect(takers()).toEqual(['b'])
    pool.ended('a')
    pool.blocked('a', 5_000)
    expect(takers()).toEqual(['b'])
    await clock.advance(5_000)
    expect(takers()).toEqual(['a'])
    pool.noted('a', false)
    expect(takers()).toEqual(['b'])
  })

  test('may ask when none is free: what it finds is for its own line to take', () => {
    const { pool, ready, takers } = make({ a: 1, b: 1 })
    ready('a', 'b')
    for (const id of ['a', 'b']) pool.began(id)
    expect(takers()).toEqual(['a', 'b'])
  })

  test('that comes late does not make up for what the others have done', () => {
    const { ready, serve } = make({ a: 1, b: 1 })
    ready('a')
    serve(100)
    ready('b')
    expect(serve(10).filter((id) => id === 'b')).toHaveLength(5)
  })

  test('takes over what another one had served when that was gone for a minute, not before', async () => {
    const { clock, pool, ready } = make({ a: 1, b: 1 })
    ready('a', 'b')
    await clock.advance(10 * failoverMs)
    expect(pool.absentFor('a')).toEqual([])
    pool.noted('b', false)
    await clock.advance(failoverMs)
    expect(pool.absentFor('a')).toEqual([])
    await clock.advance(1)
    expect([pool.absentFor('a'), pool.absentFor('b')]).toEqual([['b'], []])
    ready('b')
    expect(pool.absentFor('a')).toEqual([])
  })

  test('that never came is gone from the start', async () => {
    const { clock, pool, ready } = make({ a: 1, b: 1 })
    ready('a')
    await clock.advance(failoverMs + 1)
    expect(pool.absentFor('a')).toEqual(['b'])
  })

  test('that is told again that it is away is gone since the first time', async () => {
    const { clock, pool, ready } = make({ a: 1, b: 1 })
    ready('a', 'b')
    pool.noted('b', false)
    await clock.advance(failoverMs)
    pool.noted('b', false)
    await clock.advance(1)
    expect(pool.absentFor('a')).toEqual(['b'])
  })

  test('that nobody has configured changes nothing', () => {
    const { pool, ready, takers } = make({ a: 1 })
    ready('a')
    pool.noted('stranger', true)
    pool.began('stranger')
    pool.ended('stranger')
    pool.blocked('stranger', 1_000)
    expect(takers()).toEqual(['a'])
  })
})

describe('what the configuration says', () => {
  test('of a share counts', () => {
    const clock = new FakeClock()
    const pool = poolOf({ a: { weight: 2 }, b: { weight: 1 } }, new Routes(routed(['a', 'b']), []), clock)
    for (const id of ['a', 'b']) pool.noted(id, true)
    for (const id of ['a', 'b']) pool.began(id)
    for (const id of ['a', 'b']) pool.ended(id)
    expect(pool.turnsOf('a')).toEqual([''])
    expect(pool.turnsOf('b')).toEqual([])
  })

  test('of limits counts, `none` too; a day has the usual one where it says nothing', () => {
    expect(limitsOf({ limits: {} }, 200)).toEqual({ minute: null, day: 200, month: null })
    expect(limitsOf(undefined, 200)).toEqual({ minute: null, day: 200, month: null })
    expect(limitsOf({ limits: { minute: 5, day: null } }, 200)).toEqual({ minute: 5, day: null, month: null })
  })
})

describe('an order', () => {
  const route: readonly Route[] = [{ gateways: ['b', 'a'], choose: 'order' }]
  const turnsOf = (pool: Pool) => ['a', 'b'].filter((id) => pool.turnsOf(id).includes('b>a'))

  test('gives all to the first one, which may be busy or away for a while', async () => {
    const { clock, pool, ready } = make({ a: 1, b: 1 }, route)
    ready('a', 'b')
    expect(pool.routeOf('+4915112345678')).toBe('b>a')
    expect([turnsOf(pool), pool.turnOf('b>a')]).toEqual([['b'], 'b'])
    pool.began('b')
    expect([turnsOf(pool), pool.turnOf('b>a')]).toEqual([['b'], null])
    pool.ended('b')
    pool.noted('b', false)
    expect([turnsOf(pool), pool.turnOf('b>a')]).toEqual([['b'], null])
    await clock.advance(failoverMs + 1)
    expect([turnsOf(pool), pool.turnOf('b>a')]).toEqual([['a'], 'a'])
    pool.noted('b', true)
    expect(turnsOf(pool)).toEqual(['b'])
  })

  test('goes on with the next one where a limit is used up', () => {
    const { pool, ready } = make({ a: 1, b: 1 }, route)
    ready('a', 'b')
    pool.blocked('b', 5_000)
    expect([turnsOf(pool), pool.turnOf('b>a')]).toEqual([['a'], 'a'])
  })
})

describe('the cheapest', () => {
  const price = (segment: number, prefixes: Price['prefixes'] = {}) => ({ price: { segment, prefixes } })
  const known = { a: price(0.07, { '+49': 0.09, '+4915': 0.05 }), b: price(0.06), c: price(0.08, { '+1': 0.01 }) }
  test.each([
    [undefined, 'b>a>c'],
    ['+49', 'b>c>a'],
    ['+4915', 'a>b>c'],
    ['+1', 'c>b>a'],
  ])('for %s is that of %s', (prefix, name) => {
    const { pool } = make({ a: 1, b: 1, c: 1 }, [{ prefix, gateways: ['a', 'b', 'c'], choose: 'cost' }], known)
    expect(pool.routeOf(prefix ?? '+33')).toBe(name)
  })
})

describe('a text that not every gateway takes', () => {
  const known = { a: { maxSegments: 1 }, b: { takesUnicode: false }, c: {} }
  const size = (segments: number, isUnicode = false) => ({ segments, isUnicode })
  test('goes through those that do, with their shares and in their order', () => {
    const { pool } = make({ a: 1, b: 1, c: 1 }, [{ prefix: '+49', gateways: ['c', 'b', 'a'], choose: 'order' }], known)
    expect(pool.routeOf('+33', size(1))).toBe('')
    expect(pool.routeOf('+33', size(2))).toBe('b|c')
    expect(pool.routeOf('+33', size(1, true))).toBe('a|c')
    expect(pool.routeOf('+33', size(2, true))).toBe('c')
    expect(pool.routeOf('+49', size(2))).toBe('c>b')
    expect(pool.gatewaysOf('c>b')).toEqual(['c', 'b'])
    // Each of them can be claimed from.
    expect(pool.routesOf('b').map(({ route }) => route)).toEqual(expect.arrayContaining(['b', '', 'b|c', 'c>b']))
  })

  test('goes to its route where none takes it: the gateway refuses it with its reason', () => {
    const { pool } = make({ a: 1, b: 1 }, [], { a: { maxSegments: 1 }, b: { maxSegments: 1 } })
    expect(pool.routeOf('+33', size(2))).toBe('')
  })
})
