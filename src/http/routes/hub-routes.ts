import * as z from 'zod'
import { logPage, ownMap } from '../../api/hub-operations.ts'
import { whom } from '../../api/list-filter.ts'
import { erasure } from '../../api/outputs.ts'
import { healthPayload } from '../../api/payloads.ts'
import { quotaSchema, spendingRow } from '../../api/quota-operations.ts'
import type { Route } from '../route.ts'

const manage = { method: 'POST', tag: 'hub', scope: 'hub:manage' } as const

export const hubRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/health',
    name: 'getHealth',
    tag: 'hub',
    scope: 'gateways:read',
    operation: 'health_check',
    answer: healthPayload.meta({ id: 'Health' }),
  },
  {
    method: 'GET',
    path: '/quotas',
    name: 'listQuotas',
    tag: 'hub',
    scope: 'gateways:read',
    operation: 'quota/list',
    shows: ({ quotas }) => ({ data: quotas, next_cursor: null }),
    answer: z
      .object({ data: z.array(quotaSchema.meta({ id: 'Quota' })), next_cursor: z.null() })
      .meta({ id: 'QuotaList' }),
  },
  {
    method: 'GET',
    path: '/spending',
    name: 'listSpending',
    tag: 'hub',
    scope: 'gateways:read',
    operation: 'spending/list',
    shows: ({ data }) => ({ data, next_cursor: null }),
    answer: z
      .object({ data: z.array(spendingRow.meta({ id: 'Spending' })), next_cursor: z.null() })
      .meta({ id: 'SpendingList' }),
  },
  {
    method: 'GET',
    path: '/map',
    name: 'getMap',
    tag: 'hub',
    scope: 'devices:read',
    operation: 'map/get',
    answer: ownMap.meta({ id: 'OwnMap' }),
  },
  {
    ...manage,
    method: 'GET',
    path: '/config',
    name: 'getConfig',
    operation: 'config/get',
    answer: z.object({ version: z.string(), config: z.record(z.string(), z.unknown()) }).meta({ id: 'Config' }),
  },
  {
    ...manage,
    method: 'GET',
    path: '/log',
    name: 'getLog',
    operation: 'log/list',
    query: z.strictObject({
      after: z.coerce.number().int().min(0).optional(),
      limit: z.coerce.number().int().min(1).max(1_000).optional(),
    }),
    answer: logPage.meta({ id: 'LogPage' }),
  },
  {
    ...manage,
    path: '/backups',
    name: 'makeBackup',
    operation: 'backup',
    status: 201,
    answer: z.object({ folder: z.string(), file: z.string() }).meta({ id: 'Backup' }),
  },
  {
    ...manage,
    path: '/erasures',
    name: 'erasePerson',
    operation: 'privacy/erase',
    body: z.strictObject({ ...whom, confirm: z.string() }).meta({ id: 'NewErasure' }),
    answer: erasure.meta({ id: 'Erasure' }),
  },
  {
    ...manage,
    path: '/log-level',
    name: 'setLogLevel',
    operation: 'log_level',
    body: z.strictObject({ level: z.string().optional(), mqtt: z.string().optional() }).meta({ id: 'NewLogLevel' }),
    answer: z.object({ level: z.string().optional(), mqtt: z.string().optional() }).meta({ id: 'LogLevel' }),
  },
  {
    ...manage,
    path: '/clock/accept',
    name: 'acceptClock',
    operation: 'clock/accept',
    answer: z.object({ moved: z.int() }).meta({ id: 'AcceptedClock' }),
  },
  { ...manage, path: '/restart', name: 'restartHub', operation: 'restart', status: 204, answer: z.object({}) },
]
