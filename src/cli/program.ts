import { resolve } from 'node:path'
import { Command, CommanderError } from 'commander'
import { ProfileFiles, readProfile } from '../config/profiles.ts'
import { Fault } from '../message/fault.ts'
import { backup } from './backup.ts'
import { checkConfig } from './config.ts'
import { type CliContext, exitCodeOf, exitCodes } from './context.ts'
import { demo } from './demo.ts'
import { listProfiles, showProfile, tryTexts } from './devices.ts'
import { decodePdus } from './pdu.ts'
import { type RunOptions, run } from './run.ts'

interface GlobalOptions {
  readonly config?: string
  readonly data?: string
  readonly logLevel?: string
  readonly demo?: boolean
}

/** The command line. Answers the exit code; data go to the standard output, everything else to the standard error. */
export async function program(context: CliContext, argv: readonly string[]): Promise<number> {
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
  root
    .description('IoT device SMS command hub: MQTT topics become texts to devices, and their texts become values.')
    .version(context.version)
    .option('-c, --config <file>', 'configuration file (default: smshub.yaml)')
    .option('-d, --data <folder>', 'data folder')
    .option('--log-level <level>', 'error, warn, info or debug')
    .option('--demo', 'run with a simulated network, modem and devices, and show what to try')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
    })
    .allowExcessArguments(false)
    .action(does(() => (root.opts<GlobalOptions>().demo ? demo(context, options()) : run(context, options()))))
  root
    .command('run')
    .description('run the hub in the foreground (the default)')
    .action(does(() => run(context, options())))
  const config = root.command('config').description('the configuration')
  config
    .command('check')
    .description('read the configuration and tell what is wrong')
    .action(does(() => checkConfig(context, options())))
  addDevices(root.command('devices').description('device profiles'), context, does)
  root
    .command('pdu')
    .description('SMS PDUs')
    .command('decode [pdu...]')
    .description('show what hex PDUs say; without arguments one a line from the standard input')
    .option('--json', 'one JSON object a line')
    .action(does((pdus: string[], { json = false }: { json?: boolean }) => decodePdus(context, pdus, { json })))
  root
    .command('backup [folder]')
    .description('copy store, configuration, secrets and profiles into a folder')
    .action(does((folder: string | undefined) => backup(context, folder, options())))
  try {
    await root.parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    const fault = Fault.from(error)
    context.stderr.write(`smshub: ${fault.message}\n`)
    if (fault.code === 'internal' && fault.cause instanceof Error) context.stderr.write(`${fault.cause.stack}\n`)
    return exitCodeOf(fault.code)
  }
}

type Does = <A extends unknown[]>(work: (...args: A) => number | Promise<number>) => (...args: A) => Promise<void>

function addDevices(devices: Command, context: CliContext, does: Does): void {
  const profiles = new ProfileFiles()
  const named = (name: string) =>
    name.endsWith('.yaml') ? readProfile(name.replace(/\.yaml$/, ''), resolve(context.cwd, name)) : profiles.get(name)
  devices
    .command('list')
    .description('list the profiles')
    .option('--json', 'one JSON object a line')
    .action(does(({ json = false }: { json?: boolean }) => listProfiles(context, profiles, { json })))
  devices
    .command('show <profile>')
    .description('show commands, messages and settings of a profile')
    .option('--json', 'as JSON')
    .action(does((name: string, { json = false }: { json?: boolean }) => showProfile(context, named(name), { json })))
  devices
    .command('try [profile] [text]')
    .description('tell which message a text is; without a text one a line from the standard input')
    .option('--json', 'texts as JSON strings in, one JSON object a line out')
    .action(
      does((name: string | undefined, text: string | undefined, { json = false }: { json?: boolean }) => {
        const chosen = name === undefined ? profiles.ids().map((id) => profiles.get(id)) : [named(name)]
        return tryTexts(context, chosen, text ?? null, { json })
      }),
    )
}
