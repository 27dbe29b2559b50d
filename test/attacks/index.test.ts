import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

const read = (name: string) => readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8')
const rows = [...read('README.md').matchAll(/^\| (\d+: .+?) +\| (.+?) +\| (\S+) +\|$/gm)].map(
  ([, attack = '', name = '', file = '']) => ({ attack, name, file }),
)

test('the page has all of them', () => {
  const numbers = new Set(rows.map(({ attack }) => Number.parseInt(attack, 10)))
  const wanted = [...Array.from({ length: 16 }, (_, i) => i + 1), ...Array.from({ length: 8 }, (_, i) => i + 35)]
  expect(wanted.filter((number) => !numbers.has(number))).toEqual([])
})

test.each(rows)('attack $attack has its test', ({ name, file }) => {
  expect(read(`../${file}`)).toContain(name)
})
