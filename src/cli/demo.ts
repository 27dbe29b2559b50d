import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ProfileFiles } from '../config/profiles.ts'
import { Config } from '../config/schema.ts'
import type { HubEvent } from '../message/hub-event.ts'
import type { CliContext } from './context.ts'
import { bringToLife } from './demo-life.ts'
import { makeLogger } from './logger.ts'
import { type RunOptions, serve } from './run.ts'
import { withSimulation } from './simulated.ts'

const vanNumber = '+4915112345679'
const annNumber = '+4915112345699'
/** The devices of the demo: one of each common kind. */
const devices = {
  gate: { profile: 'king-pigeon/rtu5024', variant: 'classic', name: 'Front gate', number: ['+4915112345678'] },
  van: { profile: 'coban/tk103', name: 'Van', number: [vanNumber] },
  boiler: { profile: 'elbro/smsb-m21t', name: 'Boiler', number: ['+4915112345680'] },
}

const resultKeys = ['command_id', 'command', 'value', 'status', 'ok', 'error', 'reply', 'elapsed_ms']

const usual = { mqtt: 1883, http: 8080 }

/**
 * `--demo`: the real hub with a simulated modem on a byte stream and a simulated network behind it. Nothing is kept.
 */
export async function demo(context: CliContext, options: RunOptions): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'smshub-demo-'))
  const port = await usualOrFree(usual.mqtt)
  const http = await usualOrFree(usual.http)
  const asWritten = Config.parse({
    mqtt: { broker: { listen: `127.0.0.1:${port}` } },
    gateways: { home: { type: 'simulated' } },
    devices,
    contacts: { ann: annNumber },
    http: { listen: `127.0.0.1:${http}` },
  })
  const { config, simulated, world } = await withSimulation(context, asWritten, new ProfileFiles(), true)
  const logger = makeLogger(context, { level: options.logLevel ?? 'warn', format: 'auto' })
  const print = (text: string) => {
    context.stdout.write(`${text}\n`)
  }
  let end = () => {}
  try {
    return await serve(context, config, folder, logger, { simulated }, (hub) => {
      hub.events.on('published', ({ event, topics }) => {
        const line = inShort(event)
        if (line !== null) print(`${timeOf(context)}  MQTT  ${topics[0]}  ${line}`)
      })
      world.network.log.watch(({ kind, from, to, text }) => {
        if (kind === 'accepted' || kind === 'injected')
          print(`${timeOf(context)}  SMS   ${from} -> ${to}  ${JSON.stringify(text)}`)
      })
      print(invitation(port, http))
      end = bringToLife(world, { van: vanNumber, ann: annNumber }, context.clock)
    })
  } finally {
    end()
    await world.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Commands to try while it runs. */
export function invitation(port: number, http: number): string {
  const at = port === usual.mqtt ? '' : ` -p ${port}`
  return `
smshub is running with a simulated network: a gate opener (gate), a tracker (van) and a heater (boiler).

  http://127.0.0.1:${http}/              its page: press a button, watch the answer arrive

What happens is shown here in short. Try in another terminal:

  npx mqtt pub${at} -q 1 -t smshub/gate/command/open -m PRESS
  npx mqtt pub${at} -q 1 -t smshub/van/command/locate -m PRESS
  npx mqtt pub${at} -q 1 -t smshub/boiler/set/target_temperature -m 21

  npx mqtt sub${at} -v -t 'smshub/#'        shows everything that clients see
  curl http://127.0.0.1:${http}/metrics       shows the figures

Ctrl-C ends it and removes everything that it wrote.
`
}

/** An event for display; null for those that only programs read. */
export function inShort({ kind, data }: HubEvent): string | null {
  switch (kind) {
    // A modem is offline for a moment while it is opened: not worth showing.
    case 'gateway_availability':
      return data === true ? 'online' : null
    case 'availability':
      return data === null ? null : data ? 'online' : 'offline'
    case 'result':
      return known(Object.entries(data).filter(([key]) => resultKeys.includes(key)))
    case 'state':
    case 'location':
    case 'device_event':
      return known(Object.entries(data ?? {}))
    default:
      return null
  }
}

function known(entries: readonly [string, unknown][]): string | null {
  const known = entries.filter(([, value]) => value !== null)
  return known.length === 0 ? null : JSON.stringify(Object.fromEntries(known))
}

function timeOf({ clock }: CliContext): string {
  return new Date(clock.wall()).toISOString().slice(11, 23)
}

/** The usual port, or any other if it is in use. */
function usualOrFree(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', () => (port === 0 ? reject(new Error('no free port')) : resolve(usualOrFree(0))))
    server.listen(port, '127.0.0.1', () => {
      const { port: bound } = server.address() as { port: number }
      server.close(() => resolve(bound))
    })
  })
}
