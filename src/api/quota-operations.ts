import * as z from 'zod'
import { gatewayQuotas } from '../ledger/gateways/gateway-quotas.ts'
import { clientQuota, type Quota, windowMs } from '../ledger/quota.ts'
import { maxSpendingMs } from '../ledger/spending.ts'
import type { Asker } from '../message/accepted.ts'
import { isoTime } from '../message/result.ts'
import { type ApiDeps, notOverMqtt, operation } from './operation.ts'

/** A limit, and what is left of it for requests of priority normal. */
export const quotaSchema = z.strictObject({
  /** `client-hour` is the requester's own, `<gateway>-day` that of a gateway. */
  name: z.string(),
  unit: z.enum(['requests', 'segments']),
  limit: z.int(),
  left: z.int(),
  window_s: z.int(),
  /** When the next one is free. */
  frees_at: z.iso.datetime(),
})

/** Of texts that were accepted; those in doubt are not counted, though a carrier may bill them. */
export const spendingRow = z.strictObject({
  kind: z.enum(['gateway', 'client']),
  name: z.string(),
  /** In the currency of the configuration. */
  spent: z.number(),
})

interface Named {
  readonly name: string
  readonly unit: 'requests' | 'segments'
  readonly quota: Quota
}

export const quotaOperations = {
  'quota/list': operation({
    summary: 'quotas of the requester and of the gateways, those that have a limit',
    surfaces: notOverMqtt,
    action: () => ({ act: 'see_hub' }),
    input: z.strictObject({}),
    output: z.strictObject({ quotas: z.array(quotaSchema) }),
    async run(_data, deps, asker) {
      const now = deps.now()
      const all = quotasOf(asker, deps).filter(({ quota: { limit } }) => limit !== null && Number.isFinite(limit))
      const rooms = await deps.store.runEarly('quotaRooms', { quotas: all.map(({ quota }) => quota), now })
      const quotas = all.map(({ name, unit, quota: { limit, window } }, i) => ({
        name,
        unit,
        limit: limit as number,
        left: Math.max(0, rooms[i]?.left ?? 0),
        window_s: windowMs(window) / 1000,
        frees_at: isoTime(rooms[i]?.freesAt ?? now),
      }))
      return { quotas }
    },
  }),
  'spending/list': operation({
    summary: 'what gateways and clients have spent in 30 days, by the prices of the gateways',
    surfaces: notOverMqtt,
    action: () => ({ act: 'see_hub' }),
    input: z.strictObject({}),
    output: z.strictObject({ data: z.array(spendingRow) }),
    run: async (_data, { store, now }) => ({
      data: await store.read('spending', { since: now() - maxSpendingMs }),
    }),
  }),
}

function quotasOf({ name, perHour }: Asker, { config, gatewayLimits }: ApiDeps): Named[] {
  const limit = perHour ?? config.limits.client_per_hour
  return [
    { name: 'client-hour', unit: 'requests', quota: { key: clientQuota(name), window: 'hour', limit } },
    ...Object.keys(config.gateways).flatMap((gateway) =>
      gatewayQuotas(gateway, gatewayLimits(gateway))
        .filter(({ window }) => window === 'day')
        .map((quota): Named => ({ name: `${gateway}-day`, unit: 'segments', quota })),
    ),
  ]
}
