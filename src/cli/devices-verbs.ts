import type { Command } from 'commander'
import type { DeviceOptions } from './change-fleet.ts'
import type { CliContext } from './context.ts'
import type { ContributeOptions, HeadingOptions } from './contribute.ts'
import type { LearnOptions } from './learn-texts.ts'
import type { RunOptions } from './run.ts'
import type { SetupOptions } from './set-up.ts'

interface Output {
  readonly json?: boolean
}

type Does = <A extends unknown[]>(work: (...args: A) => number | Promise<number>) => (...args: A) => Promise<void>

interface Filters extends Output {
  readonly kind?: string
  readonly maker?: string
}

/** `smshub devices …`: the shipped profiles, and the devices of the running hub. */
export function addDevices(devices: Command, context: CliContext, does: Does, options: () => RunOptions): void {
  addProfiles(devices, context, does, options)
  addFleet(devices, context, does, options)
  addLearning(devices, context, does, options)
}

function addProfiles(devices: Command, context: CliContext, does: Does, options: () => RunOptions): void {
  const load = () => import('./show-profiles.ts')
  devices
    .command('list [text]')
    .description('list the profiles, all or those with this text in their names')
    .option('--kind <kind>', 'of this kind: tracker, gate, relay, meter, …')
    .option('--maker <maker>', 'of this manufacturer')
    .option('--json', 'one JSON object per line')
    .option('--markdown', 'as the table of devices/README.md')
    .action(
      does(async (text: string | undefined, filters: Filters & { markdown?: boolean }) =>
        (await load()).listProfiles(context, { ...filters, text, json: filters.json ?? false }, options()),
      ),
    )
  devices
    .command('show <profile>')
    .description('show commands, messages, settings and set-up of a profile, or of a profile file')
    .option('--json', 'as JSON')
    .action(
      does(async (name: string, { json = false }: Output) =>
        (await load()).showProfile(context, name, { json }, options()),
      ),
    )
  devices
    .command('try [profile] [text]')
    .description('show which message of the profile matches a text; without a text, one per line of standard input')
    .option('--json', 'read texts as JSON strings, write one JSON object per line')
    .action(
      does(async (name: string | undefined, text: string | undefined, { json = false }: Output) =>
        (await load()).tryTexts(context, name ?? null, text ?? null, { json }, options()),
      ),
    )
  devices
    .command('new [text...]')
    .description('draft a profile from texts of the device; without texts, from standard input')
    .action(does(async (texts: string[]) => (await import('./new.ts')).newProfile(context, texts, options())))
}

const collect = (value: string, before: string[] = []): string[] => [...before, value]

function addFleet(devices: Command, context: CliContext, does: Does, options: () => RunOptions): void {
  const load = () => import('./change-fleet.ts')
  const described = (command: Command): Command =>
    command
      .option('--number <number>', 'phone number of its SIM; may be repeated', collect)
      .option('--variant <variant>', 'one of the profile, where it has several')
      .option('--dialect <dialect>', 'words of its firmware, where the profile has several; none: those of the profile')
      .option('--name <name>', 'display name')
      .option('--gateway <gateway>', 'the only gateway to use for it')
      .option('--set <setting=value>', 'a setting of the profile, for example password=1234', collect)
  described(devices.command('add <id>').description('add a device to the running hub'))
    .requiredOption('--profile <profile>', 'smshub devices list shows them')
    .action(does(async (id: string, chosen: DeviceOptions) => (await load()).addDevice(context, id, chosen, options())))
  described(devices.command('update <id>').description('change a device of the running hub'))
    .option('--profile <profile>', 'another profile')
    .option('--unset <key>', 'remove a key, for example name or settings.password', collect)
    .action(
      does(async (id: string, chosen: DeviceOptions) => (await load()).updateDevice(context, id, chosen, options())),
    )
  devices
    .command('remove <id...>')
    .description('remove devices from the running hub, and everything that is retained of them')
    .action(does(async (ids: string[]) => (await load()).removeDevices(context, ids, options())))
  devices
    .command('import <csv>')
    .description('add and change devices from a table (- is standard input); all or none')
    .action(does(async (file: string) => (await load()).importDevices(context, file, options())))
  devices
    .command('export')
    .description('write the devices in the store as a table, with their passwords')
    .action(does(async () => (await load()).exportDevices(context, options())))
  devices
    .command('setup [id]')
    .description('make a device accept the hub, step by step')
    .option('--all', 'every device, without asking')
    .option('--only <command>', 'this step only, for example authorise')
    .option('--for <gateway>', 'store the number of this gateway in the device')
    .option('--from <step>', 'begin at this step')
    .option('--set <parameter=value>', 'a value that a step would ask for', collect)
    .option('--yes', 'carry out dangerous steps without asking')
    .action(
      does(async (id: string | undefined, chosen: SetupOptions) =>
        (await import('./set-up.ts')).setUp(context, id, chosen, options()),
      ),
    )
}

/** From texts that nobody can read to rules. */
function addLearning(devices: Command, context: CliContext, does: Does, options: () => RunOptions): void {
  const load = () => import('./learn-texts.ts')
  devices
    .command('unknown [device]')
    .description('texts that no profile reads: who sends them; of a device or number, with a rule for each kind')
    .option('--json', 'as JSON')
    .action(
      does(async (about: string | undefined, { json = false }: Output) =>
        (await load()).showUnknown(context, about ?? null, { json }, options()),
      ),
    )
  devices
    .command('learn <id> [rule...]')
    .description('keep the rules that devices unknown shows, all or these; earlier texts are read with them')
    .option('--as <name>', 'name of the message')
    .option('--event <name>', 'event that the texts raise')
    .option('--hole <field=change>', 'a hole as field, field:type, or - to throw its value away', collect)
    .option('--pattern <pattern>', 'the whole pattern, as devices/README.md explains it')
    .action(
      does(async (id: string, rules: string[], chosen: LearnOptions) =>
        (await load()).learnTexts(context, id, rules, chosen, options()),
      ),
    )
  const headed = (command: Command): Command =>
    command
      .option('--manufacturer <name>', 'its maker')
      .option('--family <name>', 'its model or family')
      .option('--kind <kind>', 'tracker, gate, relay, meter, …')
  headed(
    devices.command('profile <id> <profile>').description('make the rules of a device a profile, like my/tracker'),
  ).action(
    does(async (id: string, profile: string, chosen: HeadingOptions) =>
      (await import('./contribute.ts')).makeProfile(context, id, profile, chosen, options()),
    ),
  )
  headed(
    devices
      .command('contribute <id>')
      .description('texts and rules of a device for a pull request, with numbers, places, names and codes replaced')
      .option('--profile <profile>', 'name of a new profile, like maker/family')
      .option('--write <folder>', 'write the files below this folder, a copy of the repository'),
  ).action(
    does(async (id: string, chosen: ContributeOptions) =>
      (await import('./contribute.ts')).contribute(context, id, chosen, options()),
    ),
  )
}
