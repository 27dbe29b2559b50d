import type { Command } from 'commander'
import type { AddedKey, AddedUser } from './change-access.ts'
import type { CliContext } from './context.ts'
import type { RunOptions } from './run.ts'

type Does = <A extends unknown[]>(work: (...args: A) => number | Promise<number>) => (...args: A) => Promise<void>

const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, ...value.split(',')]
const load = () => import('./change-access.ts')

/** `smshub keys …`: keys of programs that use the HTTP interface of the running hub. */
export function addKeys(keys: Command, context: CliContext, does: Does, options: () => RunOptions): void {
  keys
    .command('list')
    .description('list the keys, without their secrets')
    .option('--json', 'one JSON object a line')
    .action(does(async ({ json = false }: { json?: boolean }) => (await load()).listKeys(context, json, options())))
  keys
    .command('add <label>')
    .description('make a key and print it: it is shown this once. Name a role, scopes, or both')
    .option('--role <role>', 'reader, operator, home_assistant or admin')
    .option('--scope <scope>', 'for this only, like messages:send; may be repeated', several)
    .option('--device <id>', 'for this device only; may be repeated', several)
    .option('--command <name>', 'for this command only; may be repeated', several)
    .option('--per-hour <count>', 'requests that queue texts, an hour')
    .option('--expires <when>', 'a span of time like 90d, or a time')
    .option('--network <network>', 'from this address or network only, like 10.0.0.0/8; may be repeated', several)
    .action(does(async (label: string, chosen: AddedKey) => (await load()).addKey(context, label, chosen, options())))
  keys
    .command('rotate <id>')
    .description('replace a key by another one with the same limits, and print that')
    .option('--overlap <time>', 'how long the old one stays valid', '24h')
    .action(
      does(async (id: string, { overlap }: { overlap: string }) =>
        (await load()).rotateKey(context, id, overlap, options()),
      ),
    )
  keys
    .command('remove <id>')
    .description('remove a key, which is refused from then on')
    .option('--yes', 'even if it is the last one that can manage the hub over HTTP')
    .action(
      does(async (id: string, { yes = false }: { yes?: boolean }) =>
        (await load()).change(context, 'key/remove', { id, ...(yes && { confirm: id }) }, options()),
      ),
    )
}

/** `smshub users …`: people who log in to the running hub over HTTP. */
export function addUsers(users: Command, context: CliContext, does: Does, options: () => RunOptions): void {
  users
    .command('list')
    .description('list the users: those of smshub.yaml, and those that were added while the hub ran')
    .option('--json', 'one JSON object a line')
    .action(does(async ({ json = false }: { json?: boolean }) => (await load()).listUsers(context, json, options())))
  users
    .command('add <name>')
    .description('add a user; the password is read from standard input')
    .requiredOption('--role <role>', 'reader, operator, home_assistant or admin')
    .option('--device <id>', 'for this device only; may be repeated', several)
    .option('--command <name>', 'for this command only; may be repeated', several)
    .action(does(async (name: string, chosen: AddedUser) => (await load()).addUser(context, name, chosen, options())))
  users
    .command('password <name>')
    .description('set another password, read from standard input, and end the sessions')
    .action(does(async (name: string) => (await load()).setPassword(context, name, options())))
  users
    .command('remove <name>')
    .description('remove a user and end the sessions')
    .option('--yes', 'even if it is the last one that can manage the hub over HTTP')
    .action(
      does(async (name: string, { yes = false }: { yes?: boolean }) =>
        (await load()).change(context, 'user/remove', { name, ...(yes && { confirm: name }) }, options()),
      ),
    )
}
