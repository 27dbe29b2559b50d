import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import freshBuild from './fresh-build.mjs'

/** Before the first test of a run: its processes note here which folders they make. */
export default function beforeAll() {
  freshBuild()
  process.env.TEST_FOLDERS = join(mkdtempSync(join(tmpdir(), 'smshub-run-')), 'folders')
}
