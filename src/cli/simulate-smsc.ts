import { join as joinPath } from 'node:path'
import { type LoadOptions, loadConfig } from '../config/load.ts'
import { makeDevices } from '../config/make-devices.ts'
import { ProfileFiles } from '../config/profiles.ts'
import { Fault } from '../message/fault.ts'
import { dialects, type ReceiptDialect } from '../simulator/smsc/receipt-dialects.ts'
import { SimulatedSmsc } from '../simulator/smsc/simulated-smsc.ts'
import { calmSmsc, type SmscBehaviour, type SubmitFault, submitFaults } from '../simulator/smsc/smsc-behaviour.ts'
import { carriageOf, join } from '../simulator/smsc/smsc-carriage.ts'
import { SimulatedWorld } from '../simulator/world.ts'
import { inBackground } from '../util/background.ts'
import { seededRandom } from '../util/random.ts'
import { type CliContext, exitCodes, linesOf } from './context.ts'

export interface SmscSimulation {
  readonly listen: string
  readonly number: string
  /** `system_id:password` */
  readonly account: string
  readonly dialect: string
  readonly seed: string
}

const usage = `Commands on the standard input:
  text <from> <text>        a text for the client
  fault <name> [times]      what happens to the next submissions: ${Object.keys(submitFaults).join(', ')}
  behave <json>             change how it behaves, e.g. {"window":5,"answerMs":[100,2000],"faults":{"silence":0.1}}
  cut, unbind, restart      what happens to connections
`

/**
 * `simulate --smsc`: an SMSC for any SMPP client. With a configuration, its devices are in the network behind it and
 * answer by their profiles; texts to anybody else are delivered.
 */
export async function simulateSmsc(context: CliContext, options: SmscSimulation, load: LoadOptions): Promise<number> {
  const { clock, stdin, stdout, stderr } = context
  const { config, dataFolder } = loadConfig(load)
  const devices = makeDevices(config, new ProfileFiles(joinPath(dataFolder, 'devices')))
  const [, host = '127.0.0.1', port = '0'] = /^(?:(.*):)?(\d+)$/.exec(options.listen) ?? []
  const [, id, password] = /^([!-9;-~]{1,15}):([ -~]{0,8})$/.exec(options.account) ?? []
  if (id === undefined || password === undefined)
    throw new Fault(
      'invalid_payload',
      `--account ${options.account}: must be system_id:password, at most 15 and 8 characters`,
    )
  if (!Object.hasOwn(dialects, options.dialect))
    throw new Fault(
      'invalid_payload',
      `there is no dialect ${options.dialect}; there is ${Object.keys(dialects).join(', ')}`,
    )
  const seeded = {
    wall: () => clock.wall(),
    monotonic: () => clock.monotonic(),
    after: (ms: number, act: () => void) => clock.after(ms, act),
    random: seededRandom(Number(options.seed)),
  }
  // The SIM of the world is nobody here.
  const { network } = new SimulatedWorld({ clock: seeded, devices: devices.values(), number: '+0' })
  const smsc = new SimulatedSmsc({
    clock: seeded,
    accounts: { [id]: password },
    behaviour: { dialect: options.dialect as ReceiptDialect },
    carry: carriageOf(network, options.number),
    note: (kind, detail) => stdout.write(`${JSON.stringify({ kind, ...detail })}\n`),
  })
  join(network, options.number, smsc)
  await smsc.listen(host, Number(port))
  stderr.write(`SMSC on ${smsc.host}:${smsc.port}, ${options.number}, ${devices.size} devices in the network\n${usage}`)
  try {
    inBackground(
      async () => {
        for await (const line of linesOf(stdin))
          await obey(smsc, options.number, line.trim(), (words) => stderr.write(`${words}\n`))
      },
      ({ message }) => stderr.write(`${message}\n`),
    )
    await context.ended
    return exitCodes.ok
  } finally {
    await smsc.close()
  }
}

/** Time that a restart takes. */
const awayMs = 2_000

async function obey(
  smsc: SimulatedSmsc,
  number: string,
  line: string,
  complain: (words: string) => void,
): Promise<void> {
  const [verb = '', first = '', ...rest] = line.split(' ')
  switch (verb) {
    case '':
      return
    case 'text':
      // Acknowledged whenever a client is there.
      inBackground(
        () => smsc.text(first, number, rest.join(' ')),
        ({ message }) => complain(message),
      )
      return
    case 'fault':
      if (!Object.hasOwn(submitFaults, first)) return complain(usage)
      smsc.next.push(...Array.from({ length: Math.min(Number(rest[0] ?? 1) || 1, 10_000) }, () => first as SubmitFault))
      return
    case 'behave':
      return behave(smsc, line.slice(verb.length), complain)
    case 'cut':
      return smsc.cut()
    case 'unbind':
      return smsc.unbind()
    case 'restart':
      return smsc.restart(awayMs)
    default:
      return complain(usage)
  }
}

function behave(smsc: SimulatedSmsc, json: string, complain: (words: string) => void): void {
  let wanted: Partial<SmscBehaviour>
  try {
    wanted = JSON.parse(json)
  } catch (error) {
    return complain(`behave: ${(error as Error).message}`)
  }
  const wrong = Object.entries(wanted).find(([name, value]) => !fits(name, value))
  if (wrong === undefined) return smsc.change(wanted)
  complain(`behave: "${wrong[0]}" is not like ${JSON.stringify({ ...calmSmsc, window: 10, faults: { silence: 0.1 } })}`)
}

/** Of the kind that the key has; dialects and faults by their names. */
function fits(name: string, value: unknown): boolean {
  const usual: unknown = Object.hasOwn(calmSmsc, name) ? calmSmsc[name as keyof SmscBehaviour] : undefined
  if (name === 'dialect') return typeof value === 'string' && Object.hasOwn(dialects, value)
  if (Array.isArray(usual))
    return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'number')
  if (name === 'faults')
    return (
      typeof value === 'object' &&
      value !== null &&
      Object.entries(value).every(([fault, chance]) => Object.hasOwn(submitFaults, fault) && typeof chance === 'number')
    )
  return usual !== undefined && typeof value === typeof usual
}
