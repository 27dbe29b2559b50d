import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { tableOf } from '../../src/cli/devices.ts'
import { allProfiles } from './library.ts'

const page = fileURLToPath(new URL('../../devices/README.md', import.meta.url))
const begin = '<!-- devices: made by npm run devices:table -->\n\n'
const end = '\n<!-- devices: end -->\n'

/** Padding is the formatter's. */
const plain = (table: string): string => table.replace(/ +/g, ' ').replace(/-+/g, '-').trim()

test('the table of all devices is up to date (npm run devices:table writes it)', () => {
  const text = readFileSync(page, 'utf8')
  const [head = '', rest = ''] = text.split(begin)
  const [there = '', tail = ''] = rest.split(end)
  const rows = allProfiles().map(({ id, row }) => ({ profile: id, ...row }))
  const table = tableOf(rows)
  if (process.env.DEVICES_TABLE === 'write') writeFileSync(page, head + begin + table + end + tail)
  else expect(plain(there)).toBe(plain(table))
})
