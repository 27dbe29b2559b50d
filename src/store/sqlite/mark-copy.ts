import Database from 'better-sqlite3'

/** Marks a copy, so that a hub started from it sends nothing again. */
export function markCopy(path: string): void {
  const copy = new Database(path)
  copy.prepare(`INSERT OR REPLACE INTO meta (key, value) VALUES ('backup', '1')`).run()
  copy.close()
}
