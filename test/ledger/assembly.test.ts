import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Assembled, assemble } from '../../src/ledger/inbox/assembly.ts'
import { SqliteEngine } from '../../src/store/sqlite/sqlite-engine.ts'
import { seededRandom } from '../../src/util/random.ts'

let tx: SqliteEngine
let raw = 0

beforeEach(() => {
  tx = new SqliteEngine(':memory:', { durable: false })
})

afterEach(() => tx.close())

interface Segment {
  readonly text: string
  readonly part: number
  readonly total?: number
  readonly scts: number
  /** Its stamp can't be read: `scts` is when it came. */
  readonly unstamped?: boolean
  readonly sender?: string
  readonly key?: string
}

function take({ text, part, total = 2, scts, unstamped, sender = 'a', key = sender }: Segment): Assembled {
  const { lastInsertRowid } = tx.run(
    `INSERT INTO raw (gateway, sim, source, pdu, hash, state, received_at) VALUES ('g', 's', 'direct', '', ?, 'filed', 0)`,
    String(raw++),
  )
  const content = JSON.stringify({ text, scts: unstamped === true ? null : scts })
  const found = assemble(tx, { raw: Number(lastInsertRowid), key, sender, part, total, scts, content, now: scts })
  // As the deliver flow does once the text is published.
  for (const { id } of [...found.givenUp, ...(found.complete === null ? [] : [found.complete])])
    tx.run('DELETE FROM part WHERE assembly = ?', id)
  return found
}

const textOf = ({ complete }: Assembled) =>
  complete?.parts.map(({ content }) => (JSON.parse(content) as { text: string }).text).join('') ?? null

const second = 1_000
const minute = 60 * second

