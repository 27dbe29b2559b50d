import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type LoadOptions, loadConfig } from '../config/load.ts'
import { ProfileFiles } from '../config/profiles.ts'
import type { Config } from '../config/schema.ts'
import { commandWarnings } from '../config/users.ts'
import { serveDialects } from '../http/dialects/serve-dialects.ts'
import { serveControl } from '../http/local-socket.ts'
import { Metrics } from '../http/metrics.ts'
import { serveHooks } from '../http/serve-hooks.ts'
import { serveIngress } from '../http/serve-ingress.ts'
import { assertFree, type HttpOptions, type HttpSource, serveHttp } from '../http/server.ts'
import { serveAccess } from '../http/sign-in.ts'
import { Hub } from '../hub/hub.ts'
import type { HubOptions } from '../hub/hub-options.ts'
import type { Log } from '../message/events.ts'
import { Fault } from '../message/fault.ts'
import { mailGateway } from '../message/received.ts'
import { copyFiles } from './backup.ts'
import { type CliContext, exitCodeOf, exitCodes, withHint } from './context.ts'
import { askHub, prepareControl } from './control.ts'
import { exposedFiles } from './exposed.ts'
import { failpointFrom } from './failpoint.ts'
import { collectAfterStart, growWithWork } from './heap.ts'
import { type Logger, makeLogger } from './logger.ts'
import { thisMachine } from './this-machine.ts'

export interface RunOptions extends LoadOptions {
  readonly logLevel: string | undefined
  /** Simulated devices and modems instead of real ones; nothing is kept. */
  readonly dryRun?: boolean
}

/** Ends the hub for a restart. */
const again = 'restart'

/** `smshub` and `smshub run`: the hub in the foreground, until a signal ends it. */
export async function run(context: CliContext, options: RunOptions): Promise<number> {
  growWithWork()
  const loaded = loadConfig(options)
  const { config, file, dataFolder } = loaded
  const logger = makeLogger(context, { ...config.log, level: options.logLevel ?? config.log.level })
  const { log } = logger
  log('info', 'hub', `smshub ${context.version}, configuration ${file ?? '(none: defaults)'}, data in ${dataFolder}`)
  for (const warning of [...loaded.warnings, ...exposedFiles(loaded)]) log('warn', 'config', warning)
  const lost = unusedStore(file, dataFolder)
  if (lost !== null) log('warn', 'config', lost)
  if (options.dryRun) return dryRun(context, config, dataFolder, logger)
  const extra = { copyFiles: (folder: string) => copyFiles(file, dataFolder, folder) }
  if (!Object.values(config.gateways).some(({ type }) => type === 'simulated'))
    return serve(context, config, dataFolder, logger, extra, (hub) => welcome(hub, config, log))
  const { withSimulation } = await import('./simulated.ts')
  const simulation = await withSimulation(context, config, new ProfileFiles(join(dataFolder, 'devices')), false)
  try {
    const { simulated } = simulation
    const more = { ...extra, simulated }
    return await serve(context, simulation.config, dataFolder, logger, more, (hub) => welcome(hub, config, log))
  } finally {
    await simulation.world.close()
  }
}

/** A backup copied beside the configuration is not used; without a warning, the hub would start with an empty store. */
function unusedStore(file: string | null, dataFolder: string): string | null {
  const folder = file === null ? null : dirname(file)
  if (folder === null || folder === dataFolder || existsSync(join(dataFolder, 'smshub.db'))) return null
  if (!existsSync(join(folder, 'smshub.db'))) return null
  const way = `smshub restore puts a backup in place; --data ${folder} uses it where it is`
  return `${join(folder, 'smshub.db')} is not used, because the data folder is ${dataFolder}: ${way}`
}

/**
 * The owner's configuration with a simulated device behind every number. The real queue is not touched, and at an
 * external broker it runs beside the real hub and leaves nothing.
 */
