import type { ListArgs } from '../../src/ledger/lists/lists.ts'
import type { ArgsOf } from '../../src/ledger/operations.ts'
import type { DueDelivery } from '../../src/ledger/webhooks/due.ts'
import type { WebhookSettings } from '../../src/ledger/webhooks/webhook-list.ts'
import type { HubEvent } from '../../src/message/hub-event.ts'
import { type Ledger, minute } from './ledger.ts'

export const plainSettings: WebhookSettings = {
  url: 'https://example.org/hook',
  description: '',
  types: null,
  devices: null,
  ordered: false,
  thin: false,
}

export const addHook = (ledger: Ledger, id = 'one', over: Partial<WebhookSettings> = {}) =>
  ledger.run('addWebhook', { id, settings: { ...plainSettings, ...over }, secret: `whsec_${id}`, now: ledger.now })

export const online = (device: string): HubEvent<'availability'> => ({
  kind: 'availability',
  subject: device,
  data: true,
})

/** Events of devices of these names. */
export const happens = (ledger: Ledger, ...devices: string[]) => ledger.run('emit', devices.map(online))

/** What is to be sent now. */
export function dueOf(ledger: Ledger, flying: readonly DueDelivery[] = []) {
  const { due } = ledger.run('dueDeliveries', { now: ledger.now, flying })
  return due
}

/** The devices of deliveries, in their order. */
export const devicesOf = (due: readonly DueDelivery[]): string[] => due.map(({ body }) => JSON.parse(body).data.device)

export const settle = (ledger: Ledger, { seq }: { seq: number }, over: Partial<ArgsOf<'settleDelivery'>> = {}) =>
  ledger.run('settleDelivery', {
    seq,
    now: ledger.now,
    verdict: 'delivered',
    answer: { status: 200, error: null, text: '', took_ms: 1 },
    retryAt: null,
    heldUntil: null,
    ...over,
  })

/** An attempt fails, and is repeated after a minute. */
export const fail = (ledger: Ledger, delivery: { seq: number }, over: Partial<ArgsOf<'settleDelivery'>> = {}) =>
  settle(ledger, delivery, {
    verdict: 'failed',
    answer: { status: 500, error: 'answered 500', text: '', took_ms: 1 },
    retryAt: ledger.now + minute,
    ...over,
  })

export const hookOf = (ledger: Ledger, id = 'one') => {
  const [webhook] = ledger.read('webhooks', { id, now: ledger.now })
  if (webhook === undefined) throw new Error(`there is no webhook ${id}`)
  return webhook
}

/** Deliveries of `one`, the newest first. */
export const deliveriesOf = (ledger: Ledger, over: Partial<ListArgs<'deliveries'>> = {}) =>
  ledger.read('deliveries', {
    webhook: 'one',
    state: null,
    since: 0,
    until: ledger.now + 1,
    before: null,
    limit: 100,
    ...over,
  })

/** A delivery that is not sent any more. */
export function dies(ledger: Ledger, device: string): void {
  happens(ledger, device)
  for (const one of dueOf(ledger)) fail(ledger, one, { retryAt: null })
}
