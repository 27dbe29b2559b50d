import { spawnSync } from 'node:child_process'
import { chmodSync, linkSync, lstatSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { temporaryFolder } from '../support/folder.ts'

const start = fileURLToPath(new URL('../../docker/start.mjs', import.meta.url))
const isRoot = process.getuid?.() === 0
if (!isRoot) console.warn('passed over: giving the data away needs root')
const asRoot = isRoot ? test : test.skip

asRoot('started as root, the image gives the data to its user and follows no link out of them', () => {
  const outside = temporaryFolder()
  const secret = join(outside, 'secret')
  const folder = join(outside, 'folder')
  mkdirSync(folder)
  for (const file of [secret, join(folder, 'inside'), join(outside, 'second')]) writeFileSync(file, 'root only')
  const data = temporaryFolder()
  chmodSync(data, 0o755)
  mkdirSync(join(data, 'below'))
  writeFileSync(join(data, 'below', 'own'), 'x')
  symlinkSync(secret, join(data, 'to-file'))
  symlinkSync(folder, join(data, 'below', 'to-folder'))
  symlinkSync(join(outside, 'nowhere'), join(data, 'dangling'))
  linkSync(join(outside, 'second'), join(data, 'hard'))
  const { status, stdout, stderr } = spawnSync(process.execPath, [start, '--version'], {
    env: { ...process.env, SMSHUB_DATA: data },
    encoding: 'utf8',
  })
  expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining('hard has another name') })
  expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+/)
  for (const path of [data, join(data, 'below'), join(data, 'below', 'own'), join(data, 'dangling')])
    expect({ path, uid: lstatSync(path).uid }).toEqual({ path, uid: 1000 })
  for (const path of [secret, folder, join(folder, 'inside'), join(outside, 'second')])
    expect({ path, uid: statSync(path).uid }).toEqual({ path, uid: 0 })
})
