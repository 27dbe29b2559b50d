import { expect, test } from '@jest/globals'
import { readList } from '../../src/ledger/lists/lists.ts'
import type { UnreadPage } from '../../src/ledger/lists/recent-texts.ts'
import { SqliteEngine } from '../../src/store/sqlite/sqlite-engine.ts'
import { temporaryFolder } from '../support/folder.ts'

test('a text that nobody could read is found behind thousands that were read', () => {
  const engine = new SqliteEngine(`${temporaryFolder()}/smshub.db`, { durable: false })
  const add = (id: number, text: string, reading: object) => {
    const document = JSON.stringify({ from: '+4915155000001', text, device: 'van', values: {}, ...reading })
    engine.run(
      `INSERT INTO incoming (message_id, device, sender, gateway, text, document, received_at)
       VALUES (?, 'van', '+4915155000001', 'home', ?, ?, ?)`,
      ...[`msg_${id}`, text, document, id],
    )
  }
  engine.begin()
  add(1, 'what is this', { parsed: false })
  add(2, 'in part', { parsed: true, reading: 'partial' })
  for (let i = 3; i < 3_000; i++) add(i, `speed ${i}`, { parsed: true })
  engine.commit()
  const page = (before: number | null) => readList(engine, 'unreadTexts', { before }) as UnreadPage
  const textsOf = ({ texts }: UnreadPage) => texts.map(({ text }) => text)
  expect(textsOf(page(null))).toEqual(['in part', 'what is this'])
  expect(page(null).next).toBeNull()
  // More than a page has, and more than one looks at.
  engine.begin()
  for (let i = 3_000; i < 3_700; i++) add(i, `odd ${i}`, { parsed: false })
  for (let i = 3_700; i < 24_000; i++) add(i, `speed ${i}`, { parsed: true })
  engine.commit()
  const pages: UnreadPage[] = []
  for (let next: number | null | undefined; next !== null; next = pages.at(-1)?.next ?? null)
    pages.push(page(next ?? null))
  expect(pages.length).toBeGreaterThan(2)
  expect(pages[0]?.texts).toEqual([])
  const odd = Array.from({ length: 700 }, (_, i) => `odd ${3_699 - i}`)
  expect(pages.flatMap(textsOf)).toEqual([...odd, 'in part', 'what is this'])
  engine.close()
})
