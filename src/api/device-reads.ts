import * as z from 'zod'
import { may } from '../message/rights.ts'
import { deviceSummary, summaryOf } from './device-summary.ts'
import { id } from './inputs.ts'
import { deviceOf, notOverMqtt, operation } from './operation.ts'

const value = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** Devices as the HTTP interface reads them: everyone sees those that are theirs. */
export const deviceReads = {
  'device/find': operation({
    summary: 'devices by their ids, a page at a time, or those with some words in id, name or profile',
    surfaces: notOverMqtt,
    action: () => ({ act: 'see_hub' }),
    input: z.strictObject({
      limit: z.coerce.number().int().min(1).max(100).default(50),
      cursor: id.optional(),
      profile: z.string().max(128).optional(),
      q: z.string().max(128).optional(),
    }),
    output: z.strictObject({ data: z.array(deviceSummary), next: z.string().nullable() }),
    async run({ limit, cursor = '', profile, q = '' }, { fleet }, { rights }) {
      const words = q.toLowerCase().split(/\s+/)
      const found = [...fleet.devices.values()]
        .filter((device) => device.id > cursor && (profile === undefined || device.profile.id === profile))
        .filter((device) => rights === null || may(rights, { act: 'see', device: device.id }))
        .filter(({ id: own, name, profile: { id: of } }) => {
          const all = `${own} ${name} ${of}`.toLowerCase()
          return words.every((word) => all.includes(word))
        })
        .sort((a, b) => (a.id < b.id ? -1 : 1))
      // Numbers are for those who may see all texts.
      const seesNumbers = rights === null || may(rights, { act: 'see_texts' })
      const data = found.slice(0, limit).map((device) => summaryOf(device, fleet, seesNumbers))
      return { data, next: found.length > limit ? (data.at(-1)?.id ?? null) : null }
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