describe('segments with the same reference', () => {
  test('of a text whose second one was lost and of the next text are not joined', () => {
    expect(textOf(take({ text: 'E1', part: 1, scts: 0 }))).toBeNull()
    expect(textOf(take({ text: 'F1', part: 1, scts: 5 * minute }))).toBeNull()
    expect(textOf(take({ text: 'F2', part: 2, scts: 5 * minute + 2 * second }))).toBe('F1F2')
    expect(textOf(take({ text: 'E2', part: 2, scts: 3 * second }))).toBe('E1E2')
  })

  test('belong to the newest text where their stamps are the same, and the doubt is marked', () => {
    take({ text: 'E1', part: 1, scts: 0 })
    take({ text: 'F1', part: 1, scts: 0 })
    const found = take({ text: 'F2', part: 2, scts: 0 })
    expect([textOf(found), found.complete?.uncertain]).toEqual(['F1F2', true])
  })

  test('come in any order', () => {
    for (const part of [3, 1]) take({ text: `E${part}`, part, total: 3, scts: part })
    for (const part of [2, 3]) take({ text: `F${part}`, part, total: 3, scts: 10 * minute + part })
    expect(textOf(take({ text: 'F1', part: 1, total: 3, scts: 10 * minute + 1 }))).toBe('F1F2F3')
    expect(textOf(take({ text: 'E2', part: 2, total: 3, scts: 2 }))).toBe('E1E2E3')
  })

  test('that come once more are copies, also where the set of their like is not the newest', () => {
    take({ text: 'E1', part: 1, total: 3, scts: 1 })
    take({ text: 'F1', part: 1, total: 3, scts: 10 * minute })
    expect(take({ text: 'E1', part: 1, total: 3, scts: 1 }).copy).toBe(true)
    expect(take({ text: 'F1', part: 1, total: 3, scts: 10 * minute }).copy).toBe(true)
  })

  test('that are equal in two texts belong to both', () => {
    take({ text: 'Position', part: 1, scts: 0 })
    take({ text: 'Position', part: 1, scts: 20 * minute })
    expect(textOf(take({ text: ' A', part: 2, scts: 2 * second }))).toBe('Position A')
    expect(textOf(take({ text: ' B', part: 2, scts: 20 * minute + 2 * second }))).toBe('Position B')
  })

  test('a day apart are never of one text', () => {
    take({ text: 'E1', part: 1, scts: 0 })
    expect(textOf(take({ text: 'F2', part: 2, scts: 25 * 60 * minute }))).toBeNull()
  })

  test('that came before the first one of their text change over to it', () => {
    take({ text: 'E2', part: 2, total: 3, scts: 0 })
    take({ text: 'F3', part: 3, total: 3, scts: 10 * minute })
    take({ text: 'F2', part: 2, total: 3, scts: 10 * minute - second })
    expect(textOf(take({ text: 'F1', part: 1, total: 3, scts: 10 * minute - 2 * second }))).toBe('F1F2F3')
  })

  test('of which each text lost one make no text that passes for whole', () => {
    take({ text: 'E1', part: 1, scts: 0 })
    const found = take({ text: 'F2', part: 2, scts: 10 * minute })
    expect([textOf(found), found.complete?.uncertain]).toEqual(['E1F2', true])
  })

  const random = seededRandom(42)
  const upTo = (n: number) => Math.floor(random() * n)
  /** The segments of two texts, so many seconds apart. */
  const twoTexts = (total: number, apart: number, sender: string): Segment[][] =>
    ['E', 'F'].map((text, i) => {
      let scts = i * apart * second
      return Array.from({ length: total }, (_, k) => {
        scts += k === 0 ? 0 : upTo(8) * second
        return { text, part: k + 1, total, scts, sender }
      })
    })
  /** The same with stamps in any order: handed over in parallel. */
  const inParallel = (segments: readonly Segment[]): Segment[] => {
    const stamps = shuffled(segments.map(({ scts }) => scts))
    return segments.map((segment, i) => ({ ...segment, scts: stamps[i] as number }))
  }
  const shuffled = <T>(all: readonly T[]): T[] =>
    all
      .map((one) => ({ one, order: random() }))
      .sort((a, b) => a.order - b.order)
      .map(({ one }) => one)
  const passesForWhole = (segments: readonly Segment[]): string[] =>
    segments.flatMap((segment) => {
      const found = take(segment)
      return found.complete?.uncertain === false ? [textOf(found) as string] : []
    })

  const each = [
    { stamps: 'in its order', order: (segments: Segment[]) => segments },
    { stamps: 'stamped in any order', order: inParallel },
  ]

  test.each(each)('of two texts, each $stamps, never make a mixed one that passes for whole', ({ stamps, order }) => {
    for (let run = 0; run < 1_000; run++) {
      const apart = [0, 1, 5, 30, 120, 3_600][upTo(6)] as number
      const [one = [], other = []] = twoTexts(2 + upTo(4), apart, `${stamps}${run}`).map(order)
      const merged: Segment[] = []
      while (one.length + other.length > 0) {
        const from = other.length === 0 || (one.length > 0 && random() < 0.5) ? one : other
        merged.push(from.shift() as Segment)
      }
      for (const text of passesForWhole(merged)) expect(text).toMatch(/^(E+|F+)$/)
    }
  })

  test.each(each)(
    'of two texts minutes apart, each $stamps, come in any order with one lost, never do either',
    (of) => {
      for (let run = 0; run < 1_000; run++) {
        const all = twoTexts(2 + upTo(4), 120 + upTo(7_200), `far ${of.stamps}${run}`).flatMap(of.order)
        if (upTo(2) === 0) all.splice(upTo(all.length), 1)
        for (const text of passesForWhole(shuffled(all))) expect(text).toMatch(/^(E+|F+)$/)
      }
    },
  )
})

