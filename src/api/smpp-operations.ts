import * as z from 'zod'
import { isoTime } from '../message/result.ts'
import { bindRoles } from '../message/smpp-clients.ts'
import { notOverMqtt, operation } from './operation.ts'

const count = z.int()
const bind = z.strictObject({
  role: z.enum(bindRoles),
  address: z.string(),
  since: z.iso.datetime(),
  submitted: count,
  delivered: count,
})

/** A system that may bind to the hub by SMPP. Figures are those since the start of the hub. */
export const smppClient = z.strictObject({
  system_id: z.string(),
  binds: z.array(bind),
  submitted: count,
  refused: count,
  delivered: count,
  /** Receipts and texts that wait for it, counted up to 10 000. */
  waiting: count,
})

const maxCounted = 10_000

export const smppOperations = {
  'smpp/list': operation({
    summary: 'systems that may bind to the hub by SMPP, their connections, and what waits for them',
    surfaces: notOverMqtt,
    input: z.strictObject({}),
    output: z.strictObject({ clients: z.array(smppClient) }),
    async run(_data, { smppClients, store }) {
      const clients = smppClients().map(async ({ systemId, binds, ...figures }) => ({
        system_id: systemId,
        binds: binds.map((one) => ({ ...one, since: isoTime(one.since) })),
        ...figures,
        waiting: await store.run('countWaiting', { outlet: `smpp:${systemId}`, most: maxCounted }),
      }))
      return { clients: await Promise.all(clients) }
    },
  }),
}
