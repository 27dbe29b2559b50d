import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a file that is there as a whole or not at all, whenever the process or the power ends: `write` fills another
 * one, which takes its name once it is on the disk. A file of that name is replaced.
 */
export function makeWhole(path: string, write: (unfinished: string) => void): void {
  const unfinished = `${path}.unfinished`
  rmSync(unfinished, { force: true })
  write(unfinished)
  flush(unfinished)
  renameSync(unfinished, path)
  // Windows opens no folders, and keeps names with their files.
  if (process.platform !== 'win32') flush(dirname(path))
}

/** Writes a text to a file, as a whole or not at all. */
export function writeWhole(path: string, text: string): void {
  makeWhole(path, (unfinished) => writeFileSync(unfinished, text, { mode: 0o600 }))
}

function flush(path: string): void {
  const file = openSync(path, process.platform === 'win32' ? 'r+' : 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
