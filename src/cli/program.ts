import { join } from 'node:path'
import { Command, CommanderError, Option } from 'commander'
import { Fault } from '../message/fault.ts'
import { historyStatuses } from '../message/status.ts'
import { personalities } from '../simulator/modem/personalities.ts'
import { didYouMean } from '../util/nearest.ts'
import { addKeys, addUsers } from './access-verbs.ts'
import { type CliContext, exitCodeOf, exitCodes, withHint } from './context.ts'
import { addDevices } from './devices-verbs.ts'
import { addModem } from './modem-verbs.ts'
import { addClock, addQueue } from './queue-verbs.ts'
import type { RunOptions } from './run.ts'
import { addSending } from './send-verbs.ts'
import type { HistoryOptions } from './show-history.ts'
import type { SimulateOptions } from './simulate.ts'
import type { CarrierSimulation } from './simulate-carrier.ts'
import type { SmscSimulation } from './simulate-smsc.ts'
import { withSafeOutputs } from './terminal.ts'
import { addWebhooks } from './webhook-verbs.ts'

interface Output {
  readonly json?: boolean
}

/** Options of `simulate`: those of a modem, those of an SMSC, and those of a carrier. */
type SimulateChosen = Omit<SimulateOptions & SmscSimulation & CarrierSimulation, 'listen' | 'carrier'> & {
  readonly smsc?: boolean
  readonly carrier?: string
  readonly listen?: string
}

interface GlobalOptions {
  readonly config?: string
  readonly data?: string
  readonly logLevel?: string
  readonly demo?: boolean
  readonly dryRun?: boolean
}

