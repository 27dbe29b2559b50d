import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../../src/config/load.ts'
import { Hub, type HubOptions } from '../../src/hub/hub.ts'
import type { LogLevel } from '../../src/message/events.ts'
import type { Clock, Timer } from '../../src/util/clock.ts'
import { temporaryFolder } from './folder.ts'
import { testClock } from './world.ts'

export interface StartedHub {
  readonly hub: Hub
  readonly folder: string
  readonly log: { readonly level: LogLevel; readonly name: string; readonly message: string }[]
}

/** A hub in the test's own process: for tests that need its clock. */
export async function startHub(
  yaml: string,
  options: { readonly clock?: Clock; readonly folder?: string } & Partial<HubOptions> = {},
): Promise<StartedHub> {
  const { clock = testClock, folder = temporaryFolder(), ...rest } = options
  writeFileSync(join(folder, 'smshub.yaml'), yaml)
  const { config, dataFolder } = loadConfig({ config: join(folder, 'smshub.yaml'), env: {}, cwd: folder })
  const log: StartedHub['log'] = []
  const hub = await Hub.start({
    config,
    dataFolder,
    version: 'test',
    clock,
    machine: { id: null, boot: null },
    log: (level, name, message) => log.push({ level, name, message }),
    ...(clock instanceof FastClock && { permitMs: 3_000 * clock.speed }),
    ...rest,
  })
  return { hub, folder, log }
}

/** Real time, so many times faster: an hour of waiting becomes seconds, sockets and the disk stay what they are. */
class FastClock implements Clock {
  readonly speed: number
  readonly random = testClock.random
  readonly #wall = Date.now()
  readonly #start = performance.now()

  constructor(speed: number) {
    this.speed = speed
  }

  wall(): number {
    return this.#wall + this.monotonic()
  }

  monotonic(): number {
    return (performance.now() - this.#start) * this.speed
  }

  after(ms: number, callback: () => void): Timer {
    const timer = setTimeout(callback, Math.min(2_147_483_647, Math.max(0, ms / this.speed)))
    timer.unref()
    return { cancel: () => clearTimeout(timer) }
  }
}

export const fastClock = (speed: number): Clock => new FastClock(speed)
