import * as z from 'zod'
import { faults } from '../message/fault.ts'
import { commandStatuses, priorities, smsStatuses } from '../message/status.ts'
import type { TopicPattern } from '../message/topics.ts'
import { trustLevels } from '../message/trust.ts'
import { instant } from './inputs.ts'
import { alphabet, errorSchema as error, receivedSchema, time } from './message-schema.ts'

export { time }

const maybe = <T extends z.ZodType>(schema: T) => schema.nullable()
const words = <T extends Record<string, unknown>>(table: T) =>
  z.enum(Object.keys(table) as [keyof T & string, ...(keyof T & string)[]])
export const value = z.union([z.string(), z.number(), z.boolean(), z.null()])
const plain = z.enum(['online', 'offline'])

/** Keys that every JSON payload of a command may have. */
const meta = {
  id: z.union([z.string().min(1).max(128), z.number()]).optional(),
  ttl: z.number().positive().optional(),
  send_at: instant.optional(),
  priority: words(priorities).optional(),
  gateway: z.string().optional(),
  dry_run: z.boolean().optional(),
  confirm: z.string().optional(),
  force: z.boolean().optional(),
}

export const resultPayload = z.looseObject({
  id: maybe(z.string()),
  command_id: z.string(),
  device: maybe(z.string()),
  command: maybe(z.string()),
  property: z.string().optional(),
  value: z.unknown().optional(),
  runs: z.string().optional(),
  args: z.record(z.string(), value).optional(),
  status: z.enum(commandStatuses),
  final: z.boolean(),
  ok: maybe(z.boolean()),
  in_doubt: z.literal(true).optional(),
  unproven: z.literal(true).optional(),
  already: z.literal(true).optional(),
  reason: z.string().optional(),
  sms: maybe(
    z.looseObject({
      message_id: z.string(),
      gateway: maybe(z.string()),
      parts: z.number().int(),
      attempts: z.number().int(),
      valid_for: maybe(z.number()),
    }),
  ),
  reply: z
    .looseObject({
      text: z.string(),
      parsed: z.record(z.string(), value),
      trust: z.enum(trustLevels).optional(),
      forwarded_by: z.string().optional(),
    })
    .optional(),
  error: error.optional(),
  queued_at: time,
  send_at: time.optional(),
  sent_at: time.optional(),
  delivered_at: time.optional(),
  replied_at: time.optional(),
  elapsed_ms: z.number(),
})

const smsStatus = z.looseObject({
  id: maybe(z.string()),
  command_id: z.string(),
  client_id: maybe(z.string()),
  to: maybe(z.string()),
  device: maybe(z.string()),
  gateway: maybe(z.string()),
  status: z.enum(smsStatuses),
  in_doubt: z.boolean().optional(),
  reason: maybe(z.string()).optional(),
  alphabet: alphabet.optional(),
  batch: z.string().optional(),
  parts: z.number().int(),
  parts_delivered: z.number().int(),
  send_at: time.optional(),
  sent_at: time.optional(),
  at: time,
  error: maybe(error),
})

const modemFields = z.object({
  network: z.enum(['registered', 'roaming', 'searching', 'denied', 'not_registered', 'unknown']),
  sim: z.enum(['ready', 'pin', 'puk', 'missing', 'unknown']),
  unaccepted: maybe(z.enum(['modem', 'sim'])),
  operator: maybe(z.string()),
  technology: maybe(z.string()),
  signal_dbm: maybe(z.number()),
  signal_percent: maybe(z.number()),
  storage_used: maybe(z.number().int()),
  storage_total: maybe(z.number().int()),
  port: maybe(z.string()),
  model: maybe(z.string()),
  firmware: maybe(z.string()),
})

const linkFields = z.object({
  address: maybe(z.string()),
  peer: maybe(z.string()),
  connected_at: maybe(time),
  under_way: z.number().int(),
  window: z.number().int(),
  bound: z.array(z.string()).readonly(),
  binds: z.array(z.string()).readonly(),
})

/** A gateway has the fields of its kind only. */
export const gatewayPayload = z.looseObject({
  status: z.enum(['initializing', 'ready', 'degraded', 'offline', 'no_sim', 'sim_locked', 'error']),
  ...modemFields.partial().shape,
  ...linkFields.partial().shape,
  last_error: maybe(z.string()),
  recovering: maybe(z.string()),
  recoveries: z.record(z.string(), z.number().int()),
  queue: z.number().int(),
  sent_today: z.number().int(),
  spent_30_days: z.number().optional(),
  balance: maybe(z.string()).optional(),
  balance_at: maybe(time).optional(),
})

export const gatewayEventPayload = z.looseObject({
  event_type: z.literal('incoming_call'),
  from: maybe(z.string()),
  device: maybe(z.string()),
  at: time,
})

export const deviceEventPayload = z.looseObject({
  event_type: z.string(),
  trust: z.enum(trustLevels).optional(),
  unverified: z.literal(true).optional(),
  reading: z.literal('partial').optional(),
  forwarded_by: z.string().optional(),
})

export const response = z.looseObject({
  status: z.enum(['ok', 'error']),
  data: z.record(z.string(), z.unknown()),
  error: z.string().optional(),
  error_code: words(faults).optional(),
  hint: z.string().optional(),
  transaction: z.unknown().optional(),
})

