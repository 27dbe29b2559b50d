import { type Command, Option } from 'commander'
import { restartKinds } from '../message/gateway-state.ts'
import type { CliContext } from './context.ts'
import type { RunOptions } from './run.ts'

interface Output {
  readonly json?: boolean
}

type Does = <A extends unknown[]>(work: (...args: A) => number | Promise<number>) => (...args: A) => Promise<void>

/** `smshub modem …` */
export function addModem(modem: Command, context: CliContext, does: Does, options: () => RunOptions): void {
  const load = () => import('./ask-modem.ts')
  modem
    .command('list')
    .description('list the gateways of the running hub, and the serial ports; opens no port')
    .option('--json', 'one JSON object a line')
    .action(does(async ({ json = false }: Output) => (await load()).listModems(context, { json }, options())))
  modem
    .command('probe <path>')
    .description('open a port and identify the modem')
    .option('--json', 'as JSON')
    .action(
      does(async (path: string, { json = false }: Output) =>
        (await load()).probeModem(context, path, { json }, options()),
      ),
    )
  modem
    .command('doctor <gateway|path>')
    .description('find what is wrong with a modem: the cause, the fix, and the lines that show it')
    .option('--json', 'one JSON object a line')
    .action(
      does(async (target: string, { json = false }: Output) =>
        (await load()).examineModem(context, target, { json }, options()),
      ),
    )
  modem
    .command('at <gateway|path> <command>')
    .description('send an AT command to a modem, through the running hub where it is one of its gateways')
    .action(does(async (target: string, text: string) => (await load()).sendToModem(context, target, text, options())))
  modem
    .command('ussd <gateway> <code> [choice...]')
    .description('send a USSD code (*100#), choose in its menus, and print the answer')
    .action(
      does(async (gateway: string, code: string, choices: string[]) =>
        (await load()).askNetwork(context, gateway, [code, ...choices], options()),
      ),
    )
  modem
    .command('restart <gateway>')
    .description('restart a modem')
    .addOption(new Option('--how <what>', 'how').choices([...restartKinds]).default('reset'))
    .action(
      does(async (gateway: string, { how }: { how: string }) =>
        (await load()).restartModem(context, gateway, how, options()),
      ),
    )
  modem
    .command('trace <gateway>')
    .description('print recent modem traffic for a bug report, secrets masked')
    .action(does(async (gateway: string) => (await load()).traceModem(context, gateway, options())))
  modem
    .command('accept <gateway>')
    .description('accept the modem and SIM that are plugged in now')
    .action(
      does(async (gateway: string) => (await import('./accept-modem.ts')).acceptModem(context, gateway, options())),
    )
}
