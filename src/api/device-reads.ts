import * as z from 'zod'
import { may } from '../message/rights.ts'
import { cursorsOf } from './cursor.ts'
import { deviceStates, isFound } from './device-finding.ts'
import { deviceRow, rowOf } from './device-view.ts'
import { id } from './inputs.ts'
import { deviceOf, notOverMqtt, operation } from './operation.ts'

export const deviceCursors = cursorsOf('devices', /^.{1,64}$/su)

const unseen = { lastSeen: null, online: true }
const value = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** Of single devices, with commas between them. */
const ids = z
  .string()
  .max(6_500)
  .transform((text) => [...new Set(text.split(','))])
  .pipe(z.array(id).min(1).max(100))

/** Devices as the HTTP interface reads them: everyone sees those that are theirs. */
export const deviceReads = {
  'device/find': operation({
    summary: 'devices by their ids, a page at a time, or those with some words in id, name, profile, model or number',
    surfaces: notOverMqtt,
    action: () => ({ act: 'see_hub' }),
    input: z.strictObject({
      limit: z.coerce.number().int().min(1).max(100).default(50),
      cursor: deviceCursors.given,
      profile: z.string().max(128).optional(),
      gateway: id.optional(),
      state: z.enum(deviceStates).optional(),
      q: z.string().max(128).optional(),
      ids: ids.optional(),
    }),
    output: z.strictObject({ total: z.int(), data: z.array(deviceRow), next: z.string().nullable() }),
    async run({ limit, cursor, q = '', ids, ...filter }, { fleet, store }, { rights, wanted }) {
      const silent = filter.state === undefined ? [] : await store.read('silentDevices', {}, wanted)
      const named = ids?.toSorted().flatMap((one) => fleet.devices.get(one) ?? [])
      const found = (named ?? fleet.ordered).filter(isFound({ ...filter, q }, new Set(silent), rights))
      const last = deviceCursors.placeOf(cursor) ?? ''
      const first = found.findIndex((device) => device.id > last)
      const page = first < 0 ? [] : found.slice(first, first + limit)
      const presences = await store.read('presences', { devices: page.map((device) => device.id) }, wanted)
      // Numbers are for those who may see all texts.
      const seesNumbers = rights === null || may(rights, { act: 'see_texts' })
      const data = page.map((device) => rowOf(device, presences[device.id] ?? unseen, fleet, seesNumbers))
      const isEnd = first < 0 || first + limit >= found.length
      return { total: found.length, data, next: deviceCursors.next(isEnd ? null : (page.at(-1)?.id ?? null)) }
    },
  }),
  'device/state': operation({
    summary: 'the state of a device: its known values',
    surfaces: notOverMqtt,
    action: ({ device }) => ({ act: 'see', device }),
    input: z.strictObject({ device: id }),
    output: z.strictObject({ device: id, state: z.record(z.string(), value) }),
    async run({ device }, { fleet, store }) {
      deviceOf(device, fleet)
      return { device, state: { ...(await store.run('deviceState', { device })) } }
    },
  }),
}
