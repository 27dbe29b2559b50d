import * as z from 'zod'
import { abilitiesOf } from '../bridge/pages.ts'
import type { ProfileFiles } from '../config/profiles.ts'
import type { Config } from '../config/schema.ts'
import { normaliseNumber } from '../device/parameters/numbers.ts'
import type { DeviceRow } from '../fleet/fleet.ts'
import { acceptCommand } from '../message/accepted.ts'
import { Fault } from '../message/fault.ts'
import { commandsOf } from './commands-of.ts'
import { deviceOptions } from './device-options.ts'
import { eraseAll } from './history-operations.ts'
import { id, one } from './inputs.ts'
import { assertNoSecrets } from './no-secrets.ts'
import { deviceOf, request } from './operation.ts'
import { subjectOf } from './subject.ts'

const row = z.looseObject({ id })
const devicesOf = z.union([z.object({ devices: z.array(row).min(1).max(5_000) }), row])
const erase = z.boolean().default(false)
const several = z.preprocess(
  (value) => (typeof value === 'string' ? { ids: [value] } : value),
  z.union([
    z.object({ ids: z.array(id).min(1).max(5_000), erase }),
    z.object({ id, erase }).transform((value) => ({ ids: [value.id], erase: value.erase })),
  ]),
)

/** Requests about devices, as they are known while the hub runs. */
export const deviceRequests = {
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
      const device = deviceOf(name, fleet)
      return { id: device.id, name: device.name, profile: device.profile.id, ...abilitiesOf(device) }
    },
  }),
  'device/add': request({
    summary: 'add a device, or many, as `devices:` in smshub.yaml holds them; all or none',
    schema: devicesOf,
    async run(data, { config, fleet, profiles }) {
      const rows = tableOf(data, profiles)
      for (const [name, row] of rows) assertMayAdd(name, row.number, config)
      await fleet.add(rows)
      return { ids: [...rows.keys()] }
    },
  }),
  'device/update': request({
    summary: 'change keys of a device; null takes one away',
    schema: row,
    async run({ id: name, ...change }, { config, fleet, profiles }) {
      if (change.number !== undefined) assertMayAdd(name, change.number, config)
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
    summary: 'remove a device, or many, with everything that is retained of them; erase: true forgets their past too',
    schema: several,
    async run({ ids, erase }, rooms) {
      const subjects = ids.map((one) => subjectOf({ device: one }, rooms))
      await rooms.fleet.remove(ids)
      if (!erase) return { ids }
      for (const { name: _, ...subject } of subjects) await eraseAll(subject, rooms)
      return { ids, backups: rooms.backups() }
    },
  }),
  'device/command': request({
    summary: 'a command of a device; the answer says under which id its results come',
    schema: z.looseObject({ device: id, command: z.string().min(1) }),
    async run({ device, ...payload }, rooms, asker) {
      return commandsOf(await rooms.submit(acceptCommand(asker, device, payload)))
    },
  }),
}

/** Whoever may publish could else give the hub any number to text and to call. */
function assertMayAdd(device: string, numbers: unknown, { requests, sms }: Config): void {
  if (!requests.add_devices)
    throw new Fault('not_allowed', 'numbers of devices come by MQTT only where requests.add_devices is true', {
      device,
    })
  const prefixes = requests.allowed_prefixes
  if (prefixes === undefined) return
  for (const number of [numbers ?? []].flat().map(String)) {
    const normal = normaliseNumber(number, sms.region)
    if (prefixes.some((prefix) => normal.startsWith(prefix))) continue
    throw new Fault('not_allowed', `device ${device}: ${number} begins with none of requests.allowed_prefixes`, {
      device,
    })
  }
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
