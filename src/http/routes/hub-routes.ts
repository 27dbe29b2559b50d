import { healthPayload } from '../../api/payloads.ts'
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
]
