import * as z from 'zod'
import type { Delivery } from '../ledger/webhooks/delivery-list.ts'
import { decisionsOf, type Webhook, type WebhookSettings } from '../ledger/webhooks/webhook-list.ts'
import type { Surface } from '../message/accepted.ts'
import { Fault } from '../message/fault.ts'
import { orScalar } from './inputs.ts'
import { momentOf } from './moment.ts'
import { type ApiDeps, operation } from './operation.ts'
import { nothing } from './outputs.ts'
import { assertWanted, digestOf } from './revision.ts'
import {
  deliveriesQuery,
  deliveryCursors,
  replayRange,
  webhookId,
  webhookSecret,
  webhookSettings,
} from './webhook-inputs.ts'
import { delivery, newWebhook, type payloads, pinged, webhook } from './webhook-outputs.ts'

/** Secrets are shown, and messages over MQTT are stored by brokers. */
const surfaces: readonly Surface[] = ['local', 'http']

const one = orScalar('id', z.strictObject({ id: webhookId }))

/** Webhooks: calls to programs elsewhere when something happens, signed as Standard Webhooks has it. */
export const webhookOperations = {
  'webhook/add': operation({
    summary: 'add a webhook; the answer shows its secret, once',
    surfaces,
    input: orScalar(
      'url',
      z.strictObject({ id: webhookId.optional(), ...webhookSettings, secret: webhookSecret.optional() }),
    ),
    output: newWebhook,
    async run({ id: name, secret: given, url, ...chosen }, deps, asker) {
      assertUrl(url, deps)
      const secret = given ?? deps.webhooks.newSecret()
      const defaults = { description: '', types: null, devices: null, ordered: false, thin: false }
      const made = await deps.store.run('addWebhook', {
        id: name ?? deps.webhooks.newId(),
        settings: { ...defaults, url, ...settingsOf(chosen) },
        secret,
        now: deps.now(),
      })
      deps.log('info', `webhook ${made.id} was added (${asker.name})`)
      return { ...shown(made, deps), secret }
    },
  }),
  'webhook/list': operation({
    summary: 'all webhooks',
    surfaces,
    input: z.strictObject({}),
    output: z.object({ webhooks: z.array(webhook) }),
    async run(_data, deps) {
      const all = await deps.store.read('webhooks', { id: null, now: deps.now() })
      return { webhooks: all.map((one) => shown(one, deps)) }
    },
  }),
  'webhook/get': operation({
    summary: 'a webhook',
    surfaces,
    input: one,
    output: webhook,
    run: async ({ id }, deps) => shown(await webhookOf(id, deps), deps),
  }),
  'webhook/update': operation({
    summary: 'change a webhook; disabled, it gets nothing, and what waits for it can be replayed',
    surfaces,
    input: z.strictObject({
      id: webhookId,
      ...webhookSettings,
      url: webhookSettings.url.optional(),
      enabled: z.boolean().optional(),
      revision: z.string().max(64).optional(),
    }),
    output: webhook,
    async run({ id, enabled, revision, ...changes }, deps, asker) {
      if (changes.url !== undefined) assertUrl(changes.url, deps)
      const seen = revision === undefined ? undefined : await webhookOf(id, deps)
      if (seen !== undefined) assertWanted(`webhook ${id}`, revisionOf(seen, deps), revision ?? null)
      const args = { id, settings: settingsOf(changes), now: deps.now() }
      const changed = await deps.store.run('changeWebhook', {
        ...args,
        ...(enabled !== undefined && { enabled }),
        ...(seen !== undefined && { seen }),
      })
      deps.log('info', `webhook ${id} was changed (${asker.name})`)
      return shown(changed, deps)
    },
  }),
  'webhook/remove': operation({
    summary: 'remove a webhook and everything that waits for it',
    surfaces,
    input: one,
    output: nothing,
    async run({ id }, { store, log }, asker) {
      await store.run('removeWebhook', { id })
      log('info', `webhook ${id} was removed (${asker.name})`)
      return {}
    },
  }),
  'webhook/enable': operation({
    summary: 'enable a webhook that was disabled; what it has missed can be replayed',
    surfaces,
    input: one,
    output: webhook,
    async run({ id }, deps, asker) {
      const enabled = await deps.store.run('changeWebhook', { id, settings: {}, enabled: true, now: deps.now() })
      deps.log('info', `webhook ${id} was enabled (${asker.name})`)
      return shown(enabled, deps)
    },
  }),
  'webhook/rotate': operation({
    summary: 'replace the secret of a webhook; the former one signs beside it for 24 hours',
    surfaces,
    input: orScalar('id', z.strictObject({ id: webhookId, secret: webhookSecret.optional() })),
    output: newWebhook,
    async run({ id, secret: given }, deps, asker) {
      const secret = given ?? deps.webhooks.newSecret()
      const rotated = await deps.store.run('rotateWebhook', { id, secret, now: deps.now() })
      deps.log('info', `the secret of webhook ${id} was replaced (${asker.name})`)
      return { ...shown(rotated, deps), secret }
    },
  }),
  'webhook/test': operation({
    summary: 'send hub.ping to a webhook and wait for its answer',
    surfaces,
    input: one,
    output: pinged,
    async run({ id }, { webhooks }) {
      const { status, error, text, tookMs } = await webhooks.ping(id)
      return { ok: error === null, status, error, body: text, took_ms: tookMs }
    },
  }),
  'webhook/deliveries': operation({
    summary: 'deliveries of a webhook, the newest first, a page at a time',
    surfaces,
    input: orScalar(
      'id',
      z.strictObject({
        id: webhookId,
        ...deliveriesQuery,
        cursor: deliveryCursors.given,
      }),
    ),
    output: z.object({ deliveries: z.array(delivery), next: z.string().nullable() }),
    async run({ id, status, since = '30d', until, limit = 50, cursor }, { store, now }) {
      const before = deliveryCursors.placeOf(cursor)
      const found = await store.read('deliveries', {
        webhook: id,
        state: status ?? null,
        ...spanOf({ since, until }, now()),
        before: before === null ? null : Number(before),
        limit: limit + 1,
      })
      const page = found.slice(0, limit)
      const last = found.length > limit ? page.at(-1) : undefined
      return {
        deliveries: page.map(deliveryOf),
        next: deliveryCursors.next(last === undefined ? null : String(last.seq)),
      }
    },
  }),
  'webhook/replay': operation({
    summary: 'send a delivery again, or all dead ones of a webhook in a range of time',
    surfaces,
    input: z
      .strictObject({
        delivery: z
          .string()
          .regex(/^dlv_\d{1,15}$/, 'must be the id of a delivery like dlv_18')
          .optional(),
        id: webhookId.optional(),
        ...replayRange,
      })
      .refine(
        ({ delivery, id }) => (delivery === undefined) !== (id === undefined),
        'name a delivery, or the id of a webhook',
      ),
    output: z.object({ replayed: z.number().int() }),
    async run({ delivery, id, since = '30d', until }, { store, now, log }, asker) {
      const at = now()
      const args =
        delivery === undefined
          ? { webhook: id as string, ...spanOf({ since, until }, at), now: at }
          : { seq: Number(delivery.slice(4)), now: at }
      const replayed = await store.run('replayDeliveries', args)
      log('info', `${replayed} deliveries of ${id ?? delivery} are sent again (${asker.name})`)
      return { replayed }
    },
  }),
}

