import * as z from 'zod'
import { bindRoles } from '../message/smpp-clients.ts'
import { defaultAlphabets } from '../smpp/message-alphabet.ts'
import { isNetwork } from '../util/networks.ts'
import { isLoopback } from './broker-config.ts'
import { isPasswordHash } from './password.ts'
import { flag, key, limit, list, listen, number } from './scalars.ts'

export const exampleHash = 'scrypt:15:8:1:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'

const whole = (min: number, max: number) => number({ min, max, integer: true })

export const longForms = ['udh', 'sar', 'payload'] as const

/** Who a text may be from, as a client names it. */
const sender = z.string().regex(/^(\+?\d{1,20}|[ -~]{1,20})$/, 'must be a number, a short code or a name')

const User = z.strictObject({
  password: key(
    z.string().refine(isPasswordHash, {
      error: 'must be a hash, never the password itself: smshub hash-password makes it',
    }),
    'Hash of its password, as smshub hash-password prints it; SMPP has room for 8 characters, and --smpp chooses them',
    exampleHash,
  ),
  addresses: key(
    list(
      z.string().refine(isNetwork, { error: 'must be an address or a network, like 192.168.1.5 or 192.168.1.0/24' }),
    ).default([]),
    'Where it may connect from; without it, from anywhere',
    ['192.168.1.20'],
  ),
  binds: key(list(z.enum(bindRoles)).default([...bindRoles]), 'How it may bind', ['transceiver']),
  max_binds: key(whole(1, 32).default(4), 'Connections that it may have at once', '2'),
  window: key(whole(1, 1000).default(100), 'Submissions that are stored at once, before more are read', '100'),
  recipients: key(
    z.enum(['registered', 'any']).default('registered'),
    'registered: it may send to contacts and devices; any: to every number, where sms.destinations allows that',
    'any',
  ),
  per_hour: key(limit.optional(), 'Texts an hour; without it, limits.client_per_hour', '3600'),
  per_second: key(limit.default(null), 'SMS a second, those of long texts each; beyond it, a text is throttled', '10'),
  senders: key(
    z.record(sender, z.string().min(1).max(63)).optional(),
    'The only source addresses that it may name, each with the gateway that sends for it; without it, any, which have no effect',
    { '+4915112345600': 'home' },
  ),
  alphabet: key(
    z.enum(defaultAlphabets).default('gsm'),
    'What data_coding 0 is for it: gsm (a septet in each octet), packed, latin1 or ascii',
    'latin1',
  ),
  receives: key(
    list(z.string().min(1).max(63)).default([]),
    'The gateways whose received texts it gets, or all; those of devices only with device_texts',
    ['home'],
  ),
  device_texts: key(flag.default(false), 'Whether it gets texts of devices as well', 'true'),
  long_texts: key(
    z.enum(longForms).default('udh'),
    'How it gets long texts: in parts with a header (udh) or with parameters (sar), or whole in message_payload',
    'payload',
  ),
  deliver_window: key(whole(1, 100).default(10), 'Receipts and texts under way to it at once', '10'),
  keep_days: key(
    number({ min: 0.01, max: 30 }).default(3),
    'Days for which receipts and texts wait for it while it is away, at most 10 000 of them',
    '3',
  ),
  repeat_window: key(
    whole(0, 86_400).default(0),
    'Seconds within which the same submission is a repetition, as of a client that has lost the response; 0 for none',
    '60',
  ),
})

/** `smppserver`: other systems bind to the hub and use its gateways. */
export const SmppServerSection = z
  .strictObject({
    listen: key(
      listen.prefault('127.0.0.1:2775'),
      'Where it listens; an address that other machines can reach needs TLS, or addresses: of each user',
      '0.0.0.0:2775',
    ),
    cert: key(z.string().min(1).optional(), 'PEM file of a certificate: then it takes TLS only', 'server.pem'),
    key: key(z.string().min(1).optional(), 'PEM file of its key', 'server.key'),
    users: key(
      z
        .record(
          z.string().regex(/^[!-~]{1,15}$/, 'a system_id must be 1 to 15 characters of ASCII, without blanks'),
          User,
        )
        .refine((users) => Object.keys(users).length > 0, { error: 'must name a user' }),
      'Who may bind, by system_id',
      { acme: { password: exampleHash } },
    ),
  })
  .superRefine(({ listen: at, cert, users }, context) => {
    if (isLoopback(at.host) || cert !== undefined) return
    for (const [name, { addresses }] of Object.entries(users))
      if (addresses.length === 0)
        context.addIssue({
          code: 'custom',
          path: ['users', name, 'addresses'],
          message: `${at.host} can be reached from outside, and passwords are read on the way: add cert: and key:, or its addresses, like 192.168.1.20`,
        })
  })

export type SmppServerConfig = z.infer<typeof SmppServerSection>
