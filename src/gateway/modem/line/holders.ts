import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { join } from 'node:path'

/** A program that has a port open. */
export interface Holder {
  readonly pid: number
  readonly name: string
}

/** Who has a file open, as far as this user may see it. Empty where the system does not report it. */
export function holdersOf(path: string, proc = '/proc'): Holder[] {
  let target: string
  try {
    target = realpathSync(path)
  } catch {
    return []
  }
  return pids(proc)
    .filter((pid) => opens(join(proc, String(pid), 'fd'), target))
    .map((pid) => ({ pid, name: nameOf(proc, pid) }))
}

/** What frees a port of its holder. */
export function freeing({ name, pid }: Holder): string {
  if (/^ModemManager/i.test(name)) return 'sudo systemctl disable --now ModemManager'
  return `stop ${name} (process ${pid})`
}

function pids(proc: string): number[] {
  try {
    return readdirSync(proc)
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

function opens(folder: string, target: string): boolean {
  try {
    return readdirSync(folder).some((fd) => {
      try {
        return readlinkSync(join(folder, fd)) === target
      } catch {
        return false
      }
    })
  } catch {
    return false
  }
}

function nameOf(proc: string, pid: number): string {
  try {
    return readFileSync(join(proc, String(pid), 'comm'), 'utf8').trim()
  } catch {
    return 'another program'
  }
}
