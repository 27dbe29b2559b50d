import * as z from 'zod'
import { Fault } from '../message/fault.ts'
import { orScalar } from './inputs.ts'
import { request } from './operation.ts'

const levels = ['error', 'warn', 'info', 'debug'] as const
/** `warning` is what Zigbee2MQTT says. */
const plain = (value: unknown) => (value === 'warning' ? 'warn' : value)
const level = z.preprocess(plain, z.enum(levels))

/** Requests about the program itself. */
export const hubRequests = {
  health_check: request({
    summary: 'how the hub is',
    schema: z.looseObject({}),
    run: (_data, rooms) => rooms.health(),
  }),
  log_level: request({
    summary: 'what is logged until the next start, and what of it goes to bridge/logging',
    schema: orScalar(
      'level',
      z
        .strictObject({
          level: level.optional(),
          mqtt: z.preprocess(plain, z.enum(['none', ...levels])).optional(),
        })
        .refine((data) => Object.keys(data).length > 0, `name a level: ${levels.join(', ')}`),
    ),
    async run(data, { setLogLevel, setMqttLevel, log }, asker) {
      if (data.level !== undefined) setLogLevel(data.level)
      if (data.mqtt !== undefined) setMqttLevel(data.mqtt)
      log('info', `log level: ${JSON.stringify(data)} (${asker.name})`)
      return data
    },
  }),
  restart: request({
    summary: 'end the hub in order, with exit code 75: systemd, Docker or the Supervisor start it again',
    schema: z.strictObject({}),
    async run(_data, { restart, log }, asker) {
      // Asked once more by a broker or client that did not hear the answer, it would restart for ever.
      if (asker.delivery?.duplicate || asker.waited)
        throw new Fault('ttl_expired', 'this request is from before the last start; publish it again if it is wanted')
      restart()
      log('warn', `a restart was asked for (${asker.name})`)
      return {}
    },
  }),
  backup: request({
    summary: 'copy store, configuration, secrets and profiles into the folder backups of the data folder',
    schema: z.strictObject({}),
    async run(_data, { backup, log }, asker) {
      const folder = await backup()
      log('info', `backup: ${folder} (${asker.name})`)
      return { folder, file: `${folder}/smshub.db` }
    },
  }),
  'clock/accept': request({
    summary: 'the clock is right, though the store knows a later time: what waits for it goes out or expires',
    schema: z.strictObject({}),
    async run(_data, { acceptClock, log }, asker) {
      const { moved } = await acceptClock()
      log('warn', `the clock is accepted; ${moved} times that lay ahead of it are moved (${asker.name})`)
      return { moved }
    },
  }),
  'homeassistant/rediscover': request({
    summary: 'announce everything to Home Assistant again',
    schema: z.looseObject({}),
    async run(_data, rooms) {
      await rooms.rediscover('again')
      return {}
    },
  }),
  'homeassistant/clear': request({
    summary: 'take back everything that was announced to Home Assistant',
    schema: z.looseObject({}),
    async run(_data, rooms) {
      await rooms.rediscover('clear')
      return {}
    },
  }),
}
