import { existsSync, readFileSync } from 'node:fs'

/** Ids of the machine and of its boot on Linux; null elsewhere, and in containers without the files. */
const files = { id: '/etc/machine-id', boot: '/proc/sys/kernel/random/boot_id' }

export function thisMachine(): { readonly id: string | null; readonly boot: string | null } {
  return { id: contents(files.id), boot: contents(files.boot) }
}

function contents(file: string): string | null {
  const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
  return text === '' ? null : text
}
