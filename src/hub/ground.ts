import { join } from 'node:path'
import { makeDevices } from '../config/make-devices.ts'
import { ProfileFiles } from '../config/profiles.ts'
import { Fleet } from '../fleet/fleet.ts'
import type { Routes } from '../gateway/routes.ts'
import type { Owner } from '../message/owner.ts'
import { mqttOutlet } from '../mqtt/outlet/publisher.ts'
import { DataFolder } from '../store/folder.ts'
import type { Store } from '../store/store.ts'
import { SteadyTime } from '../util/steady-time.ts'
import type { HubOptions } from './hub-options.ts'
import { routesOf } from './routes-of.ts'
import { smppOutlets } from './smpp-part.ts'

/** The foundation that exists before any part is started. */
export interface Ground {
  readonly profiles: ProfileFiles
  readonly folder: DataFolder
  readonly time: SteadyTime
  readonly store: Store
  readonly fleet: Fleet
  readonly routes: Routes
  /** The last command number of each device with numbered commands. */
  readonly counters: Map<string, number>
  /** This run of the hub on its store. */
  readonly owner: Owner
  /** The time of the first run, and the latest time in the store. */
  readonly installedAt: number
  readonly newest: number
}

/** Opens the store and reads from it. Rejects with a Fault and its remedy, after closing the store again. */
export async function layGround(options: HubOptions): Promise<Ground> {
  const { config, dataFolder, clock, log, machine, commitDelay = 0 } = options
  const profiles = new ProfileFiles(join(dataFolder, 'devices'))
  // Mistakes in the file are reported before anything is opened.
  const made = makeDevices(config, profiles)
  const routes = routesOf(config)
  const folder = new DataFolder(dataFolder)
  const exposed = folder.narrow()
  if (exposed !== null) log('warn', 'hub', exposed)
  const time = new SteadyTime(clock)
  const now = () => time.now()
  const store = await (options.makeStore?.(folder, now) ?? folder.openStore(clock, { commitDelay, now }))
  if (!store.isShared)
    log(
      'warn',
      'hub',
      `the file system of ${dataFolder} has no shared memory: the writer reads lists itself, and texts wait for each`,
    )
  try {
    const owner = folder.instanceId()
    // First: what the rest emits is for all of them.
    const clients = smppOutlets(config.smppserver)
    await store.run('openOutlets', { names: [mqttOutlet, ...Object.keys(clients)], selecting: clients })
    const { held, epoch, installedAt, newest } = await store.run('recover', {
      owner,
      isAlone: true,
      now: time.now(),
      machineBoot: machine.boot,
      machine: machine.id,
      gateways: Object.keys(config.gateways),
      routes: routes.several.map(({ name }) => name),
    })
    if (held) log('warn', 'hub', 'the store was restored or is from another machine: nothing in it is sent again')
    const fleet = await Fleet.open({ config, profiles, store, now: () => time.now(), made }, (message) =>
      log('warn', 'hub', message),
    )
    const counters = new Map(await store.run('counters', undefined))
    return { profiles, folder, time, store, fleet, routes, counters, owner: { owner, epoch }, installedAt, newest }
  } catch (error) {
    await store.close()
    throw error
  }
}
