import * as z from 'zod'
import { id } from '../../api/inputs.ts'
import { pauses } from '../../api/outputs.ts'
import { queuedRow } from '../../api/queue-operations.ts'
import type { Route } from '../route.ts'

const Queue = z
  .object({ commands: z.array(queuedRow.meta({ id: 'QueuedMessage' })), paused: pauses })
  .meta({ id: 'Queue' })
const Pauses = z.object({ paused: pauses }).meta({ id: 'Pauses' })
/** Without a device and a gateway, the whole queue. */
const scope = z.strictObject({ device: id.optional(), gateway: id.optional() }).optional()

export const queueRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/queue',
    name: 'getQueue',
    tag: 'queue',
    scope: 'gateways:read',
    operation: 'queue/list',
    query: z.strictObject({ device: id.optional(), limit: z.coerce.number().int().min(1).max(500).optional() }),
    answer: Queue,
  },
  {
    method: 'POST',
    path: '/queue/pause',
    name: 'pauseQueue',
    tag: 'queue',
    scope: 'gateways:manage',
    operation: 'queue/pause',
    body: scope,
    answer: Pauses,
  },
  {
    method: 'POST',
    path: '/queue/resume',
    name: 'resumeQueue',
    tag: 'queue',
    scope: 'gateways:manage',
    operation: 'queue/resume',
    body: scope,
    answer: Pauses,
  },
  {
    method: 'POST',
    path: '/queue/purge',
    name: 'purgeQueue',
    tag: 'queue',
    scope: 'messages:cancel',
    operation: 'queue/purge',
    body: z.strictObject({ device: id.optional() }).optional(),
    answer: z.object({ cancelled: z.int() }).meta({ id: 'Purged' }),
  },
]
