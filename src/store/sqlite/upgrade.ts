import type Database from 'better-sqlite3'
import { Fault } from '../../message/fault.ts'
import { makeWhole } from '../whole-file.ts'
import { migrations } from './migrations.ts'

/**
 * Brings a store to the current schema, in one transaction: interrupted, it is what it was before. A copy of an older
 * one is kept beside it. Fails with `store_newer`.
 */
export function upgrade(db: Database.Database, path: string): void {
  const version = db.pragma('user_version', { simple: true }) as number
  const current = migrations.length
  if (version > current)
    throw new Fault(
      'store_newer',
      `${path} was written by a newer smshub (schema ${version}, this one knows ${current})`,
    )
  if (version === current) return
  if (version > 0) makeWhole(`${path}.before-schema-${current}`, (copy) => db.prepare('VACUUM INTO ?').run(copy))
  db.transaction(() => {
    for (const step of migrations.slice(version)) db.exec(step)
    db.pragma(`user_version = ${current}`)
  }).immediate()
}