export const healthPayload = z.looseObject({
  time,
  uptime_s: z.number(),
  devices: z.number(),
  queued: z.number(),
  scheduled: z.number(),
  unpublished: z.number(),
  store_trouble: maybe(z.string()),
  clock: z.enum(['right', 'behind']),
  paused: z.array(z.object({ device: z.string().optional(), gateway: z.string().optional(), since: time })),
})

const devices = z.object({
  page: z.number().int(),
  pages: z.number().int(),
  total: z.number().int(),
  devices: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      profile: z.string(),
      revision: z.number().int(),
      /** What it is known to speak; `none`: the words of its profile. */
      dialect: z.string().optional(),
    }),
  ),
})

const text = z.string().min(1)
const commandArguments = z.union([
  z.looseObject({ ...meta, args: z.record(z.string(), z.unknown()).optional() }),
  z.string(),
])

export interface Channel {
  readonly summary: string
  readonly schema: z.ZodType
}

/** The payload of each topic; the compiler requires a row for each topic of the table. */
export const channels: Readonly<Record<TopicPattern, Channel>> = {
  'bridge/state': { summary: 'whether the hub runs; its will', schema: plain },
  'bridge/info': {
    summary: 'the hub',
    schema: z.looseObject({
      version: z.string(),
      started_at: time,
      devices: z.number(),
      gateways: z.array(z.string()),
    }),
  },
  'bridge/devices': { summary: 'the first page of the devices', schema: devices },
  'bridge/devices/{page}': { summary: 'further pages', schema: devices },
  'bridge/profiles/{manufacturer}/{family}': {
    summary: 'what devices of a profile can do',
    schema: z.looseObject({
      profile: z.string(),
      revision: z.number(),
      kind: z.string(),
      variants: z.record(z.string(), z.unknown()),
    }),
  },
  'bridge/health': { summary: 'figures and health, at least every ten minutes', schema: healthPayload },
  'bridge/event': {
    summary: 'an event of the hub',
    schema: z.looseObject({ type: z.string(), data: z.unknown() }),
  },
  'bridge/logging': {
    summary: 'log lines, where enabled',
    schema: z.object({ time, level: z.string(), namespace: z.string(), message: z.string() }),
  },
  'bridge/request/{verb}': { summary: 'a request; see the operations', schema: z.unknown() },
  'bridge/request/{group}/{verb}': { summary: 'a request; see the operations', schema: z.unknown() },
  'bridge/response/{verb}': { summary: 'the answer of a request', schema: response },
  'bridge/response/{group}/{verb}': { summary: 'the answer of a request', schema: response },
  'gateway/{gateway}': { summary: 'a modem', schema: gatewayPayload },
  'gateway/{gateway}/event': {
    summary: 'an incoming call to a modem: reported and rejected',
    schema: gatewayEventPayload,
  },
  'gateway/{gateway}/availability': { summary: 'whether a modem can be used', schema: plain },
  'sms/status': { summary: 'every step of every outbound text', schema: smsStatus },
  'sms/received': { summary: 'every received text', schema: receivedSchema },
  '{device}': { summary: 'the state: every property, null until known', schema: z.record(z.string(), value) },
  '{device}/availability': { summary: 'whether the device is available', schema: plain },
  '{device}/location': {
    summary: 'the position of the device',
    schema: z.looseObject({ latitude: z.number(), longitude: z.number(), gps_accuracy: maybe(z.number()).optional() }),
  },
  '{device}/event': { summary: 'an event of the device', schema: deviceEventPayload },
  '{device}/result': { summary: 'every step of a command; the last one is final', schema: resultPayload },
  'compat/sms2mqtt/send': {
    summary: 'a text in the dialect of sms2mqtt',
    schema: z.looseObject({ number: z.string(), text }),
  },
  'sms/send': {
    summary: 'a text to a number, a contact, or several; other names of the keys are known too',
    schema: z.looseObject({
      ...meta,
      to: z.union([z.string(), z.array(z.string())]),
      text,
      flash: z.boolean().optional(),
      private: z.boolean().optional(),
    }),
  },
  'sms/send/{recipient}': {
    summary: 'a text to a contact, a group, a device, or a number without its plus',
    schema: text,
  },
  '{device}/set': {
    summary: 'a value for the primary property, values by property, or a command by its name',
    schema: z.union([z.looseObject(meta), value]),
  },
  '{device}/set/{property}': {
    summary: 'a value for a property, or one of the words ON OFF TOGGLE OPEN CLOSE STOP LOCK UNLOCK ARM DISARM',
    schema: z.union([z.looseObject({ ...meta, value: z.unknown() }), value]),
  },
  '{device}/get': {
    summary: 'queries the state of the device: empty, ?, PRESS, or an object that names properties',
    schema: z.unknown(),
  },
  '{device}/get/{property}': { summary: 'queries a property of the device', schema: z.unknown() },
  '{device}/command': {
    summary: 'a command by its name',
    schema: z.union([z.looseObject({ ...meta, command: z.string() }), z.string()]),
  },
  '{device}/command/{name}': {
    summary: 'a command with its parameters; empty or PRESS where it needs none',
    schema: commandArguments,
  },
  '{device}/send': { summary: 'a literal text to the device', schema: text },
}