describe('segments whose stamps can’t be read', () => {
  test.each([second, 10 * minute, 5 * 60 * minute])(
    'are one text in whatever order they come, %d ms apart',
    (apart) => {
      for (const order of [
        [1, 2, 3],
        [3, 2, 1],
        [2, 3, 1],
      ]) {
        const found = order.map((part, i) =>
          take({ text: `<${part}>`, part, total: 3, scts: i * apart, unstamped: true }),
        )
        expect(textOf(found.at(-1) as Assembled)).toBe('<1><2><3>')
        expect(found.at(-1)?.complete?.uncertain).toBe(apart > minute)
      }
    },
  )

  test('of two texts at once are never one that passes for whole', () => {
    for (const [i, order] of ['E1F1F2E2', 'E1F1E2F2', 'E2F2F1E1', 'E2F2E1F1'].entries()) {
      for (const [at, name] of (order.match(/../g) as string[]).entries()) {
        const segment = { text: name, part: Number(name[1]), scts: at * second, unstamped: true, sender: `s${i}` }
        const { complete, ...found } = take(segment)
        const text = textOf({ complete, ...found })
        if (complete?.uncertain === false) expect(text).toMatch(/^(E1E2|F1F2)$/)
      }
    }
  })
})

describe('the stamps of one text', () => {
  const stamps: Record<string, (part: number, total: number) => number> = {
    'rise with its segments': (part) => part * second,
    'fall, as they were handed over in parallel': (part, total) => (total - part) * second,
    'are all the same': () => 0,
    'come in no order': (part) => ((part * 7) % 5) * second,
  }
  const arrivals: Record<string, (parts: number[]) => number[]> = {
    'in order': (parts) => parts,
    reversed: (parts) => parts.reverse(),
    'the even ones first': (parts) => parts.sort((a, b) => (a % 2) - (b % 2)),
  }
  const cases = Object.keys(stamps).flatMap((stamp) => Object.keys(arrivals).map((arrival) => [stamp, arrival]))

  test.each(cases)('%s, and they come %s: it is whole', (stamp, arrival) => {
    for (const total of [2, 3, 5]) {
      const parts = (arrivals[arrival] as (typeof arrivals)[string])(Array.from({ length: total }, (_, i) => i + 1))
      const scts = stamps[stamp] as (typeof stamps)[string]
      const found = parts.map((part) => take({ text: `<${part}>`, part, total, scts: scts(part, total) })).at(-1)
      const whole = Array.from({ length: total }, (_, i) => `<${i + 1}>`).join('')
      expect([textOf(found as Assembled), found?.complete?.uncertain]).toEqual([whole, false])
    }
  })

  test.each(Object.keys(stamps))(
    '%s: it is whole beside an old one of the same reference that lost a segment',
    (stamp) => {
      const scts = stamps[stamp] as (typeof stamps)[string]
      take({ text: 'old', part: 3, total: 3, scts: -20 * minute })
      for (const part of [3, 1]) take({ text: `<${part}>`, part, total: 3, scts: scts(part, 3) })
      const found = take({ text: '<2>', part: 2, total: 3, scts: scts(2, 3) })
      expect([textOf(found), found.complete?.uncertain]).toEqual(['<1><2><3>', false])
    },
  )
})

test('a text of 255 segments is whole', () => {
  let last: Assembled | null = null
  for (let part = 255; part >= 1; part--) last = take({ text: `<${part}>`, part, total: 255, scts: part })
  expect(textOf(last as Assembled)).toBe(Array.from({ length: 255 }, (_, i) => `<${i + 1}>`).join(''))
})

test('a sender that ends none of its texts keeps two hundred of them, and nobody else’s go for it', () => {
  take({ text: 'mine', part: 1, scts: 0, sender: 'friend' })
  let givenUp = 0
  for (let i = 0; i < 10_000; i++)
    givenUp += take({ text: `t${i}`, part: 1, scts: i, sender: 'stranger', key: `stranger/${i}` }).givenUp.length
  const { n } = tx.one<{ n: number }>('SELECT COUNT(*) AS n FROM part') as { n: number }
  expect([givenUp, n]).toEqual([9_800, 201])
  expect(textOf(take({ text: ' too', part: 2, scts: 1, sender: 'friend' }))).toBe('mine too')
})