async function webhookOf(id: string, { store, now }: ApiDeps): Promise<Webhook> {
  const [found] = await store.read('webhooks', { id, now: now() })
  return found as Webhook
}

/** The same for as long as nobody changes it: what its calls come to is no part of it. */
const revisionOf = (webhook: Webhook, deps: ApiDeps): string => digestOf(decisionsOf(webhook), deps)

function assertUrl(url: string, { webhooks }: ApiDeps): void {
  const problem = webhooks.problemOf(url)
  if (problem !== null) throw new Fault('invalid_payload', `url: ${problem}`)
}

/** Without an end, until now and with what was queued in this millisecond. */
const spanOf = ({ since, until }: { since: string; until?: string | undefined }, now: number) => ({
  since: momentOf(since, now) ?? 0,
  until: until === undefined ? now + 1 : (momentOf(until, now) ?? now),
})

interface Chosen {
  readonly url?: string | undefined
  readonly description?: string | undefined
  readonly types?: readonly string[] | null | undefined
  readonly devices?: readonly string[] | null | undefined
  readonly ordered?: boolean | undefined
  readonly payload?: (typeof payloads)[number] | undefined
}

/** Only what was given. */
function settingsOf({ payload, ...same }: Chosen): Partial<WebhookSettings> {
  const all = { ...same, thin: payload === undefined ? undefined : payload === 'thin' }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

function shown(all: Webhook, deps: ApiDeps): z.input<typeof webhook> {
  const { thin, createdAt, succeededAt, failingSince, rotatingUntil, ...same } = all
  return {
    ...same,
    types: same.types === null ? null : [...same.types],
    devices: same.devices === null ? null : [...same.devices],
    payload: thin ? 'thin' : 'full',
    created_at: createdAt,
    succeeded_at: succeededAt,
    failing_since: failingSince,
    rotating_until: rotatingUntil,
    revision: revisionOf(all, deps),
  }
}

const deliveryOf = ({
  seq,
  state,
  queuedAt,
  nextAt,
  answeredAt,
  answer,
  ...same
}: Delivery): z.input<typeof delivery> => ({
  ...same,
  id: `dlv_${seq}`,
  status: state,
  queued_at: queuedAt,
  next_at: nextAt,
  answered_at: answeredAt,
  answer:
    answer === null ? null : { status: answer.status, error: answer.error, body: answer.text, took_ms: answer.took_ms },
})
