import * as z from 'zod'
import type { ProfileFiles } from '../config/profiles.ts'
import { didYouMean } from '../device/nearest.ts'
import type { DeviceRow } from '../fleet/fleet.ts'
import { Fault } from '../message/fault.ts'
import type { Publish } from '../message/publish.ts'
import type { Enqueued } from '../store/enqueue.ts'
import { deviceOptions } from './device-options.ts'
import { gatewayRequests } from './gateway-requests.ts'
import { hubRequests } from './hub-requests.ts'
import { abilitiesOf } from './pages.ts'
import { queueRequests } from './queue-requests.ts'
import { type Data, type Request, type RequestRooms, request, unknownDevice } from './request.ts'
import { assertNoSecrets } from './secrets.ts'

const id = z.string().min(1).max(64)
const row = z.looseObject({ id })
const devicesOf = z.union([z.object({ devices: z.array(row).min(1).max(5_000) }), row])
const nothing = z.looseObject({})
/** A scalar is what the request is about (as Zigbee2MQTT takes it). */
const one = z.preprocess((value) => (typeof value === 'string' ? { id: value } : value), z.looseObject({ id }))
const several = z.preprocess(
  (value) => (typeof value === 'string' ? { ids: [value] } : value),
  z.union([z.object({ ids: z.array(id).min(1).max(5_000) }), row.transform((value) => ({ ids: [value.id] }))]),
)

/** `bridge/request/<path>`: every path with what it takes. Schemas, answers and documentation are made from it. */
export const requests = {
  health_check: request({
    summary: 'how the hub is',
    schema: nothing,
    run: (_data, rooms) => rooms.health(),
  }),
  'device/list': request({
    summary: 'devices, a page at a time',
    schema: z.object({
      page: z.coerce.number().int().min(1).default(1),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    async run({ page, limit }, { fleet }) {
      const all = [...fleet.devices.values()]
      const devices = all.slice((page - 1) * limit, page * limit).map(({ id: device, name, profile }) => {
        return { id: device, name, profile: profile.id, removable: fleet.rowOf(device) !== null }
      })
      return { page, pages: Math.max(1, Math.ceil(all.length / limit)), total: all.length, devices }
    },
  }),
  'device/get': request({
    summary: 'one device and what it can do',
    schema: one,
    async run({ id: name }, { fleet }) {
      const device = fleet.devices.get(name)
      if (device === undefined) throw unknownDevice(name, fleet)
      return { id: device.id, name: device.name, profile: device.profile.id, ...abilitiesOf(device) }
    },
  }),
  'device/add': request({
    summary: 'add a device, or many, as `devices:` in smshub.yaml holds them; all or none',
    schema: devicesOf,
    async run(data, { fleet, profiles }) {
      const rows = tableOf(data, profiles)
      await fleet.add(rows)
      return { ids: [...rows.keys()] }
    },
  }),
  'device/update': request({
    summary: 'change keys of a device; null takes one away',
    schema: row,
    async run({ id: name, ...change }, { fleet, profiles }) {
      const profile = change.profile ?? fleet.devices.get(name)?.profile.id
      assertNoSecrets(name, { ...change, profile }, profiles)
      await fleet.update(name, change)
      return { id: name }
    },
  }),
  'device/options': deviceOptions,
  'device/rename': request({
    summary: 'change the name that people see; topics stay',
    schema: z.object({ id, name: z.string().min(1).max(128) }),
    async run({ id: device, name }, { fleet }) {
      await fleet.update(device, { name })
      return { id: device, name }
    },
  }),
  'device/remove': request({
    summary: 'remove a device, or many, with everything that is retained of them',
    schema: several,
    async run({ ids }, { fleet }) {
      await fleet.remove(ids)
      return { ids }
    },
  }),
  'device/command': request({
    summary: 'a command of a device; the answer says under which id its results come',
    schema: z.looseObject({ device: id, command: z.string().min(1) }),
    async run({ device, ...payload }, rooms, publish) {
      return commandsOf(await rooms.takeIn(as(publish, `${device}/command`, payload)))
    },
  }),
  'sms/send': request({
    summary: 'a text to a number or a contact',
    schema: z.looseObject({}),
    async run(payload, rooms, publish) {
      return commandsOf(await rooms.takeIn(as(publish, 'sms/send', payload)))
    },
  }),
  'sms/get': request({
    summary: 'what became of a command or text, by command_id or message_id',
    schema: one,
    async run({ id: name }, { store, now }) {
      return known(await store.run('findCommand', { id: name, now: now() }), name)
    },
  }),
  'sms/cancel': request({
    summary: 'take a command or text out of the queue, as long as it has not left',
    schema: one,
    async run({ id: name }, { store, now }) {
      const found = known(await store.run('cancelCommand', { id: name, now: now() }), name)
      if (found.status !== 'cancelled') throw new Fault('not_allowed', `it is ${found.status} already`, { id: name })
      return found
    },
  }),
  ...queueRequests,
  ...gatewayRequests,
  'homeassistant/rediscover': request({
    summary: 'announce everything to Home Assistant again',
    schema: nothing,
    async run(_data, rooms) {
      await rooms.rediscover('again')
      return {}
    },
  }),
  'homeassistant/clear': request({
    summary: 'take back everything that was announced to Home Assistant',
    schema: nothing,
    async run(_data, rooms) {
      await rooms.rediscover('clear')
      return {}
    },
  }),
  ...hubRequests,
} as const satisfies Readonly<Record<string, Request>>

export const requestPaths: readonly string[] = Object.keys(requests)

/** Carries a request out. Fails with `invalid_payload`, naming what is wrong, and with whatever the act fails with. */
export async function answer(path: string, data: unknown, publish: Publish, rooms: RequestRooms): Promise<Data> {
  if (!Object.hasOwn(requests, path)) {
    const meant = didYouMean(path, requestPaths)
    throw new Fault(
      'unknown_command',
      `there is no request "${path}"${meant || `; there is ${requestPaths.join(', ')}`}`,
    )
  }
  const { schema, run } = requests[path as keyof typeof requests]
  const parsed = schema.safeParse(data)
  if (parsed.success) return run(parsed.data as never, rooms, publish)
  const issue = parsed.error.issues[0]
  throw new Fault('invalid_payload', `${[path, ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'is wrong'}`)
}

function tableOf(data: z.output<typeof devicesOf>, profiles: ProfileFiles): Map<string, DeviceRow> {
  const rows = Array.isArray(data.devices) ? (data.devices as z.output<typeof row>[]) : [data as z.output<typeof row>]
  const table = new Map<string, DeviceRow>()
  for (const { id: name, ...config } of rows) {
    if (table.has(name)) throw new Fault('duplicate', `device ${name} is in the list twice`, { device: name })
    assertNoSecrets(name, config, profiles)
    table.set(name, config)
  }
  return table
}

function known(found: Data | null, name: string): Data {
  if (found === null) throw new Fault('unknown_command', `there is no command or text "${name}"`, { id: name })
  return found
}

/** The request as the publish that it stands for. */
function as(publish: Publish, topic: string, payload: Readonly<Record<string, unknown>>): Publish {
  const { transaction: _, ...rest } = payload
  return { ...publish, topic, payload: new TextEncoder().encode(JSON.stringify(rest)), response: null }
}

function commandsOf(enqueued: Enqueued | null): Data {
  return { repeated: enqueued?.repeated ?? false, commands: enqueued?.commands ?? [] }
}
