import { type Command, Option } from 'commander'
import type { CliContext } from './context.ts'
import type { RunOptions } from './run.ts'
import type { DeliveryOptions, Output, ReplayOptions, WebhookOptions } from './webhook-options.ts'

type Does = <A extends unknown[]>(work: (...args: A) => number | Promise<number>) => (...args: A) => Promise<void>

const collect = (value: string, all: readonly string[] = []): readonly string[] => [...all, value]

/** `smshub webhook …`: the webhooks of the running hub. */
export function addWebhooks(webhook: Command, context: CliContext, does: Does, options: () => RunOptions): void {
  const load = () => import('./change-webhooks.ts')
  const described = (command: Command) =>
    command
      .option('--description <text>', 'what it is for')
      .option('--type <type>', 'only events of this type, like message.received or message.*; may be repeated', collect)
      .option('--device <id>', 'only events of this device; may be repeated', collect)
      .option('--ordered', 'one at a time in the order of the events: a failure holds up what is behind it')
      .option('--no-ordered', 'several at a time, in any order')
      .addOption(new Option('--payload <how>', 'all of an event, or only its ids').choices(['full', 'thin']))
      .option('--json', 'as JSON')
  described(webhook.command('add <url>').description('add a webhook and show its secret, once'))
    .option('--id <id>', 'a name of your choice')
    .option('--secret <secret>', 'a secret of your own, whsec_…; - reads it from standard input')
    .action(
      does(async (url: string, chosen: WebhookOptions & { readonly id?: string; readonly secret?: string }) =>
        (await load()).addWebhook(context, { ...chosen, url }, options()),
      ),
    )
  webhook
    .command('list')
    .description('list the webhooks')
    .option('--json', 'one JSON object a line')
    .action(does(async ({ json = false }: Output) => (await load()).listWebhooks(context, json, options())))
  webhook
    .command('get <id>')
    .description('show a webhook')
    .action(does(async (id: string) => (await load()).showWebhook(context, 'get', { id }, options())))
  described(webhook.command('update <id>').description('change a webhook'))
    .option('--url <url>', 'another URL')
    .option('--disable', 'send it nothing; what waits for it can be replayed')
    .action(
      does(async (id: string, chosen: WebhookOptions & { readonly disable?: boolean }) =>
        (await load()).updateWebhook(context, id, chosen, options()),
      ),
    )
  webhook
    .command('remove <id>')
    .description('remove a webhook and everything that waits for it')
    .action(does(async (id: string) => (await load()).removeWebhook(context, id, options())))
  webhook
    .command('enable <id>')
    .description('enable a webhook that was disabled')
    .action(does(async (id: string) => (await load()).showWebhook(context, 'enable', { id }, options())))
  webhook
    .command('rotate <id>')
    .description('replace the secret and show the new one, once; the former one is valid for 24 hours more')
    .option('--secret <secret>', 'a secret of your own, whsec_…; - reads it from standard input')
    .action(
      does(async (id: string, { secret }: { readonly secret?: string }) =>
        (await load()).rotateWebhook(context, id, secret, options()),
      ),
    )
  webhook
    .command('test <id>')
    .description('send hub.ping and show the answer')
    .option('--json', 'as JSON')
    .action(
      does(async (id: string, { json = false }: Output) => (await load()).testWebhook(context, id, json, options())),
    )
  webhook
    .command('deliveries <id>')
    .description('list the deliveries of a webhook, the newest first')
    .addOption(new Option('--status <status>', 'only these').choices(['waiting', 'delivered', 'dead']))
    .option('--since <when>', 'an age like 7d or a time')
    .option('--until <when>', 'an age or a time')
    .option('--limit <count>', 'the newest only, at most 100')
    .option('--json', 'one JSON object a line')
    .action(
      does(async (id: string, chosen: DeliveryOptions) =>
        (await load()).listDeliveries(context, id, chosen, options()),
      ),
    )
  webhook
    .command('replay [delivery]')
    .description('send a delivery again, or all dead ones of a webhook')
    .option('--id <id>', 'the webhook')
    .option('--since <when>', 'an age like 7d or a time')
    .option('--until <when>', 'an age or a time')
    .action(
      does(async (delivery: string | undefined, chosen: ReplayOptions) =>
        (await load()).replay(context, { ...chosen, delivery }, options()),
      ),
    )
}
