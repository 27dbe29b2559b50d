import { expect, test } from '@jest/globals'
import { readList } from '../../src/ledger/lists/lists.ts'
import type { QuarantinedText } from '../../src/ledger/lists/recent-texts.ts'
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
  const found = readList(engine, 'recentTexts', { of: null }) as QuarantinedText[]
  expect(found.map(({ text, isRead }) => ({ text, isRead }))).toEqual([
    { text: 'in part', isRead: false },
    { text: 'what is this', isRead: false },
  ])
  engine.close()
})
