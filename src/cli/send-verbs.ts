import type { Command } from 'commander'
import type { CliContext } from './context.ts'
import type { RunOptions } from './run.ts'
import type { SendOptions } from './send-request.ts'

type Does = <A extends unknown[]>(work: (...args: A) => number | Promise<number>) => (...args: A) => Promise<void>

const shared = (verb: Command): Command =>
  verb
    .option('--id <id>', 'a request with the same id is not sent again')
    .option('--ttl <seconds>', 'time to live until it is sent, from --at where that is given')
    .option('--at <time>', 'not before then: a time with its offset, such as 2026-12-24T18:00:00+01:00')
    .option('--priority <priority>', 'high, normal or low')
    .option('--gateway <id>', 'through this gateway only')
    .option('--json', 'the result as one JSON object per line')

/** `smshub sms …` and `smshub command …`: texts and commands through the running hub. */
export function addSending(root: Command, context: CliContext, does: Does, options: () => RunOptions): void {
  const load = () => import('./send-request.ts')
  shared(
    root
      .command('sms')
      .description('send texts through the running hub')
      .command('send <to> <text...>')
      .description('send a text to a number, a contact or a group; - reads it from standard input'),
  )
    .option('--private', 'for one-time passwords: the text is shown to nobody, and gone once it is sent')
    .option('--wait <seconds>', 'wait for the end', '0')
    .action(
      does(async (to: string, text: string[], chosen: SendOptions) =>
        (await load()).sendText(context, to, text, chosen, options()),
      ),
    )
  shared(
    root
      .command('command <device> <command> [parameters...]')
      .description('send a command to a device, with its parameters as <name>=<value>, and show the result'),
  )
    .option('--confirm <device>', 'confirm a dangerous command')
    .option('--force', 'even while the same command is pending')
    .option('--wait <seconds>', 'wait for the result: 120, or 0 with --at')
    .action(
      does(async (device: string, command: string, parameters: string[], chosen: SendOptions) =>
        (await load()).sendCommand(context, device, command, parameters, chosen, options()),
      ),
    )
}
