import * as z from 'zod'
import { rulePattern } from '../device/draft/draft-pattern.ts'
import { readPattern } from '../device/draft/read-pattern.ts'
import { readText } from '../device/receive/read.ts'
import { makeTrial, nearestOwn } from '../device/receive/try.ts'
import { Fault } from '../message/fault.ts'
import { isoTime } from '../message/result.ts'
import { assertRevision, revisionOf } from './device-revision.ts'
import { id } from './inputs.ts'
import { deviceOf, notOverMqtt, operation } from './operation.ts'
import { value } from './payloads.ts'

const values = z.record(z.string(), value)
const text = z.string().min(1).max(2_000)
const ruleName = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be small letters, digits and _, like door_opened')

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

export const ruleDraft = z.strictObject({ pattern: z.string(), values })

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
  'device/rule': operation({
    summary: 'keep a pattern as a message of a device, with the text that it is for as its example',
    surfaces: notOverMqtt,
    input: z.strictObject({ id, name: ruleName, pattern: text, text }),
    output: z.strictObject({ id, message: z.string() }),
    async run({ id: device, name, pattern, text: example }, deps, asker) {
      const { fleet, log } = deps
      const revision = revisionOf(deviceOf(device, fleet), deps)
      if (readPattern(pattern, example) === null)
        throw new Fault('invalid_payload', 'pattern: does not read the text that it is for')
      const own = fleet.rowOf(device)?.messages as Readonly<Record<string, unknown>> | undefined
      const messages = { ...own, [name]: { text: pattern, examples: [{ text: example }] } }
      await fleet.update(device, { messages }, (present) => assertRevision(present, revision, deps))
      log('info', `${device} has the message ${name} (${asker.name})`)
      return { id: device, message: name }
    },
  }),
  'device/draft': operation({
    summary: 'a pattern for a text that the profile of a device does not know, and what it reads; device/rule keeps it',
    surfaces: notOverMqtt,
    input: z.strictObject({ id, text }),
    output: ruleDraft,
    async run({ id: name, text: given }, { fleet }) {
      deviceOf(name, fleet)
      const pattern = rulePattern(given.trim(), readPattern)
      const read = readPattern(pattern, given)
      if (read === null) throw new Fault('invalid_payload', 'no pattern can be made of this text')
      return { pattern, values: { ...read } as z.input<typeof values> }
    },
  }),
}
