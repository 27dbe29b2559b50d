import * as z from 'zod'
import { stateKeysOf } from '../device/describe/state-fields.ts'
import type { Erased } from '../ledger/erase.ts'
import type { Subject } from '../ledger/history.ts'
import { Fault } from '../message/fault.ts'
import { orScalar } from './inputs.ts'
import { type Data, type RequestRooms, request } from './operation.ts'
import { subjectOf } from './subject.ts'

const name = z.string().min(1).max(128)
const whom = { about: name.optional(), device: name.optional(), number: name.optional(), contact: name.optional() }

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 }
const momentWords = 'must be an age like 12h or 7d, or a time like 2026-12-24 or 2026-12-24T18:00:00Z'
/** An age like `7d`, or a time. */
const moment = z.string().refine((text) => momentOf(text, 0) !== null, momentWords)

function momentOf(text: string, now: number): number | null {
  const age = /^(\d{1,5})\s*([mhdw])$/.exec(text)
  if (age !== null) return now - Number(age[1]) * (units[age[2] as string] ?? 0)
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? null : time
}

/** Requests about what happened. */
export const historyRequests = {
  history: request({
    summary: 'commands and texts of a device, number or contact, or of all, the newest first, a page at a time',
    schema: orScalar(
      'about',
      z.strictObject({
        ...whom,
        since: moment.default('7d'),
        until: moment.optional(),
        limit: z.coerce.number().int().min(1).max(500).default(100),
        cursor: z
          .string()
          .regex(/^\d{1,16}\.\d{1,16}$/, 'must be the "next" of the page before')
          .optional(),
      }),
    ),
    async run({ since, until, limit, cursor, ...named }, rooms) {
      const { name: _, ...subject } = subjectOf(named, rooms)
      const now = rooms.now()
      const span = {
        since: momentOf(since, now) ?? 0,
        until: until === undefined ? now + 1 : (momentOf(until, now) ?? now),
      }
      return { ...(await rooms.store.run('history', { ...subject, ...span, limit, cursor: cursor ?? null })) }
    },
  }),
  'privacy/erase': request({
    summary: 'erase everything that is kept of a device, number or contact; confirm repeats its name',
    schema: z.strictObject({ ...whom, confirm: name }),
    async run({ confirm, ...named }, rooms, asker) {
      const { name: subject, ...of } = subjectOf(named, rooms)
      if (subject === '') throw new Fault('invalid_payload', 'name a device, number or contact')
      if (confirm !== subject) throw new Fault('not_allowed', `"confirm": ${JSON.stringify(subject)} is needed`)
      const erased = await eraseAll(of, rooms)
      rooms.log('warn', `everything kept of ${subject} was erased (${asker.name})`)
      return erased
    },
  }),
}

/** Erases what the store keeps; the answer names the backups, which still hold it. */
export async function eraseAll(subject: Subject, rooms: RequestRooms): Promise<Data & Erased> {
  const device = subject.device === null ? undefined : rooms.fleet.devices.get(subject.device)
  const fields = device === undefined ? null : stateKeysOf(device)
  const baseTopic = rooms.config.mqtt.base_topic
  const erased = await rooms.store.run('erase', { ...subject, baseTopic, fields, now: rooms.now() })
  return { ...erased, backups: rooms.backups() }
}
