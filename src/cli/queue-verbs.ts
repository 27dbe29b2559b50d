import type { Command } from 'commander'
import { Fault } from '../message/fault.ts'
import type { CliContext } from './context.ts'
import type { RunOptions } from './run.ts'

type Does = <A extends unknown[]>(work: (...args: A) => number | Promise<number>) => (...args: A) => Promise<void>

interface Scope {
  readonly device?: string
  readonly gateway?: string
}

/** `smshub queue …`: the queue of the running hub. */
export function addQueue(queue: Command, context: CliContext, does: Does, options: () => RunOptions): void {
  const load = () => import('./change-queue.ts')
  queue
    .command('list')
    .description('list the queue, the oldest first, and its pauses')
    .option('--device <id>', 'of this device only')
    .option('--limit <count>', 'maximum number of entries', '100')
    .option('--json', 'one JSON object a line')
    .action(
      does(async ({ json = false, ...about }: { device?: string; limit?: string; json?: boolean }) =>
        (await load()).listQueue(context, { ...about, json }, options()),
      ),
    )
  for (const [verb, description] of [
    [
      'pause',
      'send nothing new, also after a restart; publishes are still accepted, and their time to live keeps running',
    ],
    ['resume', 'end the pause with the same options'],
  ] as const)
    queue
      .command(verb)
      .description(description)
      .option('--device <id>', 'of this device only')
      .option('--gateway <id>', 'through this gateway only')
      .action(does(async (scope: Scope) => (await load()).changePause(context, verb, scope, options())))
  queue
    .command('purge')
    .description('cancel what is queued and not sent')
    .option('--device <id>', 'of this device')
    .option('--all', 'of all devices')
    .action(
      does(async ({ device, all = false }: { device?: string; all?: boolean }) => {
        if ((device !== undefined) === all) throw new Fault('invalid_payload', 'name --device <id>, or --all')
        return (await load()).purgeQueue(context, { device }, options())
      }),
    )
}

/** `smshub clock …`: the clock of the running hub. */
export function addClock(clock: Command, context: CliContext, does: Does, options: () => RunOptions): void {
  clock
    .command('accept')
    .description('accept the clock, though the store has later times: commands that wait for it are sent or expire')
    .action(does(async () => (await import('./change-queue.ts')).acceptClock(context, options())))
}
