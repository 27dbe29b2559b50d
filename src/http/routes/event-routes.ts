import * as z from 'zod'
import { eventPage, maxPageLength, maxWaitSeconds } from '../../api/event-operations.ts'
import { id } from '../../api/inputs.ts'
import type { Route } from '../route.ts'

export const eventRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/events',
    name: 'listEvents',
    tag: 'events',
    scope: 'events:read',
    operation: 'event/list',
    query: z.strictObject({
      after: z.string().optional(),
      before: z.string().optional(),
      types: z.string().optional(),
      device: id.optional(),
      limit: z.coerce.number().int().min(1).max(maxPageLength).optional(),
      wait: z.coerce.number().min(0).max(maxWaitSeconds).optional(),
      ticket: z.string().optional(),
    }),
    input: ({ query: { ticket: _, ...query } }) => query,
    answer: eventPage.meta({ id: 'EventPage' }),
  },
]
