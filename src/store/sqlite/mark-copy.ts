import Database from 'better-sqlite3'
import { emptyPlace } from '../../ledger/outbox/secret-places.ts'

/** Marks a copy, so that a hub started from it sends nothing again. The private texts in it are of no use any more. */
export function markCopy(path: string): void {
  const copy = new Database(path)
  copy.pragma('secure_delete = ON')
  copy.prepare('UPDATE secret SET filling = ?').run(emptyPlace)
  copy.prepare(`INSERT OR REPLACE INTO meta (key, value) VALUES ('backup', '1')`).run()
  copy.close()
}
