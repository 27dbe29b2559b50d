import * as z from 'zod'
import { shownConfig } from '../config/shown-config.ts'
import { Fault } from '../message/fault.ts'
import { orScalar } from './inputs.ts'
import { notOverMqtt, operation } from './operation.ts'
import { nothing } from './outputs.ts'
import { healthPayload, time } from './payloads.ts'

const levels = ['error', 'warn', 'info', 'debug'] as const
/** `warning` is a level of Zigbee2MQTT. */
const plain = (value: unknown) => (value === 'warning' ? 'warn' : value)
const level = z.preprocess(plain, z.enum(levels))

export const logPage = z.strictObject({
  /** What the program itself writes. */
  level: z.string(),
  lines: z.array(
    z.strictObject({ seq: z.number().int(), time, level: z.enum(levels), name: z.string(), message: z.string() }),
  ),
})

export const ownMap = z.strictObject({
  map: z.strictObject({ tiles: z.string(), attribution: z.string() }).nullable(),
})

/** The program itself. */
export const hubOperations = {
  health_check: operation({
    summary: 'the health of the hub',
    action: () => ({ act: 'see_hub' }),
    input: z.looseObject({}),
    output: healthPayload,
    run: async (_data, deps) => (await deps.health()) as z.input<typeof healthPayload>,
  }),
  log_level: operation({
    role: 'home_assistant',
    summary: 'the level of the log and of bridge/logging until the next start',
    input: orScalar(
      'level',
      z
        .strictObject({
          level: level.optional(),
          mqtt: z.preprocess(plain, z.enum(['none', ...levels])).optional(),
        })
        .refine((data) => Object.keys(data).length > 0, `name a level: ${levels.join(', ')}`),
    ),
    output: z.strictObject({ level: level.optional(), mqtt: z.enum(['none', ...levels]).optional() }),
    async run(data, { setLogLevel, setMqttLevel, log }, asker) {
      if (data.level !== undefined) setLogLevel(data.level)
      if (data.mqtt !== undefined) setMqttLevel(data.mqtt)
      log('info', `log level: ${JSON.stringify(data)} (${asker.name})`)
      return data
    },
  }),
  'log/list': operation({
    summary: 'the latest lines of the log, or those after a number; lines of every level are there',
    surfaces: notOverMqtt,
    input: z.strictObject({
      after: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(1_000).default(200),
    }),
    output: logPage,
    run: async ({ after, limit }, { logLines, logLevel }) => ({
      level: logLevel(),
      lines: [...logLines(after, limit)],
    }),
  }),
  'map/get': operation({
    summary: 'the map that the owner has configured for the page; null for none',
    surfaces: notOverMqtt,
    action: () => ({ act: 'see_hub' }),
    input: z.strictObject({}),
    output: ownMap,
    run: async (_data, { config: { http } }) => ({ map: http.map ?? null }),
  }),
  'config/get': operation({
    summary: 'the configuration in use with its defaults, secrets masked; devices and contacts have lists of their own',
    surfaces: notOverMqtt,
    input: z.strictObject({}),
    output: z.strictObject({ version: z.string(), config: z.record(z.string(), z.unknown()) }),
    run: async (_data, { version, config }) => ({ version, config: shownConfig(config) }),
  }),
  restart: operation({
    role: 'home_assistant',
    summary: 'stop the hub with exit code 75: systemd, Docker or the Supervisor start it again',
    input: z.strictObject({}),
    output: nothing,
    async run(_data, { restart, log }, asker) {
      // A broker or client that repeats the request without its answer would restart the hub for ever.
      if (asker.delivery?.duplicate || asker.waited)
        throw new Fault('ttl_expired', 'this request is from before the last start; publish it again if it is wanted')
      restart()
      log('warn', `a restart was requested (${asker.name})`)
      return {}
    },
  }),
  backup: operation({
    summary: 'copy store, configuration, secrets and profiles into the folder backups of the data folder',
    input: z.strictObject({}),
    output: z.strictObject({ folder: z.string(), file: z.string() }),
    async run(_data, { backup, log }, asker) {
      const folder = await backup()
      log('info', `backup: ${folder} (${asker.name})`)
      return { folder, file: `${folder}/smshub.db` }
    },
  }),
  'clock/accept': operation({
    summary: 'accept the clock, though the store has later times: what waits for it is sent or expires',
    input: z.strictObject({}),
    output: z.strictObject({ moved: z.number().int() }),
    async run(_data, { acceptClock, log }, asker) {
      const { moved } = await acceptClock()
      log('warn', `the clock is accepted; ${moved} times ahead of it are moved (${asker.name})`)
      return { moved }
    },
  }),
  'homeassistant/rediscover': operation({
    summary: 'announce everything to Home Assistant again',
    input: z.looseObject({}),
    output: nothing,
    async run(_data, deps) {
      await deps.rediscover('again')
      return {}
    },
  }),
  'homeassistant/clear': operation({
    summary: 'withdraw everything that was announced to Home Assistant',
    input: z.looseObject({}),
    output: nothing,
    async run(_data, deps) {
      await deps.rediscover('clear')
      return {}
    },
  }),
}
