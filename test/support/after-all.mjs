import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'

/** Behind the last test of a run: the folders that were made go. Processes of tests are ended before they could do it. */
export default function afterAll() {
  const list = process.env.TEST_FOLDERS
  const folders = existsSync(list) ? readFileSync(list, 'utf8').trimEnd().split('\n') : []
  for (const folder of [...folders, dirname(list)]) {
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch (error) {
      console.warn(`a folder of the tests stays: ${error.message}`)
    }
  }
}
