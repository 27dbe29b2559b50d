import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'

const built = fileURLToPath(new URL('../../dist/web', import.meta.url))
const maxOctets = 200_000

/** Files that a browser loads before anything is shown: those of index.html, and what these import at once. */
function firstFiles(): Set<string> {
  const html = readFileSync(join(built, 'index.html'), 'utf8')
  const wanted = [...html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, name]) => name as string)
  const files = new Set<string>(['index.html'])
  while (wanted.length > 0) {
    const name = wanted.pop() as string
    if (files.has(name) || !existsSync(join(built, name))) continue
    files.add(name)
    if (!name.endsWith('.js')) continue
    const source = readFileSync(join(built, name), 'utf8')
    for (const [, to] of source.matchAll(/(?:^|[;}\s])(?:import|export)\b[^;'"()]*?['"](\.\.?\/[^'"]+)['"]/g))
      wanted.push(join(dirname(name), to as string))
  }
  return files
}

test('the page weighs less than 200 kB at first load, compressed as gzip does', () => {
  const files = [...firstFiles()]
  expect(files.filter((name) => name.endsWith('.js')).length).toBeGreaterThan(1)
  const octets = files.reduce((sum, name) => sum + gzipSync(readFileSync(join(built, name))).length, 0)
  expect(octets).toBeLessThan(maxOctets)
})

test('all of it weighs less than 200 kB, too', () => {
  const files = readdirSync(built, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(?:js|css|html)$/.test(name),
  )
  const octets = files.reduce((sum, name) => sum + gzipSync(readFileSync(join(built, name))).length, 0)
  expect(octets).toBeLessThan(maxOctets)
})

test('nothing of it is inline, and no address in it leads elsewhere', () => {
  const html = readFileSync(join(built, 'index.html'), 'utf8')
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/)
  for (const name of readdirSync(built, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(?:js|css|html)$/.test(name)) continue
    const addresses = readFileSync(join(built, name), 'utf8').match(/https?:\/\/[\w.-]+\.\w+/g) ?? []
    // Names of XML are no addresses that anything is loaded from.
    expect(addresses.filter((address) => !address.startsWith('http://www.w3.org'))).toEqual([])
  }
})
