import { z } from 'zod'
import { isZone } from './readers/zones.ts'
import { trusts } from './schema/message.ts'
import { additions } from './schema/profile.ts'
import { flag, many, named, oneOf, seconds, table, text } from './schema/scalars.ts'

/** A device in `smshub.yaml` (design section 5). Its own messages and commands have the profiles' grammar. */
export const DeviceConfig = table({
  profile: text.describe('Profile of the device, for example king-pigeon/rtu5024'),
  number: many(text)
    .refine((numbers) => numbers.length > 0, 'is missing')
    .describe('Phone number of its SIM; all of a list are heard, the first that can be dialled is sent to'),
  name: text.optional().describe('Display name'),
  variant: text.optional().describe('Dialect, where the profile has several'),
  gateway: text.optional().describe('Gateway that it is always reached by'),
  settings: named(text).default({}),
  ...additions,
  time_zone: text.refine(isZone, 'is no time zone: use a name like Europe/Berlin, or +02:00').optional(),
  expected: z
    .union([z.literal('none').transform(() => null), seconds])
    .optional()
    .describe('Longest time between two texts of it'),
  poll: z
    .union([z.literal('none').transform(() => null), seconds])
    .optional()
    .describe('How often it is asked for its state'),
  valid_for: seconds.optional().describe('How long a command may wait until it is sent'),
  trust: oneOf(trusts).optional(),
  unproven: flag.default(false).describe('Allows what no manual proves'),
})
export type DeviceConfig = z.output<typeof DeviceConfig>
