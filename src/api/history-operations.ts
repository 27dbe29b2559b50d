import * as z from 'zod'
import { stateKeysOf } from '../device/describe/state-fields.ts'
import { type Subject, seesAll } from '../ledger/about.ts'
import type { HistoryEntry } from '../ledger/lists/history.ts'
import { Fault } from '../message/fault.ts'
import { historyStatuses } from '../message/status.ts'
import { orScalar } from './inputs.ts'
import { filterOf, filters, messageCursors, pageOf, whom } from './list-filter.ts'
import { moment } from './moment.ts'
import { type ApiDeps, operation } from './operation.ts'
import { erasure } from './outputs.ts'
import { subjectOf } from './subject.ts'

const cursors = messageCursors('history')

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
        ...filters(historyStatuses),
        since: moment.default('7d'),
        limit: z.coerce.number().int().min(1).max(500).default(100),
        cursor: cursors.given,
      }),
    ),
    output: z.strictObject({ entries: z.array(entry), next: z.string().nullable() }),
    async run({ limit, cursor, ...given }, deps, { wanted }) {
      const filter = filterOf(given, seesAll, deps)
      return pageOf<HistoryEntry>((query) => deps.store.read('history', query, wanted), filter, limit, cursors, cursor)
    },
  }),
  'privacy/erase': operation({
    summary: 'erase everything stored of a device, number or contact; confirm repeats its name',
    input: z.strictObject({ ...whom, confirm: z.string().min(1).max(128) }),
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
