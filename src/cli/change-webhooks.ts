import { loadConfig } from '../config/load.ts'
import { type CliContext, exitCodes, wholeOf } from './context.ts'
import { request } from './control.ts'
import type { RunOptions } from './run.ts'
import { tableLines } from './table-lines.ts'
import type { DeliveryOptions, ReplayOptions, WebhookOptions } from './webhook-options.ts'

interface Webhook {
  readonly id: string
  readonly url: string
  readonly types: readonly string[] | null
  readonly enabled: boolean
  readonly reason: string | null
  readonly failing_since: string | null
  readonly waiting: number
  readonly dead: number
  /** Of one that was added, or whose secret was replaced. */
  readonly secret?: string
}

interface Delivery {
  readonly id: string
  readonly type: string
  readonly status: string
  readonly attempts: number
  readonly queued_at: string
  readonly next_at: string | null
  readonly answer: { readonly status: number | null; readonly error: string | null } | null
}

interface Pinged {
  readonly ok: boolean
  readonly status: number | null
  readonly error: string | null
  readonly body: string
  readonly took_ms: number
}

/** `webhook add`: the secret is on standard output, by itself without `--json`. */
export async function addWebhook(
  context: CliContext,
  { json = false, secret, ...chosen }: WebhookOptions & { readonly id?: string; readonly secret?: string },
  options: RunOptions,
): Promise<number> {
  const given = await secretOf(context, secret)
  const added = await ask<Webhook>('add', { ...settingsOf(chosen), id: chosen.id, secret: given }, options)
  if (json) context.stdout.write(`${JSON.stringify(added)}\n`)
  else showSecret(context, added)
  return exitCodes.ok
}

export async function updateWebhook(
  context: CliContext,
  id: string,
  { json, disable, ...chosen }: WebhookOptions & { readonly disable?: boolean },
  options: RunOptions,
): Promise<number> {
  const enabled = disable === true ? { enabled: false } : {}
  return showWebhook(context, 'update', { id, ...settingsOf(chosen), ...enabled }, options)
}

export async function rotateWebhook(
  context: CliContext,
  id: string,
  secret: string | undefined,
  options: RunOptions,
): Promise<number> {
  showSecret(context, await ask<Webhook>('rotate', { id, secret: await secretOf(context, secret) }, options))
  return exitCodes.ok
}

export async function listWebhooks(context: CliContext, json: boolean, options: RunOptions): Promise<number> {
  const { webhooks } = await ask<{ webhooks: readonly Webhook[] }>('list', {}, options)
  if (json) for (const one of webhooks) context.stdout.write(`${JSON.stringify(one)}\n`)
  else if (webhooks.length === 0) context.stderr.write('there is no webhook\n')
  else {
    const rows = webhooks.map((one) => [
      one.id,
      stateOf(one),
      String(one.waiting),
      String(one.dead),
      one.types?.join(' ') ?? 'all',
      one.url,
    ])
    for (const line of tableLines(['id', 'state', 'waiting', 'dead', 'types', 'url'], rows))
      context.stdout.write(`${line}\n`)
  }
  return exitCodes.ok
}

/** Verbs whose answer is the webhook: printed as JSON. */
export async function showWebhook(
  { stdout }: CliContext,
  verb: 'get' | 'update' | 'enable',
  data: Readonly<Record<string, unknown>>,
  options: RunOptions,
): Promise<number> {
  stdout.write(`${JSON.stringify(await ask<Webhook>(verb, data, options), null, 2)}\n`)
  return exitCodes.ok
}

export async function removeWebhook({ stderr }: CliContext, id: string, options: RunOptions): Promise<number> {
  await ask('remove', { id }, options)
  stderr.write(`${id} is removed\n`)
  return exitCodes.ok
}

/** `webhook test`: fails when the endpoint does. */
export async function testWebhook(
  { stdout }: CliContext,
  id: string,
  json: boolean,
  options: RunOptions,
): Promise<number> {
  const pinged = await ask<Pinged>('test', { id }, options)
  const { ok, status, error, took_ms } = pinged
  if (json) stdout.write(`${JSON.stringify(pinged)}\n`)
  else stdout.write(`${ok ? `answered ${status}` : error} after ${took_ms} ms\n`)
  return ok ? exitCodes.ok : exitCodes.failure
}

export async function listDeliveries(
  context: CliContext,
  id: string,
  { json = false, ...chosen }: DeliveryOptions,
  options: RunOptions,
): Promise<number> {
  const { deliveries } = await ask<{ deliveries: readonly Delivery[] }>('deliveries', { id, ...chosen }, options)
  if (json) for (const one of deliveries) context.stdout.write(`${JSON.stringify(one)}\n`)
  else if (deliveries.length === 0) context.stderr.write('there is no such delivery\n')
  else {
    const rows = deliveries.map((one) => [
      one.id,
      one.queued_at,
      one.type,
      one.status,
      String(one.attempts),
      one.next_at ?? '-',
      one.answer?.error ?? one.answer?.status?.toString() ?? '',
    ])
    const header = ['id', 'queued', 'type', 'status', 'attempts', 'next', 'answer']
    for (const line of tableLines(header, rows)) context.stdout.write(`${line}\n`)
  }
  return exitCodes.ok
}

export async function replay(
  { stdout }: CliContext,
  chosen: ReplayOptions & { readonly delivery?: string | undefined },
  options: RunOptions,
): Promise<number> {
  const { replayed } = await ask<{ replayed: number }>('replay', { ...chosen }, options)
  stdout.write(`${replayed} sent again\n`)
  return exitCodes.ok
}

function settingsOf({ url, description, type, device, ordered, payload }: WebhookOptions): Record<string, unknown> {
  return { url, description, types: type, devices: device, ordered, payload }
}

function stateOf({ enabled, reason, failing_since }: Webhook): string {
  if (!enabled) return `disabled: ${reason}`
  return failing_since === null ? 'ok' : `failing since ${failing_since}`
}

function showSecret({ stdout, stderr }: CliContext, { id, secret }: Webhook): void {
  stderr.write(`the secret of ${id}, which is shown this once:\n`)
  stdout.write(`${secret}\n`)
}

/** A secret on the command line can be seen by other users of the machine. */
const secretOf = async ({ stdin }: CliContext, given: string | undefined): Promise<string | undefined> =>
  given === '-' ? (await wholeOf(stdin)).trim() : given

function ask<T>(verb: string, data: Readonly<Record<string, unknown>>, options: RunOptions): Promise<T> {
  return request<T>(loadConfig(options).dataFolder, `webhook/${verb}`, data)
}
