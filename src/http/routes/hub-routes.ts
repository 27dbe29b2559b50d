import * as z from 'zod'
import { healthPayload } from '../../api/payloads.ts'
import { quotaSchema } from '../../api/quota-operations.ts'
import type { Route } from '../route.ts'

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
]
