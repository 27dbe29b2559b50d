import * as z from 'zod'
import { readText } from '../device/receive/read.ts'
import { makeTrial, nearestOwn } from '../device/receive/try.ts'
import { isoTime } from '../message/result.ts'
import { id } from './inputs.ts'
import { deviceOf, notOverMqtt, operation } from './operation.ts'
import { value } from './payloads.ts'

const values = z.record(z.string(), value)
const text = z.string().min(1).max(2_000)

export const tried = z.strictObject({
  matches: z.array(z.strictObject({ profile: z.string(), message: z.string(), values })),
  nearest: z
    .strictObject({
      profile: z.string(),
      message: z.string(),
      /** Characters that the pattern explains. */
      at: z.number().int(),
      rest: z.string(),
      expected: z.array(z.string()),
    })
    .nullable(),
})

/** Texts of a device, read without being received. */
export const trialOperations = {
  'device/try': operation({
    summary: 'how a text of a device is read: its message and values, or where the nearest pattern stops',
    surfaces: notOverMqtt,
    input: z.strictObject({ id, text }),
    output: tried,
    async run({ id: name, text: given }, { fleet, now }) {
      const device = deviceOf(name, fleet)
      const context = { receivedAt: isoTime(now()), scts: null }
      const own = readText(device, given, context).map(({ message, values: read, secretFields }) => ({
        profile: device.profile.id,
        message,
        values: Object.fromEntries(Object.entries(read).filter(([field]) => !secretFields.includes(field))),
      }))
      if (own.length > 0) return { matches: own, nearest: null }
      const { matches } = makeTrial([device.profile])(given, context)
      const near = matches.length > 0 ? null : nearestOwn(device, given)
      return {
        matches: matches.map(({ profile, message, values: read }) => ({ profile, message, values: { ...read } })),
        nearest: near && {
          profile: near.profile,
          message: near.message,
          at: near.at,
          rest: near.rest,
          expected: [...near.expected],
        },
      }
    },
  }),
}
