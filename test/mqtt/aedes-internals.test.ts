import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { Aedes, type Client } from 'aedes'
import { checkInternals } from '../../src/mqtt/embedded/aedes-internals.ts'

test('the aedes that is installed has what the broker needs of it', () => {
  expect(() => checkInternals()).not.toThrow()
})

test('a version that lacks something is named at the start, with what mends it', () => {
  const broker = new Aedes()
  const handle = broker.handle
  broker.handle = (...args): Client => {
    const client = handle(...args)
    Reflect.deleteProperty(client, 'duplicates')
    return client
  }
  expect(() => checkInternals(broker)).toThrow(/aedes .* lacks Client\.duplicates.*npm ci/)
  const other = new Aedes()
  Reflect.deleteProperty(other, 'clients')
  expect(() => checkInternals(other)).toThrow(/lacks Aedes\.clients/)
})

test.each(['aedes', 'mqtt'])('%s is pinned: more of it is used than its types promise', (name) => {
  const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
  expect(read('../../package.json').devDependencies[name]).toBe(read(`../../node_modules/${name}/package.json`).version)
})
