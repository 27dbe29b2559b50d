import { readFileSync } from 'node:fs'

export function readJson(url: URL): unknown {
  return JSON.parse(readFileSync(url, 'utf8'))
}
