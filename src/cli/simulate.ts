import { existsSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type LoadOptions, loadConfig } from '../config/load.ts'
import { makeDevices } from '../config/make-devices.ts'
import { ProfileFiles } from '../config/profiles.ts'
import { Fault } from '../message/fault.ts'
import { faultMeanings, type ModemFault } from '../simulator/modem/equipment/faults.ts'
import { type PersonalityName, personalities } from '../simulator/modem/personalities.ts'
import { Pty } from '../simulator/modem/pty.ts'
import { parseTrace, ReplayedModem, serveReplay } from '../simulator/replay.ts'
import { SimulatedWorld } from '../simulator/world.ts'
import { type CliContext, exitCodes, obeyLines } from './context.ts'
import { placeOf } from './served-network.ts'

export interface SimulateOptions {
  readonly listen: string
  readonly pty?: string
  readonly number: string
  readonly replay?: string
  readonly make: PersonalityName
}

const usage = `Commands on the standard input:
  text <from> <text>    a text for the modem
  fault <json>          switch a fault on, e.g. {"fault":"silence","at":"before_acceptance","times":1}
  clear                 end all faults
  unplug, plug, reset   what happens to modems
`

/**
 * `simulate`: the simulated modem alone, for other programs. With a configuration, its devices are in the network and
 * answer by their profiles.
 */
export async function simulate(context: CliContext, options: SimulateOptions, load: LoadOptions): Promise<number> {
  const { stdout, stderr } = context
  if (options.replay !== undefined) return replay(context, options, options.replay)
  const { config, dataFolder } = loadConfig(load)
  const devices = makeDevices(config, new ProfileFiles(join(dataFolder, 'devices')))
  const { clock } = context
  const personality = personalities[options.make]
  const world = new SimulatedWorld({ clock, devices: devices.values(), number: options.number, personality })
  const { host, port } = placeOf(options.listen)
  const path = await world.listen(host, port)
  let pty: Pty | null = null
  try {
    if (options.pty !== undefined) pty = await Pty.open(await world.serveBeside(), options.pty, context.clock)
    world.network.log.watch(({ kind, from, to, text, code }) => {
      stdout.write(
        `${JSON.stringify({ kind, from, to, ...(text !== null && { text }), ...(code !== null && { code }) })}\n`,
      )
    })
    stderr.write(
      `${personality.manufacturer} ${personality.model} ${options.number} on ${path}${pty === null ? '' : ` and ${options.pty}`}, ${devices.size} devices in the network\n${usage}`,
    )
    await obeyLines(context, (line) => obey(world, options.number, line))
    return exitCodes.ok
  } finally {
    await pty?.close()
    await world.close()
  }
}

/** `simulate --replay`: the modem of a trace. */
async function replay(
  { clock, ended, stderr }: CliContext,
  { listen }: SimulateOptions,
  file: string,
): Promise<number> {
  if (!existsSync(file)) throw new Fault('invalid_payload', `there is no file ${file}: smshub modem trace makes one`)
  const modem = new ReplayedModem(parseTrace(readFileSync(file, 'utf8')), clock)
  const { host, port } = placeOf(listen)
  const server = await serveReplay(modem, host, port)
  stderr.write(`the modem of ${file} on tcp://${host}:${(server.address() as AddressInfo).port}\n`)
  await ended
  server.close()
  return exitCodes.ok
}

function obey(world: SimulatedWorld, number: string, line: string): void {
  const [verb = '', ...words] = line.split(' ')
  const rest = words.join(' ')
  const { modem, network } = world
  switch (verb) {
    case 'text': {
      const [from = '', ...words] = rest.split(' ')
      return network.text({ from, to: number, text: words.join(' ') })
    }
    case 'fault': {
      const fault = JSON.parse(rest) as ModemFault
      if (!(fault.fault in faultMeanings))
        throw new Fault(
          'invalid_payload',
          `there is no fault "${fault.fault}"; there is ${Object.keys(faultMeanings).join(', ')}`,
        )
      return modem.faults.add(fault)
    }
    case 'clear':
      return modem.faults.clear()
    case 'unplug':
      return modem.unplug()
    case 'plug':
      return modem.plugIn()
    case 'reset':
      return modem.reset()
    default:
      throw new Fault('invalid_payload', usage)
  }
}
