import * as z from 'zod'
import { flag, key, limit, number } from './scalars.ts'

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
  cost: key(
    z
      .strictObject({
        segment: key(
          number({ min: 0, max: 1000 }).default(0),
          'What a segment costs, in one currency for all gateways',
          '0.075',
        ),
        prefixes: key(
          z
            .record(
              z.string().regex(/^\+\d+$/, 'must be the beginning of a number, like +49'),
              number({ min: 0, max: 1000 }),
            )
            .default({}),
          'The same for numbers that begin so; the longest beginning counts',
          { '+49': '0.07', '+1': '0.008' },
        ),
      })
      .optional(),
    'Its price: for routes that choose by it, and to count what was spent',
    { segment: '0.075', prefixes: { '+49': '0.07' } },
  ),
  texts: key(
    z
      .strictObject({
        segments: key(number({ min: 1, max: 255, integer: true }).default(255), 'Segments of a text, at the most', '1'),
        unicode: key(flag.default(true), 'It takes texts with characters beyond the GSM alphabet', 'false'),
      })
      .prefault({}),
    'Texts that it takes: others go through other gateways of their route',
    { segments: '1', unicode: 'false' },
  ),
  number: key(z.string().min(1).optional(), 'Its number, for devices that have to store it', '+4915112345600'),
}

/** Keys of modems. */
export const pin = key(
  z
    .string()
    .regex(/^\d{4,8}$/, 'must be 4 to 8 digits')
    .optional(),
  'PIN of the SIM; it is entered only while more than one attempt is left',
  '!secret sim_pin',
)

export const roaming = key(flag.default(false), 'Also send while the SIM is roaming, which may cost more', 'true')
