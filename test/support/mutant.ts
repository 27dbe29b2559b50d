import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryFolder } from './folder.ts'
import { mainFile } from './hub-process.ts'

/** A copy of the modules with one line changed. Fails where that line is not there: the test would prove nothing. */
export function mutant(file: string, original: string, changed: string): string {
  const folder = temporaryFolder('smshub-mutant-')
  const root = dirname(dirname(mainFile))
  cpSync(join(root, 'build'), join(folder, 'build'), { recursive: true })
  for (const name of ['node_modules', 'devices']) symlinkSync(join(root, name), join(folder, name))
  cpSync(join(root, 'package.json'), join(folder, 'package.json'))
  const path = join(folder, 'build', file)
  const text = readFileSync(path, 'utf8')
  if (!text.includes(original)) throw new Error(`there is no "${original}" in build/${file}`)
  writeFileSync(path, text.replace(original, changed))
  return join(folder, 'build/main.js')
}
