import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Loaded } from '../config/load.ts'
import { isReadableByOthers } from '../store/folder.ts'

/** A warning for each file with secrets that other users of this machine can read, with the command to fix it. */
export function exposedFiles({ file, config }: Loaded): string[] {
  const { key, broker } = config.mqtt
  const paths = [file === null ? undefined : join(dirname(file), 'secrets.yaml'), key]
  const all = [...paths, broker.tls?.key, broker.websocket?.tls?.key]
  return [...new Set(all)]
    .filter((path): path is string => path !== undefined && existsSync(path) && isReadableByOthers(path))
    .map((path) => `other users of this machine can read ${path}: chmod 600 ${path}`)
}
