import * as z from 'zod'
import { deviceStates } from '../../api/device-finding.ts'
import { deviceCursors } from '../../api/device-reads.ts'
import { deviceRow } from '../../api/device-view.ts'
import { id } from '../../api/inputs.ts'
import { commandKeys } from '../../api/send-operations.ts'
import type { Route } from '../route.ts'
import { Command } from './message-routes.ts'
import { flag, pageKeys, pageOf } from './page-keys.ts'

const params = z.object({ id })
const Device = z
  .looseObject({ id, name: z.string(), profile: z.string(), revision: z.string(), removable: z.boolean() })
  .meta({ id: 'Device' })
const Row = z.looseObject({ id, profile: z.string() }).meta({ id: 'NewDevice' })

/** A table of devices. */
const maxTableOctets = 8 * 1024 * 1024

/** A command that is queued: the answer is how it is now. */
const queues = (rest: Pick<Route, 'path' | 'name' | 'operation' | 'params' | 'body' | 'input'>): Route => ({
  method: 'POST',
  tag: 'devices',
  scope: 'devices:command',
  kind: 'queues',
  status: 202,
  location: ({ commands }) => `/commands/${(commands as readonly { readonly id: string }[])[0]?.id}`,
  shows: ({ result }) => result,
  answer: Command,
  ...rest,
})

export const deviceRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/devices',
    name: 'listDevices',
    tag: 'devices',
    scope: 'devices:read',
    operation: 'device/find',
    kind: 'list',
    query: z.strictObject({
      ...pageKeys(deviceCursors),
      profile: z.string().optional(),
      gateway: id.optional(),
      state: z.enum(deviceStates).optional(),
      q: z.string().optional(),
      ids: z.string().optional(),
    }),
    answer: pageOf(deviceRow.meta({ id: 'DeviceSummary' }), 'DeviceList', { total: z.int() }),
  },
  {
    method: 'POST',
    path: '/devices',
    name: 'addDevice',
    tag: 'devices',
    scope: 'devices:manage',
    operation: 'device/add',
    body: z.union([Row, z.strictObject({ devices: z.array(Row).min(1).max(5_000) })]),
    maxOctets: maxTableOctets,
    status: 201,
    location: ({ ids }) => {
      const [first, ...others] = ids as readonly string[]
      return others.length === 0 ? `/devices/${first}` : null
    },
    answer: z.object({ ids: z.array(id) }).meta({ id: 'AddedDevices' }),
  },
  {
    method: 'GET',
    path: '/devices/:id',
    name: 'getDevice',
    tag: 'devices',
    scope: 'devices:read',
    operation: 'device/get',
    params,
    revision: 'shows',
    answer: Device,
  },
  {
    method: 'PATCH',
    path: '/devices/:id',
    name: 'changeDevice',
    tag: 'devices',
    scope: 'devices:manage',
    operation: 'device/update',
    params,
    revision: 'changes',
    body: z
      .looseObject({})
      .refine((change) => !('id' in change), 'the id of a device stays; its name can be changed')
      .meta({ id: 'DeviceChange' }),
    answer: z.object({ id }).meta({ id: 'ChangedDevice' }),
  },
  {
    method: 'DELETE',
    path: '/devices/:id',
    name: 'removeDevice',
    tag: 'devices',
    scope: 'devices:manage',
    operation: 'device/remove',
    params,
    revision: 'changes',
    query: z.strictObject({ erase: flag.optional() }),
    answer: z.object({ ids: z.array(id), backups: z.array(z.string()).optional() }).meta({ id: 'RemovedDevices' }),
  },
  {
    method: 'GET',
    path: '/devices/:id/options',
    name: 'getDeviceOptions',
    tag: 'devices',
    scope: 'devices:manage',
    operation: 'device/options',
    params,
    answer: z
      .looseObject({ id, options: z.looseObject({}), settings: z.looseObject({}), changeable: z.boolean() })
      .meta({ id: 'DeviceOptions' }),
  },
  {
    method: 'GET',
    path: '/devices/:device/state',
    name: 'getDeviceState',
    tag: 'devices',
    scope: 'devices:read',
    operation: 'device/state',
    params: z.object({ device: id }),
    answer: z
      .object({ device: id, state: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])) })
      .meta({ id: 'DeviceState' }),
  },
  queues({
    path: '/devices/:device/commands/:command',
    name: 'sendCommand',
    operation: 'device/command',
    params: z.object({ device: id, command: z.string().min(1).max(100) }),
    body: z
      .strictObject({ args: z.union([z.record(z.string(), z.unknown()), z.string()]).optional(), ...commandKeys })
      .optional()
      .meta({ id: 'NewCommand' }),
  }),
  queues({
    path: '/devices/:device/set/:property',
    name: 'setProperty',
    operation: 'device/set',
    params: z.object({ device: id, property: id }),
    body: z.strictObject({ value: z.unknown(), ...commandKeys }).meta({ id: 'NewValue' }),
  }),
  queues({
    path: '/devices/:device/get',
    name: 'queryDevice',
    operation: 'device/query',
    params: z.object({ device: id }),
    body: z
      .strictObject({ property: id.optional(), ...commandKeys })
      .optional()
      .meta({ id: 'Query' }),
  }),
]
