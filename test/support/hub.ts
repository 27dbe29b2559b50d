import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../../src/config/load.ts'
import { Hub } from '../../src/hub/hub.ts'
import type { HubOptions } from '../../src/hub/hub-options.ts'
import type { LogLevel } from '../../src/message/events.ts'
import type { Clock } from '../../src/util/clock.ts'
import { FastClock } from './fast-clock.ts'
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
    ...(clock instanceof FastClock && {
      makeStore: async (data, now) =>
        clock.waitingFor(await (rest.makeStore?.(data, now) ?? data.openStore(clock, { now }))),
    }),
  })
  return { hub, folder, log }
}

export const fastClock = (speed: number): FastClock => new FastClock(speed)
