import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess, mainFile } from '../support/hub-process.ts'

// What a program loads decides how long it takes to start, and most of its memory.

const root = dirname(dirname(mainFile))
const support = (name: string) => fileURLToPath(new URL(`../support/${name}`, import.meta.url))
const preload = support('loaded-files.mjs')
const record = join(temporaryFolder(), 'files.json')
/** Paths below the root, without the preloaded file. */
const loaded = () =>
  (JSON.parse(readFileSync(record, 'utf8')) as string[])
    .filter((path) => path !== preload)
    .map((path) => relative(root, path))

/** A hub with nothing to do. */
const quietHub = async () => `
mqtt: { broker: { listen: 127.0.0.1:${await freePort()} } }
gateways: { home: { type: modem, path: "tcp://127.0.0.1:${await freePort()}" } }
devices: { van: { profile: coban/tk103, number: "+4915112345678" } }
http: { listen: 127.0.0.1:${await freePort()} }
`

test('smshub --version loads the command line and nothing else', () => {
  const env = { ...process.env, LOADED_FILES: record }
  const { status, stderr } = spawnSync(process.execPath, ['--import', preload, mainFile, '--version'], {
    env,
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(loaded().length).toBeLessThan(15)
  expect(loaded()).not.toContain('dist/run.js')
})

test('a hub loads a few files, and none for what it is not configured to do', async () => {
  const hub = new HubProcess(temporaryFolder())
  const config = await quietHub()
  await hub.start({ config, env: { NODE_OPTIONS: `--import=${preload}`, LOADED_FILES: record } })
  await hub.stop()
  const files = loaded()
  expect(files).toContain('dist/embedded-ingress.js')
  expect(files.length).toBeLessThan(80)
  // The client of another broker, web sockets, documents of the interface.
  for (const file of ['external-ingress', 'websocket-server', 'openapi']) {
    expect(readdirSync(join(root, 'dist'))).toContain(`${file}.js`)
    expect(files).not.toContain(`dist/${file}.js`)
  }
  // Native code, and YAML that is not plain, are loaded when they are needed; the store is in a thread of its own.
  expect(files.filter((file) => file.startsWith('node_modules'))).toEqual([])
})

test('an installation brings the packages that dist loads, and no others', () => {
  const texts = readdirSync(join(root, 'dist'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(root, 'dist', name), 'utf8'))
  const named = texts.flatMap((text) => [
    ...text.matchAll(/(?:\bfrom |\bimport |import\(|require\(|import\.meta\.url\)\()"([@a-z][\w@./-]*)"/g),
  ])
  const packages = new Set(named.map(([, name = '']) => name).filter((name) => !isBuiltin(name)))
  // Fastify asks for them only where it is given no compilers, or is asked without a network; ws does without its two.
  for (const name of ['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler', 'light-my-request'])
    expect(packages.delete(name)).toBe(true)
  for (const name of ['bufferutil', 'utf-8-validate']) expect(packages.delete(name)).toBe(true)
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  expect([...packages].sort()).toEqual(Object.keys(dependencies).sort())
})

test('what the start of a hub has left is collected when it has settled', async () => {
  const hub = new HubProcess(temporaryFolder())
  await hub.start({ config: await quietHub(), env: { NODE_OPTIONS: `--import=${support('collections.mjs')}` } })
  await hub.logged(/^collected$/m)
  await hub.stop()
})