/** The command line. Returns the exit code; data go to standard output, everything else to standard error. */
export async function program(given: CliContext, argv: readonly string[]): Promise<number> {
  // For tests with modems that the hub finds itself.
  const { SMSHUB_ROOT: machine } = given.env
  const devices = machine === undefined ? given.devices : { sys: join(machine, 'sys'), dev: join(machine, 'dev') }
  const context = withSafeOutputs(devices === undefined ? given : { ...given, devices })
  let code: number = exitCodes.ok
  const root = new Command('smshub')
  const options = (): RunOptions => {
    const { config, data, logLevel } = root.opts<GlobalOptions>()
    return { config, data, logLevel, env: context.env, cwd: context.cwd }
  }
  /** Runs a command and keeps its exit code. */
  const does =
    <A extends unknown[]>(work: (...args: A) => number | Promise<number>) =>
    async (...args: A) => {
      code = await work(...args)
    }
  // Each command loads only its own modules: decoding a PDU loads no broker.
  const runHub = async () =>
    (await import('./run.ts')).run(context, { ...options(), dryRun: root.opts<GlobalOptions>().dryRun === true })
  const runDemo = async () => (await import('./demo.ts')).demo(context, options())
  root
    .description('IoT device SMS command hub: connects devices that only understand text messages to MQTT.')
    .version(context.version)
    .option('-c, --config <file>', 'configuration file (default: smshub.yaml)')
    .option('-d, --data <folder>', 'data folder')
    .option('--log-level <level>', 'error, warn, info or debug')
    .option('--dry-run', 'run the configuration with simulated devices and phones of contacts; no SMS is sent')
    .option('--demo', 'run with a simulated network, modem and devices, and show commands to try')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        context.stdout.write(text)
      },
      writeErr: (text) => {
        context.stderr.write(text)
      },
    })
    .argument('[command]')
    .allowExcessArguments()
    .usage('[options] [command]')
    .action(
      does((unknown: string | undefined) => {
        if (unknown !== undefined) return unknownCommand(context, root, unknown)
        return root.opts<GlobalOptions>().demo ? runDemo() : runHub()
      }),
    )
  root.command('run').description('run the hub in the foreground (the default)').action(does(runHub))
  const config = root.command('config').description('the configuration')
  config
    .command('check')
    .description('read the configuration and list all mistakes')
    .action(does(async () => (await import('./config.ts')).checkConfig(context, options())))
  addDevices(
    root.command('devices').alias('device').description('device profiles, and the devices of the hub'),
    context,
    does,
    options,
  )
  root
    .command('pdu')
    .description('SMS PDUs')
    .command('decode [pdu...]')
    .description('decode hex PDUs; without arguments, one per line of standard input')
    .option('--json', 'one JSON object a line')
    .action(
      does(async (pdus: string[], { json = false }: Output) =>
        (await import('./decode-pdus.ts')).decodePdus(context, pdus, { json }),
      ),
    )
  root
    .command('backup [folder]')
    .description('copy store, configuration, secrets and profiles into a folder')
    .action(does(async (folder?: string) => (await import('./backup.ts')).backup(context, folder, options())))
  root
    .command('hash-password')
    .description('read a password from standard input and print its hash for the users of smshub.yaml')
    .option(
      '--smpp',
      'choose a password of 8 characters, the most that SMPP has room for, and print it before its hash',
    )
    .action(
      does(async ({ smpp = false }: { smpp?: boolean }) => {
        const { printHash, printSmppPassword } = await import('./hash-password.ts')
        return smpp ? printSmppPassword(context) : printHash(context)
      }),
    )
  addModem(root.command('modem').description('modems: list, test and diagnose them'), context, does, options)
  addClock(root.command('clock').description('the clock of the running hub'), context, does, options)
  addSending(root, context, does, options)
  addKeys(root.command('keys').description('keys of programs that use the HTTP interface'), context, does, options)
  addUsers(root.command('users').description('people who log in over HTTP'), context, does, options)
  addQueue(root.command('queue').description('the queue of the running hub'), context, does, options)
  root
    .command('smpp')
    .description('systems that bind to the running hub by SMPP')
    .command('list')
    .description('list those that may bind, their connections, and what waits for them')
    .option('--json', 'one JSON object a line')
    .action(
      does(async ({ json = false }: { json?: boolean }) =>
        (await import('./list-smpp.ts')).listSmppClients(context, { json }, options()),
      ),
    )
  addWebhooks(
    root.command('webhook').description('calls to programs elsewhere when something happens'),
    context,
    does,
    options,
  )
  root
    .command('history [about]')
    .description('commands and texts of a device, number or contact, or of all')
    .option('--device <device>', 'of this device')
    .addOption(new Option('--direction <way>', 'sent or received').choices(['out', 'in']))
    .addOption(new Option('--status <status>', 'commands and texts with this status').choices(historyStatuses))
    .option('--gateway <gateway>', 'sent or received by this gateway')
    .option('--search <words>', 'with these words in the text, or these digits in the number')
    .option('--since <when>', 'from then on: an age like 7d, or a time like 2026-12-24 or 2026-12-24T18:00:00Z', '7d')
    .option('--until <when>', 'before then: an age or a time')
    .option('--limit <count>', 'the newest entries only', '1000')
    .option('--json', 'one JSON object a line')
    .action(
      does(async (about: string | undefined, chosen: HistoryOptions) =>
        (await import('./show-history.ts')).showHistory(context, about, chosen, options()),
      ),
    )
  root
    .command('privacy')
    .description('data about people in the store')
    .command('erase <about>')
    .description('erase everything stored of a device, number or contact')
    .option('--yes', "confirm: this can't be undone")
    .action(
      does(async (about: string, chosen: { yes?: boolean }) =>
        (await import('./show-history.ts')).eraseSubject(context, about, chosen, options()),
      ),
    )
  root
    .command('restore <folder>')
    .description('restore a backup: store, configuration, secrets and profiles; nothing in it is sent again')
    .option('--force', 'replace existing files, which are kept beside it')
    .action(
      does(async (folder: string, chosen: { force?: boolean }) =>
        (await import('./restore.ts')).restore(context, folder, chosen, options()),
      ),
    )
  root
    .command('ussd <gateway> <code> [choice...]')
    .description('send a USSD code (*100#), the same as modem ussd')
    .action(
      does(async (gateway: string, code: string, choices: string[]) =>
        (await import('./ask-modem.ts')).askNetwork(context, gateway, [code, ...choices], options()),
      ),
    )
  root
    .command('healthcheck')
    .description('check whether the running hub works; for containers and monitors')
    .action(does(async () => (await import('./healthcheck.ts')).checkHealth(context, options())))
  root
    .command('schema <what>')
    .description('print asyncapi (topics and payloads), config or profile (JSON Schema, for editors)')
    .action(does(async (what: string) => (await import('./print-schema.ts')).printSchema(context, what)))
  root
    .command('simulate')
    .description('offer the simulated modem to other programs, on TCP and on a pty; or an SMSC, or a carrier')
    .option(
      '--listen <host:port>',
      'where it listens: 127.0.0.1:7000, 127.0.0.1:2775 for an SMSC, 127.0.0.1:8085 for a carrier',
    )
    .option('--smsc', 'an SMSC for SMPP clients instead of a modem')
    .option('--carrier <name>', 'the HTTP interface of a carrier instead of a modem: twilio, vonage …')
    .option('--account <user:secret>', 'the account at the SMSC or carrier', 'hub:secret')
    .option('--webhook <url>', 'where the carrier sends texts, and reports of texts that name no address')
    .option('--signing-secret <secret>', 'what the carrier signs webhooks with; that of the account unless given')
    .option('--dialect <dialect>', 'how the SMSC writes receipts', 'standard')
    .option('--seed <number>', 'what happens by chance at the SMSC or carrier, repeatably', '1')
    .option('--pty <path>', 'a pseudo terminal as well (needs socat)')
    .option('--replay <file>', 'replay the modem of a trace or transcript instead')
    .addOption(
      new Option('--make <make>', 'the model to simulate').choices(Object.keys(personalities)).default('standard'),
    )
    .option('--number <number>', "the modem's number", '+491700000001')
    .action(
      does(async ({ smsc, carrier, listen, ...chosen }: SimulateChosen) => {
        if (carrier !== undefined) {
          const { simulateCarrier } = await import('./simulate-carrier.ts')
          return simulateCarrier(context, { ...chosen, carrier, listen: listen ?? '127.0.0.1:8085' }, options())
        }
        if (smsc) {
          const { simulateSmsc } = await import('./simulate-smsc.ts')
          return simulateSmsc(context, { ...chosen, listen: listen ?? '127.0.0.1:2775' }, options())
        }
        const { simulate } = await import('./simulate.ts')
        return simulate(context, { ...chosen, listen: listen ?? '127.0.0.1:7000' }, options())
      }),
    )
  try {
    await root.parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    const fault = Fault.from(error)
    context.stderr.write(`smshub: ${withHint(fault)}\n`)
    if (fault.code === 'internal' && fault.cause instanceof Error) context.stderr.write(`${fault.cause.stack}\n`)
    return exitCodeOf(fault.code)
  }
}

function unknownCommand({ stderr }: CliContext, root: Command, name: string): number {
  const known = root.commands.map((command) => command.name())
  stderr.write(`smshub: unknown command "${name}"${didYouMean(name, known)}; smshub --help lists them\n`)
  return exitCodes.usage
}
