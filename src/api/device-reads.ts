import * as z from 'zod'
import type { Device } from '../device/device.ts'
import { may } from '../message/rights.ts'
import { cursorsOf } from './cursor.ts'
import { deviceRow, rowOf } from './device-view.ts'
import { id } from './inputs.ts'
import { deviceOf, notOverMqtt, operation } from './operation.ts'

export const deviceCursors = cursorsOf('devices', /^.{1,64}$/su)

/** Whether a device has been silent for too long. */
export const deviceStates = ['online', 'offline'] as const
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
    output: z.strictObject({ data: z.array(deviceRow), next: z.string().nullable() }),
    async run({ limit, cursor, profile, gateway, state, q = '', ids }, { fleet, store }, { rights }) {
      const last = deviceCursors.placeOf(cursor) ?? ''
      const words = q.toLowerCase().split(/\s+/)
      const seesNumbers = rights === null || may(rights, { act: 'see_texts' })
      const silent = state === undefined ? null : new Set(await store.read('silentDevices', {}))
      const all = ids === undefined ? [...fleet.devices.values()] : ids.flatMap((one) => fleet.devices.get(one) ?? [])
      const found = all
        .filter((device) => device.id > last && (profile === undefined || device.profile.id === profile))
        .filter((device) => gateway === undefined || device.gateway === gateway)
        .filter((device) => silent === null || stateOf(device, silent) === state)
        .filter((device) => rights === null || may(rights, { act: 'see', device: device.id }))
        .filter((device) => {
          const own = q === '' ? '' : wordsOf(device, seesNumbers)
          return q === '' || words.every((word) => own.includes(word))
        })
        .sort((a, b) => (a.id < b.id ? -1 : 1))
      const page = found.slice(0, limit)
      const presences = await store.read('presences', { devices: page.map((device) => device.id) })
      // Numbers are for those who may see all texts.
      const data = page.map((device) => rowOf(device, presences[device.id] ?? unseen, fleet, seesNumbers))
      return { data, next: deviceCursors.next(found.length > limit ? (data.at(-1)?.id ?? null) : null) }
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

/** A device that sends nothing regularly is neither. */
const stateOf = ({ id: name, expected }: Device, silent: ReadonlySet<string>): (typeof deviceStates)[number] | null =>
  expected === null ? null : silent.has(name) ? 'offline' : 'online'

/** What a search finds it by, in small letters. */
function wordsOf({ id: name, name: shown, profile, numbers }: Device, seesNumbers: boolean): string {
  const { manufacturer, family } = profile.row
  return [name, shown, profile.id, manufacturer, family, ...(seesNumbers ? numbers : [])].join(' ').toLowerCase()
}
