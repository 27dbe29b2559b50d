import * as z from 'zod'
import { stateKeysOf } from '../device/describe/state-fields.ts'
import type { Subject } from '../ledger/history.ts'
import { Fault } from '../message/fault.ts'
import { orScalar } from './inputs.ts'
import { type ApiDeps, operation } from './operation.ts'
import { erasure } from './outputs.ts'
import { spanMs } from './spans.ts'
import { subjectOf } from './subject.ts'

const name = z.string().min(1).max(128)
const whom = { about: name.optional(), device: name.optional(), number: name.optional(), contact: name.optional() }

const momentWords = 'must be an age like 12h or 7d, or a time like 2026-12-24 or 2026-12-24T18:00:00Z'
/** An age like `7d`, or a time. */
const moment = z.string().refine((text) => momentOf(text, 0) !== null, momentWords)

function momentOf(text: string, now: number): number | null {
  const age = spanMs(text)
  if (age !== null) return now - age
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? null : time
}

/** A command, a sent text, or a received one. Secrets are masked. */
const entry = z.strictObject({
  at: z.iso.datetime(),
  direction: z.enum(['out', 'in']),
  id: z.string(),
  device: z.string().nullable(),
  number: z.string().nullable(),
  command: z.string().nullable(),
  text: z.string().nullable(),
  status: z.string(),
  ok: z.boolean().nullable(),
  reply: z.string().nullable(),
  error: z.string().nullable(),
  gateway: z.string().nullable(),
})

/** History. */
export const historyOperations = {
  history: operation({
    summary: 'commands and texts of a device, number or contact, or of all, the newest first, a page at a time',
    input: orScalar(
      'about',
      z.strictObject({
        ...whom,
        since: moment.default('7d'),
        until: moment.optional(),
        limit: z.coerce.number().int().min(1).max(500).default(100),
        cursor: z
          .string()
          .regex(/^\d{1,16}\.\d{1,16}$/, 'must be the "next" of the previous page')
          .optional(),
      }),
    ),
    output: z.strictObject({ entries: z.array(entry), next: z.string().nullable() }),
    async run({ since, until, limit, cursor, ...named }, deps) {
      const { name: _, ...subject } = subjectOf(named, deps)
      const now = deps.now()
      const span = {
        since: momentOf(since, now) ?? 0,
        until: until === undefined ? now + 1 : (momentOf(until, now) ?? now),
      }
      return { ...(await deps.store.run('history', { ...subject, ...span, limit, cursor: cursor ?? null })) }
    },
  }),
  'privacy/erase': operation({
    summary: 'erase everything stored of a device, number or contact; confirm repeats its name',
    input: z.strictObject({ ...whom, confirm: name }),
    output: erasure,
    async run({ confirm, ...named }, deps, asker) {
      const { name: subject, ...of } = subjectOf(named, deps)
      if (subject === '') throw new Fault('invalid_payload', 'name a device, number or contact')
      if (confirm !== subject) throw new Fault('not_allowed', `"confirm": ${JSON.stringify(subject)} is needed`)
      const erased = await eraseAll(of, deps)
      deps.log('warn', `everything stored of ${subject} was erased (${asker.name})`)
      return erased
    },
  }),
}

/** Erases data in the store; the answer lists the backups, which still contain it. */
export async function eraseAll(subject: Subject, deps: ApiDeps): Promise<z.input<typeof erasure>> {
  const device = subject.device === null ? undefined : deps.fleet.devices.get(subject.device)
  const fields = device === undefined ? null : stateKeysOf(device)
  const address = subject.device === null ? null : `${deps.config.mqtt.base_topic}/${subject.device}`
  const erased = await deps.store.run('erase', { ...subject, address, fields, now: deps.now() })
  return { ...erased, backups: [...deps.backups()] }
}
