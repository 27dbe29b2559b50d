import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { makeWhole, writeWhole } from '../../src/store/whole-file.ts'
import { temporaryFolder } from '../support/folder.ts'

test('a file takes its name when it is complete, and replaces what has it', () => {
  const folder = temporaryFolder()
  const path = join(folder, 'instance')
  writeWhole(path, 'old')
  makeWhole(path, (unfinished) => {
    writeFileSync(unfinished, 'half')
    expect(readFileSync(path, 'utf8')).toBe('old')
    writeFileSync(unfinished, 'new')
  })
  expect(readFileSync(path, 'utf8')).toBe('new')
  expect(readdirSync(folder)).toEqual(['instance'])
})

test('one that fails leaves the file as it was, and the next attempt begins anew', () => {
  const folder = temporaryFolder()
  const path = join(folder, 'instance')
  writeWhole(path, 'old')
  const fail = (unfinished: string) => {
    writeFileSync(unfinished, 'a long text that is cut off')
    throw new Error('no space')
  }
  expect(() => makeWhole(path, fail)).toThrow('no space')
  expect(readFileSync(path, 'utf8')).toBe('old')
  writeWhole(path, 'new')
  expect(readFileSync(path, 'utf8')).toBe('new')
  expect(readdirSync(folder)).toEqual(['instance'])
})
