import * as z from 'zod'
import { DeviceConfig } from '../device/device-config.ts'
import { idPattern, reservedIds } from '../message/topics.ts'
import { isUssd } from '../message/ussd.ts'
import { Broker } from './broker.ts'
import { flag, limit, listen, number } from './scalars.ts'

const id = z.string().refine((value) => idPattern.test(value) && !reservedIds.includes(value), {
  error: `must be small letters, digits, _ and -, at most 63, and none of ${reservedIds.join(', ')}`,
})

const baseTopic = z.string().refine((value) => /^[^+#$\s/][^+#\s]*$/.test(value) && !value.endsWith('/'), {
  error: 'must be a topic without wildcards, blanks and outer slashes',
})

const Mqtt = z
  .strictObject({
    base_topic: baseTopic.default('smshub'),
    server: z
      .string()
      .regex(/^(mqtts?|wss?|tcp|tls|ssl):\/\//, 'must be a URL like mqtt://broker.lan:1883')
      .optional(),
    username: z.string().optional(),
    password: z.string().optional(),
    ca: z.string().optional(),
    cert: z.string().optional(),
    key: z.string().optional(),
    client_id: z.string().min(1).max(128).optional(),
    protocol: z
      .enum(['4', '5'])
      .or(z.literal([4, 5]).transform(String))
      .transform((version) => Number(version) as 4 | 5)
      .optional()
      .describe('Protocol version to begin with: 5, or 4 for 3.1.1; what the broker refuses is left'),
    broker: Broker,
  })
  .prefault({})

/** A USSD code, or a list: a code, and what is chosen in the menus behind it. */
const Ussd = z
  .union([z.string().transform((code) => [code]), z.array(z.string()).min(1)])
  .refine(isUssd, { error: 'must be a USSD code like *100#, or a list: the code and what is chosen behind it' })

const Modem = z.strictObject({
  type: z.literal('modem'),
  path: z
    .string()
    .min(1)
    .default('auto')
    .describe('auto, a serial device (best as /dev/serial/by-id/…), or tcp://host:port'),
  baud_rate: number({ min: 300, max: 4_000_000, integer: true })
    .optional()
    .describe('Default: found by asking, 115200 first'),
  pin: z
    .string()
    .regex(/^\d{4,8}$/, 'must be 4 to 8 digits')
    .optional(),
  weight: number({ min: 1, max: 1000, integer: true }).default(1).describe('Its share where several may be used'),
  gap: number({ min: 0, max: 3600 }).default(0).describe('Seconds between two messages'),
  roaming: flag.default(false).describe('Send in other networks than its own too, which may cost more'),
  limits: z
    .strictObject({
      minute: limit.optional(),
      day: limit.optional().describe('Segments a day; default: limits.gateway_per_day'),
      month: limit.optional().describe('Segments in 30 days'),
    })
    .prefault({}),
  balance: z
    .union([
      Ussd.transform((ussd) => ({ ussd, every: 24 })),
      z.strictObject({ ussd: Ussd, every: number({ min: 1 }).default(24).describe('Hours') }),
    ])
    .optional()
    .describe('The USSD code that asks what is left on a prepaid SIM; it is told on gateway/<id>'),
  recover: z
    .string()
    .min(1)
    .optional()
    .describe('A command that takes the power from the modem and gives it back, as the last remedy; $1 is its path'),
  number: z.string().optional().describe("The SIM's own number, for devices that must store it"),
})

const Simulated = z.strictObject({
  type: z.literal('simulated'),
  number: z.string().optional(),
})

const Gateway = z.discriminatedUnion('type', [Modem, Simulated])

const Limits = z
  .strictObject({
    gateway_per_day: limit.optional().describe('Segments a day and gateway; default: 200, or four times the devices'),
    device_per_day: limit.default(30),
    client_per_hour: limit.default(60),
    device_queue: number({ min: 1, integer: true }).default(100),
    client_queue: number({ min: 1, integer: true }).default(10_000),
  })
  .prefault({})

/** `smshub.yaml`, whole. Unknown keys are errors. */
export const Config = z
  .strictObject({
    version: number({ min: 1, max: 1, integer: true }).default(1),
    mqtt: Mqtt,
    gateways: z.record(id, Gateway).default({}),
    routes: z
      .array(
        z.strictObject({
          prefix: z
            .string()
            .regex(/^\+?\d+$/, 'must be the beginning of a number, like +49')
            .optional(),
          gateways: z.array(id).min(1),
        }),
      )
      .default([]),
    devices: z.record(id, DeviceConfig).default({}),
    contacts: z.record(z.string().min(1), z.string().min(1)).default({}),
    sms: z
      .strictObject({
        destinations: z.enum(['registered', 'any']).default('registered'),
        unknown_senders: z.enum(['publish', 'drop']).default('publish'),
        region: z
          .string()
          .regex(/^[A-Z]{2}$/, 'must be a country code like DE')
          .optional(),
      })
      .prefault({}),
    limits: Limits,
    compat: z
      .strictObject({ sms2mqtt: z.strictObject({ prefix: baseTopic.default('sms2mqtt') }).optional() })
      .prefault({}),
    homeassistant: z
      .strictObject({
        discovery: z.enum(['device', 'components', 'none']).default('device'),
        prefix: baseTopic.default('homeassistant'),
        status_topic: baseTopic.optional(),
      })
      .prefault({}),
    http: z.strictObject({ listen: listen.prefault('127.0.0.1:8080'), enabled: flag.default(true) }).prefault({}),
    data: z.string().min(1).default('./data'),
    log: z
      .strictObject({
        level: z.enum(['error', 'warn', 'info', 'debug', 'trace']).default('info'),
        format: z.enum(['auto', 'pretty', 'json']).default('auto'),
        mqtt: z
          .enum(['none', 'error', 'warn', 'info', 'debug'])
          .default('none')
          .describe('What goes to bridge/logging'),
      })
      .prefault({}),
  })
  .superRefine(({ gateways, routes }, context) => {
    routes.forEach((route, i) => {
      route.gateways.forEach((id, j) => {
        if (gateways[id] === undefined)
          context.addIssue({
            code: 'custom',
            path: ['routes', i, 'gateways', j],
            message: `there is no gateway "${id}"`,
          })
      })
    })
  })

export type Config = z.infer<typeof Config>
export type GatewayConfig = z.infer<typeof Gateway>
