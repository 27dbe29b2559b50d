import { readFileSync } from 'node:fs'
import { Fault } from '../message/fault.ts'

const prefix = 'SMSHUB_'
/** Variables that are not keys of the configuration. */
const others = ['SMSHUB_CONFIG', 'SMSHUB_DATA', 'SMSHUB_FAILPOINT', 'SMSHUB_COMMIT_DELAY', 'SMSHUB_ROOT']

/**
 * `SMSHUB_MQTT__SERVER` is `mqtt.server`: two underscores separate levels. With the suffix `_FILE` the value is read
 * from that file. Lists and tables are JSON.
 */
export function overlayEnvironment(data: unknown, env: Readonly<Record<string, string | undefined>>): unknown {
  const root = structuredClone(data) as Record<string, unknown>
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(prefix) || others.includes(name) || value === undefined) continue
    const fromFile = name.endsWith('_FILE')
    const keys = name
      .slice(prefix.length, fromFile ? -'_FILE'.length : undefined)
      .toLowerCase()
      .split('__')
    place(root, keys, parsed(fromFile ? contents(name, value) : value), name)
  }
  return root
}

function place(root: Record<string, unknown>, keys: readonly string[], value: unknown, name: string): void {
  let table = root
  for (const key of keys.slice(0, -1)) {
    const next = (Object.hasOwn(table, key) ? table[key] : null) ?? {}
    if (typeof next !== 'object' || Array.isArray(next)) {
      throw new Fault('invalid_config', `${name}: ${key} is a value in the configuration, not a table`)
    }
    table[key] = next
    table = next as Record<string, unknown>
  }
  table[keys.at(-1) as string] = value
}

function parsed(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function contents(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const reason = missing ? `there is no file ${path}` : `${path} can't be read: ${(error as Error).message}`
    throw new Fault('invalid_config', `${name}: ${reason}`, {}, error)
  }
}
