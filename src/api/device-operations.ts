import * as z from 'zod'
import type { Config } from '../config/schema.ts'
import { normaliseNumber } from '../device/parameters/numbers.ts'
import type { DeviceRow, Fleet } from '../fleet/fleet.ts'
import { type Asker, acceptCommand } from '../message/accepted.ts'
import { Fault } from '../message/fault.ts'
import { deviceOptions } from './device-options.ts'
import { assertRevision, shownDevice } from './device-revision.ts'
import { deviceSummary, summaryOf } from './device-summary.ts'
import { eraseAll } from './history-operations.ts'
import { id, one } from './inputs.ts'
import { assertNoSecrets } from './no-secrets.ts'
import { type ApiDeps, deviceOf, operation, thisMachine } from './operation.ts'
import { queued } from './outputs.ts'
import { queuedCommand } from './queued-command.ts'
import { subjectOf } from './subject.ts'

const row = z.looseObject({ id })
/** Only this revision of a device is changed. */
const revision = z.string().max(64).optional()
const devicesOf = z.union([z.object({ devices: z.array(row).min(1).max(5_000) }), row])
const erase = z.boolean().default(false)
const several = z.preprocess(
  (value) => (typeof value === 'string' ? { ids: [value] } : value),
  z.union([
    z.object({ ids: z.array(id).min(1).max(5_000), erase, revision: z.undefined().optional() }),
    z.object({ id, erase, revision }).transform(({ id: one, ...rest }) => ({ ...rest, ids: [one] })),
  ]),
)

/** Devices of the running hub. */
export const deviceOperations = {
  'device/list': operation({
    summary: 'devices, a page at a time',
    input: z.object({
      page: z.coerce.number().int().min(1).default(1),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    output: z.strictObject({
      page: z.number().int(),
      pages: z.number().int(),
      total: z.number().int(),
      devices: z.array(deviceSummary),
    }),
    async run({ page, limit }, { fleet }, { surface }) {
      const all = [...fleet.devices.values()]
      // No numbers for a broker.
      const devices = all
        .slice((page - 1) * limit, page * limit)
        .map((device) => summaryOf(device, fleet, surface === 'local'))
      return { page, pages: Math.max(1, Math.ceil(all.length / limit)), total: all.length, devices }
    },
  }),
  'device/get': operation({
    summary: 'one device and what it can do',
    action: ({ id: device }) => ({ act: 'see', device }),
    input: one,
    output: z.looseObject({ id, name: z.string(), profile: z.string(), revision: z.string(), removable: z.boolean() }),
    run: async ({ id: name }, deps) => shownDevice(deviceOf(name, deps.fleet), deps),
  }),
  'device/add': operation({
    summary: 'add a device, or many, as `devices:` in smshub.yaml holds them; all or none',
    input: devicesOf,
    output: z.strictObject({ ids: z.array(id) }),
    async run(data, deps, { surface }) {
      const rows = tableOf(data)
      for (const [name, row] of rows) assertMayChange(name, row, row.profile, deps, surface)
      await deps.fleet.add(rows)
      return { ids: [...rows.keys()] }
    },
  }),
  'device/update': operation({
    summary: 'change keys of a device; null takes one away',
    input: row.extend({ revision }),
    output: z.strictObject({ id }),
    async run({ id: name, revision = null, ...change }, deps, { surface }) {
      const { fleet } = deps
      assertMayChange(name, change, change.profile ?? fleet.devices.get(name)?.profile.id, deps, surface)
      await fleet.update(name, change, (device) => assertRevision(device, revision, deps))
      return { id: name }
    },
  }),
  'device/options': deviceOptions,
  'device/rename': operation({
    summary: 'change the display name; topics stay',
    input: z.object({ id, name: z.string().min(1).max(128) }),
    output: z.strictObject({ id, name: z.string() }),
    async run({ id: device, name }, { fleet }) {
      await fleet.update(device, { name })
      return { id: device, name }
    },
  }),
  'device/remove': operation({
    summary: 'remove a device, or many, with everything that is retained of them; erase: true erases their history too',
    input: several,
    output: z.strictObject({ ids: z.array(id), backups: z.array(z.string()).optional() }),
    async run({ ids, erase, revision = null }, deps) {
      const subjects = ids.map((one) => subjectOf({ device: one }, deps))
      await deps.fleet.remove(ids, (device) => assertRevision(device, revision, deps))
      if (!erase) return { ids }
      for (const { name: _, ...subject } of subjects) await eraseAll(subject, deps)
      return { ids, backups: [...deps.backups()] }
    },
  }),
  'device/command': operation({
    summary: 'a command of a device; the answer has the id of its results',
    action: ({ device, command }) => ({ act: 'command', device, command }),
    input: z.looseObject({ device: id, command: z.string().min(1) }),
    output: queued,
    run: async ({ device, ...payload }, { submit }, asker) =>
      queuedCommand(await submit(acceptCommand(asker, device, payload))),
  }),
  'device/import': operation({
    summary: 'add devices, or change existing ones: keys that a row lacks are not changed; all or none',
    surfaces: thisMachine,
    // A local file needs no quota.
    input: z.strictObject({ devices: z.array(row).min(1) }),
    output: z.strictObject({ ids: z.array(id) }),
    async run(data, { fleet }) {
      const rows = tableOf(data)
      await fleet.import(overPresent(rows, fleet))
      return { ids: [...rows.keys()] }
    },
  }),
  'device/export': operation({
    summary: 'the devices in the store, secrets included',
    surfaces: thisMachine,
    input: z.strictObject({}),
    output: z.strictObject({ devices: z.array(row) }),
    async run(_data, { fleet }) {
      const rows = [...fleet.devices.keys()].map((device) => ({ ...fleet.rowOf(device), id: device }))
      return { devices: rows.filter((one) => fleet.rowOf(one.id) !== null) }
    },
  }),
}

/** Keys that a table leaves out are not changed. */
function overPresent(rows: ReadonlyMap<string, DeviceRow>, fleet: Fleet): Map<string, DeviceRow> {
  return new Map(
    [...rows].map(([device, row]) => {
      const present = fleet.rowOf(device) ?? {}
      return [
        device,
        { ...present, ...row, settings: { ...(present.settings as object), ...(row.settings as object) } },
      ]
    }),
  )
}

/** Otherwise any publisher could make the hub text or call any number, and every reader could see a secret. */
function assertMayChange(
  device: string,
  change: DeviceRow,
  profile: unknown,
  { config, profiles }: ApiDeps,
  surface: Asker['surface'],
): void {
  // Over MQTT, messages are seen by all subscribers, and anybody may be allowed to publish.
  if (surface !== 'mqtt') return
  if (change.number !== undefined) assertMayAdd(device, change.number, config)
  assertNoSecrets(device, { ...change, profile }, profiles)
}

function assertMayAdd(device: string, numbers: unknown, { requests, sms }: Config): void {
  if (!requests.add_devices)
    throw new Fault('not_allowed', 'numbers of devices are accepted by MQTT only where requests.add_devices is true', {
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

function tableOf(data: Readonly<Record<string, unknown>>): Map<string, DeviceRow> {
  const rows = Array.isArray(data.devices) ? (data.devices as z.output<typeof row>[]) : [data as z.output<typeof row>]
  const table = new Map<string, DeviceRow>()
  for (const { id: name, ...config } of rows) {
    if (table.has(name)) throw new Fault('duplicate', `device ${name} is in the list twice`, { device: name })
    table.set(name, config)
  }
  return table
}
