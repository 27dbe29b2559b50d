import type { Command } from 'commander'
import { Fault } from '../message/fault.ts'
import type { CliContext } from './context.ts'
import type { RunOptions } from './run.ts'

type Does = <A extends unknown[]>(work: (...args: A) => number | Promise<number>) => (...args: A) => Promise<void>

interface Scope {
  readonly device?: string
  readonly gateway?: string
}

/** `smshub queue …`: what waits at the running hub. */
export function addQueue(queue: Command, context: CliContext, does: Does, options: () => RunOptions): void {
  const load = () => import('./change-queue.ts')
  queue
    .command('list')
    .description('list what waits, the oldest first, and what is paused')
    .option('--device <id>', 'of this device only')
    .option('--limit <count>', 'at most so many', '100')
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
    .description('cancel what waits and has not been sent')
    .option('--device <id>', 'of this device')
    .option('--all', 'of everybody')
    .action(
      does(async ({ device, all = false }: { device?: string; all?: boolean }) => {
        if ((device !== undefined) === all) throw new Fault('invalid_payload', 'name --device <id>, or --all')
        return (await load()).purgeQueue(context, { device }, options())
      }),
    )
}

/** `smshub clock …`: the time that the running hub goes by. */
export function addClock(clock: Command, context: CliContext, does: Does, options: () => RunOptions): void {
  clock
    .command('accept')
    .description('the clock is right, though the store knows a later time: commands that wait for it go out or expire')
    .action(does(async () => (await import('./change-queue.ts')).acceptClock(context, options())))
}
