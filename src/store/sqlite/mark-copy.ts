import Database from 'better-sqlite3'
import { emptyPlace } from '../../ledger/outbox/secret-places.ts'

/**
 * Marks a copy, so that a hub started from it sends nothing again. The private texts in it are of no use any more, nor are
 * fingerprints: their key stays with the store. That of a request becomes `unknownHash`.
 */
export function markCopy(path: string): void {
  const copy = new Database(path)
  copy.pragma('secure_delete = ON')
  copy.prepare('UPDATE secret SET filling = ?').run(emptyPlace)
  copy.exec(`UPDATE publish_key SET hash = '';
    UPDATE submission SET digest = command_id WHERE digest IS NOT NULL;
    UPDATE submission SET ref_hash = '' WHERE ref_hash IS NOT NULL;
    UPDATE submission SET made_for = NULL, made_from = NULL WHERE made_for IS NOT NULL`)
  copy.prepare(`INSERT OR REPLACE INTO meta (key, value) VALUES ('backup', '1')`).run()
  copy.close()
}
