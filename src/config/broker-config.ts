import * as z from 'zod'
import { roles } from '../message/rights.ts'
import { idPattern } from '../message/topics.ts'
import { isPasswordHash, passwordCheck } from './password.ts'
import { key, limit, list, listen, number } from './scalars.ts'

const whole = (min: number, max: number) => number({ min, max, integer: true })

const filter = z
  .string()
  .refine((text) => /^([^+#]+|\+)(\/([^+#]*|\+))*(\/#)?$|^#$/.test(text) && !text.startsWith('$'), {
    error: 'must be a topic filter, like smshub/gate/command/open or smshub/+/result',
  })

const User = z
  .strictObject({
    password: key(
      z.string().refine(isPasswordHash, {
        error: 'must be a hash, never the password itself: smshub hash-password makes it',
      }),
      'Hash of the password, as smshub hash-password prints it',
      'scrypt:15:8:1:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    ),
    role: key(
      z.enum(roles).optional(),
      'reader sees; operator also commands; home_assistant also announces; admin may do everything',
      'operator',
    ),
    devices: key(
      list(z.string().regex(idPattern, 'must be the id of a device')).optional(),
      'The role is for these devices only',
      ['gate'],
    ),
    commands: key(
      list(z.string().regex(/^[\w-]+$/, 'must be the name of a command')).optional(),
      'The role is for these commands only',
      ['open'],
    ),
    read: key(list(filter).optional(), 'Topics that this user may subscribe to, instead of a role', ['smshub/+/event']),
    write: key(list(filter).optional(), 'Topics that this user may publish to', ['smshub/gate/set/gate']),
  })
  .refine(({ role, read, write }) => role !== undefined || read !== undefined || write !== undefined, {
    error: 'needs role: reader, operator, home_assistant or admin, or its own read: and write: filters',
  })

const Tls = {
  cert: key(z.string().min(1), 'PEM file of the certificate', 'server.pem'),
  key: key(z.string().min(1), 'PEM file of its key', 'server.key'),
  ca: key(
    z.string().min(1).optional(),
    'PEM file: clients need a certificate that this authority signed',
    'clients.pem',
  ),
}

const path = z.string().regex(/^\//, 'must begin with a slash')
const origin = z.string().regex(/^https?:\/\/[^/]+$/, 'must be like https://panel.lan')

const mebibyte = 1024 ** 2
const octets = whole(1_024, 65_536 * mebibyte)

/** `mqtt.broker`: the embedded broker. */
export const Broker = z
  .strictObject({
    listen: key(
      z.union([z.literal('none').transform(() => null), listen]).prefault('127.0.0.1:1883'),
      'Where it listens without TLS, or none; addresses that other machines can reach need users:',
      '127.0.0.1:1883',
    ),
    tls: key(
      z
        .strictObject({
          listen: key(listen.prefault('127.0.0.1:8883'), 'Where it listens with TLS', '127.0.0.1:8883'),
          ...Tls,
        })
        .optional(),
      'MQTT over TLS',
      { listen: '0.0.0.0:8883', cert: 'server.pem', key: 'server.key' },
    ),
    websocket: key(
      z
        .strictObject({
          listen: key(listen.prefault('127.0.0.1:9001'), 'Where it listens', '127.0.0.1:9001'),
          path: key(path.default('/mqtt'), 'Path of the URL', '/mqtt'),
          origins: key(list(origin).default([]), 'Web pages that may connect', ['https://panel.lan']),
          tls: key(z.strictObject(Tls).optional(), 'wss:// instead of ws://', {
            cert: 'server.pem',
            key: 'server.key',
          }),
        })
        .optional(),
      'MQTT over WebSocket, for browsers',
      { listen: '127.0.0.1:9001', origins: ['https://panel.lan'] },
    ),
    users: key(
      z.record(z.string().min(1).max(128), User).optional(),
      'Who may connect; without it everybody on this machine may do everything',
      { panel: { password: 'scrypt:15:8:1:…', role: 'operator' } },
    ),
    limits: key(
      z
        .strictObject({
          packet: key(whole(1_024, 16 * 1024 * 1024).default(256 * 1024), 'Octets of one packet', '262144'),
          publishes_per_second: key(limit.default(500), 'Messages per second of one client', '500'),
          burst: key(whole(1, 1_000_000).default(5_000), 'Messages that one client may send at once', '5000'),
          clients: key(whole(1, 100_000).default(1_000), 'Connections at the same time', '1000'),
          sessions: key(whole(0, 100_000).default(1_000), 'Disconnected clients that messages are kept for', '1000'),
          user_sessions: key(whole(0, 100_000).default(250), 'Those of one user', '250'),
          session_queue: key(whole(1, 1_000_000).default(5_000), 'Messages kept for one disconnected client', '5000'),
          session_days: key(whole(1, 3_650).default(7), 'Days after which a disconnected client is forgotten', '7'),
          queued: key(whole(1, 10_000_000).default(100_000), 'Messages kept for all disconnected clients', '100000'),
          queued_octets: key(octets.default(64 * mebibyte), 'Octets of these messages', '67108864'),
          retained: key(whole(0, 1_000_000).default(10_000), 'Retained messages of clients', '10000'),
          retained_octets: key(octets.default(64 * mebibyte), 'Octets of these messages', '67108864'),
          subscriptions: key(whole(1, 1_000_000).default(5_000), 'Subscriptions of one client', '5000'),
          user_subscriptions: key(whole(1, 1_000_000).default(20_000), 'Subscriptions of one user', '20000'),
          wildcards: key(whole(1, 100_000).default(200), 'Subscriptions with wildcards of one client', '200'),
        })
        .prefault({}),
      'Limits of the broker',
      { clients: '100' },
    ),
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

/** The same as options of the broker. */
export function brokerSettings({ listen: tcp, tls, websocket, users, limits }: BrokerConfig) {
  const hashes = new Map(Object.entries(users ?? {}).map(([name, { password }]) => [name, password]))
  return {
    listeners: {
      listen: tcp,
      tls: tls ?? null,
      websocket: websocket === undefined ? null : { ...websocket, tls: websocket.tls ?? null },
    },
    users: users ?? null,
    checkPassword: passwordCheck(() => hashes),
    limits: {
      packet: limits.packet,
      publishesPerSecond: limits.publishes_per_second,
      burst: limits.burst,
      clients: limits.clients,
      sessions: limits.sessions,
      userSessions: limits.user_sessions,
      sessionQueue: limits.session_queue,
      sessionOctets: limits.session_queue * 4_096,
      sessionDays: limits.session_days,
      queued: limits.queued,
      queuedOctets: limits.queued_octets,
      retained: limits.retained,
      retainedOctets: limits.retained_octets,
      subscriptions: limits.subscriptions,
      userSubscriptions: limits.user_subscriptions,
      wildcards: limits.wildcards,
    },
  }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}
