import * as z from 'zod'
import { key, limit, number } from './scalars.ts'

/** Keys of every type of gateway. */
export const shared = {
  weight: key(
    number({ min: 1, max: 1000, integer: true }).default(1),
    'Its share of the messages where several gateways may be used',
    '2',
  ),
  limits: key(
    z
      .strictObject({
        minute: key(limit.optional(), 'Segments per minute', '6'),
        day: key(limit.optional(), 'Segments per day; without it, limits.gateway_per_day', '100'),
        month: key(limit.optional(), 'Segments in 30 days', '1000'),
      })
      .prefault({}),
    'How much may be sent through this gateway',
    { minute: '6', day: '100', month: '1000' },
  ),
  gap: key(number({ min: 0, max: 3600 }).default(0), 'Seconds between two messages', '3'),
  window: key(
    number({ min: 1, max: 10_000, integer: true }).optional(),
    'Messages that may be under way at once, at the most; a modem sends one at a time in any case',
    '10',
  ),
  number: key(z.string().min(1).optional(), 'Its number, for devices that have to store it', '+4915112345600'),
}
