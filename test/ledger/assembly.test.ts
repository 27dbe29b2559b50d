import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Assembled, assemble } from '../../src/ledger/inbox/assembly.ts'
import { Engine } from '../../src/store/sqlite/engine.ts'
import { seededRandom } from '../../src/util/random.ts'

let tx: Engine
let raw = 0

beforeEach(() => {
  tx = new Engine(':memory:', { durable: false })
})

afterEach(() => tx.close())

interface Segment {
  readonly text: string
  readonly part: number
  readonly total?: number
  readonly scts: number
  readonly sender?: string
  readonly key?: string
}

function take({ text, part, total = 2, scts, sender = 'a', key = sender }: Segment): Assembled {
  const { lastInsertRowid } = tx.run(
    `INSERT INTO raw (gateway, sim, source, pdu, hash, state, received_at) VALUES ('g', 's', 'direct', '', ?, 'filed', 0)`,
    String(raw++),
  )
  const content = JSON.stringify({ text, scts })
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

  test('that say the same in two texts are of both', () => {
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
  const passesForWhole = (segments: readonly Segment[]): string[] =>
    segments.flatMap((segment) => {
      const found = take(segment)
      return found.complete?.uncertain === false ? [textOf(found) as string] : []
    })

  test('of two texts, each in its order, never make a mixed one that passes for whole', () => {
    for (let run = 0; run < 1_000; run++) {
      const [one = [], other = []] = twoTexts(2 + upTo(4), [0, 1, 5, 30, 120, 3_600][upTo(6)] as number, `run${run}`)
      const merged: Segment[] = []
      while (one.length + other.length > 0) {
        const from = other.length === 0 || (one.length > 0 && random() < 0.5) ? one : other
        merged.push(from.shift() as Segment)
      }
      for (const text of passesForWhole(merged)) expect(text).toMatch(/^(E+|F+)$/)
    }
  })

  test('of two texts that are minutes apart, in any order and with one lost, never do either', () => {
    for (let run = 0; run < 1_000; run++) {
      const total = 2 + upTo(4)
      const all = twoTexts(total, 120 + upTo(7_200), `far${run}`).flat()
      if (upTo(2) === 0) all.splice(upTo(all.length), 1)
      const shuffled = all.map((segment) => ({ segment, order: random() })).sort((a, b) => a.order - b.order)
      for (const text of passesForWhole(shuffled.map(({ segment }) => segment))) expect(text).toMatch(/^(E+|F+)$/)
    }
  })
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
