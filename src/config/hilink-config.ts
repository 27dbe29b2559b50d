import * as z from 'zod'
import { shared } from './gateway-keys.ts'
import { key, number } from './scalars.ts'

/** A stick or router of Huawei with a HiLink page. */
export const Hilink = z.strictObject({
  type: key(
    z.literal('hilink'),
    'hilink: a stick or router of Huawei that has a page instead of a serial port',
    'hilink',
  ),
  address: key(
    z
      .string()
      .regex(/^https?:\/\/[^/\s?#]+\/?$/, 'must be a URL without a path, like http://192.168.8.1')
      .transform((url) => url.replace(/\/$/, ''))
      .default('http://192.168.8.1'),
    'Its page',
    'http://192.168.1.1',
  ),
  user: key(z.string().min(1).default('admin'), 'The user of its page', 'admin'),
  password: key(
    z.string().min(1).optional(),
    'The password of its page; without one, where it has none',
    '!secret hilink',
  ),
  poll: key(number({ min: 5, max: 3600, integer: true }).default(10), 'Seconds between two looks into its inbox', '30'),
  timeout: key(number({ min: 1, max: 240 }).default(60), 'Seconds for a text, which is in doubt after that', '60'),
  ...shared,
})
