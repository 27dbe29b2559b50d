import * as z from 'zod'
import { idPattern } from '../message/topics.ts'
import { isPassword, isPasswordHash } from './password.ts'
import { limit, listen, number } from './scalars.ts'

const whole = (min: number, max: number) => number({ min, max, integer: true })

const list = <T extends z.ZodType>(item: T) => z.union([z.array(item), item.transform((one) => [one])])

const filter = z
  .string()
  .refine((text) => /^([^+#]+|\+)(\/([^+#]*|\+))*(\/#)?$|^#$/.test(text) && !text.startsWith('$'), {
    error: 'must be a topic filter, like smshub/gate/command/open or smshub/+/result',
  })

const User = z
  .strictObject({
    password: z.string().refine(isPasswordHash, {
      error: 'must be a hash, never the password itself: smshub hash-password makes it',
    }),
    role: z.enum(['reader', 'operator', 'home_assistant', 'admin']).optional(),
    devices: list(z.string().regex(idPattern, 'must be the id of a device')).optional(),
    commands: list(z.string().regex(/^[\w-]+$/, 'must be the name of a command')).optional(),
    read: list(filter).optional(),
    write: list(filter).optional(),
  })
  .refine(({ role, read, write }) => role !== undefined || read !== undefined || write !== undefined, {
    error: 'needs role: reader, operator, home_assistant or admin, or its own read: and write: filters',
  })

const Tls = { cert: z.string().min(1), key: z.string().min(1), ca: z.string().min(1).optional() }

/** `mqtt.broker`: the embedded broker. */
export const Broker = z
  .strictObject({
    listen: z.union([z.literal('none').transform(() => null), listen]).prefault('127.0.0.1:1883'),
    tls: z.strictObject({ listen: listen.prefault('127.0.0.1:8883'), ...Tls }).optional(),
    websocket: z
      .strictObject({
        listen: listen.prefault('127.0.0.1:9001'),
        path: z.string().regex(/^\//, 'must begin with a slash').default('/mqtt'),
        origins: list(z.string().regex(/^https?:\/\/[^/]+$/, 'must be like https://panel.lan')).default([]),
        tls: z.strictObject(Tls).optional(),
      })
      .optional(),
    users: z.record(z.string().min(1).max(128), User).optional(),
    limits: z
      .strictObject({
        packet: whole(1_024, 16 * 1024 * 1024).default(256 * 1024),
        publishes_per_second: limit.default(500),
        burst: whole(1, 1_000_000).default(5_000),
        clients: whole(1, 100_000).default(1_000),
        sessions: whole(0, 100_000).default(1_000),
        session_queue: whole(1, 1_000_000).default(5_000),
        session_days: whole(1, 3_650).default(7),
        subscriptions: whole(1, 1_000_000).default(50_000),
      })
      .prefault({}),
  })
  .superRefine(({ listen: tcp, tls, websocket, users }, context) => {
    const open = Object.entries({
      listen: tcp,
      'tls.listen': tls?.listen,
      'websocket.listen': websocket?.listen,
    }).filter(([, at]) => at !== null && at !== undefined && !isLoopback(at.host))
    for (const [key, at] of users === undefined ? open : []) {
      context.addIssue({
        code: 'custom',
        path: key.split('.'),
        message: `${at?.host} can be reached from outside: add users:, or listen on 127.0.0.1`,
      })
    }
  })
  .prefault({})

export type BrokerConfig = z.infer<typeof Broker>

/** The same in the words of the broker's own options. */
export function brokerSettings({ listen: tcp, tls, websocket, users, limits }: BrokerConfig) {
  return {
    listeners: {
      listen: tcp,
      tls: tls ?? null,
      websocket: websocket === undefined ? null : { ...websocket, tls: websocket.tls ?? null },
    },
    users: users ?? null,
    checkPassword: async (user: string, password: Uint8Array) => {
      const row = users?.[user]
      return row !== undefined && (await isPassword(password, row.password))
    },
    limits: {
      packet: limits.packet,
      publishesPerSecond: limits.publishes_per_second,
      burst: limits.burst,
      clients: limits.clients,
      sessions: limits.sessions,
      sessionQueue: limits.session_queue,
      sessionOctets: limits.session_queue * 4_096,
      sessionDays: limits.session_days,
      subscriptions: limits.subscriptions,
    },
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}