async function dryRun(context: CliContext, config: Config, dataFolder: string, logger: Logger): Promise<number> {
  const { log } = logger
  const folder = mkdtempSync(join(tmpdir(), 'smshub-dry-run-'))
  const profiles = join(dataFolder, 'devices')
  if (existsSync(profiles)) cpSync(profiles, join(folder, 'devices'), { recursive: true })
  const apart = config.mqtt.server === undefined ? config : besideTheRealHub(config)
  const { withSimulation } = await import('./simulated.ts')
  const simulation = await withSimulation(context, apart, new ProfileFiles(profiles), true)
  log('warn', 'hub', 'dry run: no SMS leaves this machine, simulated devices answer, and nothing is kept')
  if (apart !== config) {
    const where = `its topics begin with ${apart.mqtt.base_topic}, none is retained`
    log('warn', 'hub', `dry run at ${config.mqtt.server}: ${where}, and nothing is announced to Home Assistant`)
  }
  simulation.world.network.log.watch(({ kind, from, to, text }) => {
    if (kind === 'accepted' || kind === 'injected')
      log('info', 'sms', `${from} -> ${to} ${JSON.stringify(simulation.masked(text ?? '', [from, to]))}`)
  })
  // The command line finds the dry run like a hub, unless the real one runs as well.
  const isAlone = (await askHub(dataFolder, 'GET', '/healthz', undefined, [503])) === null
  if (!isAlone) log('warn', 'hub', `a hub runs on ${dataFolder}: smshub commands reach that one, not the dry run`)
  const started = (hub: Hub) => welcome(hub, simulation.config, log)
  try {
    const extra = { transient: true, simulated: simulation.simulated }
    return await serve(context, simulation.config, folder, logger, extra, started, isAlone ? dataFolder : folder)
  } finally {
    await simulation.world.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Topics of its own, no announcements, and a client id of its own. */
function besideTheRealHub(config: Config): Config {
  const { mqtt, homeassistant, compat } = config
  const apart = (prefix: string) => `${prefix}-dry-run`
  const { sms2mqtt } = compat
  return {
    ...config,
    mqtt: { ...mqtt, base_topic: apart(mqtt.base_topic), client_id: undefined },
    homeassistant: { ...homeassistant, discovery: 'none' },
    compat: { ...compat, ...(sms2mqtt !== undefined && { sms2mqtt: { ...sms2mqtt, prefix: apart(sms2mqtt.prefix) } }) },
  }
}

function welcome(hub: Hub, config: Config, log: Log): void {
  for (const warning of commandWarnings(config, hub.devices)) log('warn', 'config', warning)
  if (config.mqtt.server === undefined) log('info', 'hub', `clients find the broker at ${hub.address}`)
  if (Object.keys(config.gateways).length === 0)
    log('warn', 'hub', 'no gateway is configured: add gateways: { home: { type: modem } }')
  if (hub.devices.size === 0)
    log(
      'warn',
      'hub',
      'no device is configured; smshub devices list shows the profiles, smshub --demo runs a demonstration',
    )
}

/** Runs a hub with its HTTP server until the program is to end. */
export async function serve(
  context: CliContext,
  config: Config,
  dataFolder: string,
  { log, setLevel }: Logger,
  extra: Partial<HubOptions>,
  started: (hub: Hub) => void,
  /** The data folder under which the command line finds it. */
  foundBy = dataFolder,
): Promise<number> {
  const checkpoint = failpointFrom(context.env)
  const commitDelay = Number(context.env.SMSHUB_COMMIT_DELAY ?? 0)
  let restart = () => {}
  const restarted = new Promise<typeof again>((resolve) => {
    restart = () => resolve(again)
  })
  const gateways = [...Object.keys(config.gateways), ...(config.mail === undefined ? [] : [mailGateway])]
  const metrics = new Metrics({ version: context.version, gateways })
  const hub = await Hub.start({
    config,
    dataFolder,
    version: context.version,
    clock: context.clock,
    log,
    machine: thisMachine(),
    ...(checkpoint !== undefined && { checkpoint }),
    commitDelay,
    ...(context.devices !== undefined && { devices: context.devices }),
    setLogLevel: setLevel,
    restart,
    observe: (events) => metrics.observe(events),
    beforeConnect: async () => {
      const { enabled, listen, ingress } = config.http
      if (enabled) await assertFree(listen)
      if (enabled && ingress !== undefined) await assertFree(ingress.listen)
    },
    ...extra,
  })
  let code: number = exitCodes.ok
  const fatal = new Promise<Fault>((resolve) => {
    hub.events.on('fatal', resolve)
    if (hub.fatal !== null) resolve(hub.fatal)
    context.onDefect?.((error) => {
      log('error', 'hub', `a defect of the hub: ${error.stack ?? error.message}`)
      resolve(new Fault('internal', `the hub ends because of a defect: ${error.message}; please report it`))
    })
  })
  const servers: { close(): Promise<unknown> }[] = []
  try {
    const observed = { health: () => hub.healthy, metrics: async () => metrics.render(await hub.readings()) }
    const local = {
      ...observed,
      backup: (folder: string) => hub.backup(join(folder, 'smshub.db')),
      ask: (path: string, body: Readonly<Record<string, unknown>>) => hub.request(path, body),
    }
    servers.push(await serveControl(local, prepareControl(foundBy)))
    const source: HttpSource = {
      ...observed,
      request: (path, data, asker) => hub.request(path, data, asker),
      answered: (request) => hub.events.emit('answered', request),
      liveEvents: hub.liveEvents,
      streaming: (count) => hub.events.emit('streaming', count),
      clock: context.clock,
      now: () => hub.now(),
      log: (line) => log('error', 'http', line),
    }
    const { enabled, listen, hosts, origins, proxies, dialects, ingress, map } = config.http
    const access: HttpOptions['access'] = (server) => {
      const proven = { ...source, access: hub.access, proxies }
      serveAccess(server, proven)
      serveDialects(server, dialects, proven)
      serveHooks(server, hub)
    }
    const { version } = context
    const page = { tiles: map?.tiles ?? null }
    if (enabled) servers.push(await serveHttp(source, { ...listen, hosts, origins, version, page, access }))
    if (enabled && ingress !== undefined)
      servers.push(await serveHttp(source, { ...ingressOf(ingress), version, page: { ...page, frames: "'self'" } }))
    started(hub)
    collectAfterStart(context.clock)
    const end = await Promise.race([context.ended, fatal, restarted])
    if (end instanceof Fault) {
      log('error', 'hub', withHint(end))
      code = exitCodeOf(end.code)
    } else {
      log('info', 'hub', `${end}: stopping`)
      if (end === again) code = exitCodes.restart
    }
  } finally {
    await Promise.all(servers.map((server) => server.close()))
    await hub.stop()
  }
  return code
}

/** A second address, for the page in a frame of Home Assistant, whose origin it has. */
const ingressOf = ({
  listen,
  ...options
}: NonNullable<Config['http']['ingress']>): Omit<HttpOptions, 'version' | 'page'> => ({
  ...listen,
  hosts: null,
  origins: [],
  access: (server) => serveIngress(server, options),
})
