import * as z from 'zod'
import { numbersOf } from '../config/groups.ts'
import { normaliseNumber } from '../device/parameters/numbers.ts'
import { seesPeople } from '../ledger/about.ts'
import { ofDevice, ofNumber } from '../ledger/conversation-rows.ts'
import type { Filter } from '../ledger/lists/condition.ts'
import type { Asker } from '../message/accepted.ts'
import { Fault } from '../message/fault.ts'
import { cursorsOf } from './cursor.ts'
import { id } from './inputs.ts'
import { filterOf, messageCursors, whom } from './list-filter.ts'
import { messagesOf } from './message-operations.ts'
import { messageSchema, unread } from './message-schema.ts'
import { type ApiDeps, operation } from './operation.ts'
import { ofMessages, sightOf } from './sight.ts'
import { type Named, subjectKeys } from './subject.ts'

const limit = z.coerce.number().int().min(1).max(100).default(50)

/** Messages with one device or number. */
export const conversationSchema = z.strictObject({
  device: z.string().nullable(),
  number: z.string().nullable(),
  /** Of the device or the contact. */
  name: z.string().nullable(),
  messages: z.number().int(),
  unread,
  last: messageSchema,
})

const placePattern = /^(\d{1,16})\.([dn]:.{0,128})$/su
export const conversationsCursors = cursorsOf('conversations', placePattern)
export const conversationCursors = messageCursors('conversation')

/** Texts as a person reads them: by whom they are with. */
export const conversationOperations = {
  'conversation/list': operation({
    ...ofMessages,
    summary: 'conversations by device or number with their last message, the latest first, a page at a time',
    input: z.strictObject({ limit, cursor: conversationsCursors.given }),
    output: z.strictObject({ data: z.array(conversationSchema), next: z.string().nullable() }),
    async run({ limit, cursor }, deps, asker) {
      const [, at, key] = placePattern.exec(conversationsCursors.placeOf(cursor) ?? '') ?? []
      const place = at === undefined || key === undefined ? null : { at: Number(at), key }
      const query = { sight: sightOf(asker), limit, place }
      const { entries, next } = await deps.store.read('conversations', query, asker.wanted)
      const nameOf = namesOf(deps)
      const data = entries.map((entry) => ({ ...entry, name: nameOf(entry) })) as z.input<typeof conversationSchema>[]
      return { data, next: conversationsCursors.next(next === null ? null : `${next.at}.${next.key}`) }
    },
  }),
  'conversation/get': operation({
    ...ofMessages,
    summary: 'messages with a device, number or contact, as a chat: the latest page, its oldest message first',
    input: z.strictObject({ ...whom, limit, cursor: conversationCursors.given }),
    output: z.strictObject({ unread, data: z.array(messageSchema), next: z.string().nullable() }),
    async run({ limit, cursor, ...named }, deps, asker) {
      const filter = withOne(named, deps, asker)
      const { data, next } = await messagesOf(filter, limit, conversationCursors, cursor, deps, asker.wanted)
      const unread = await deps.store.read('unread', { keys: keysOf(filter) }, asker.wanted)
      return { unread, data: data.reverse(), next }
    },
  }),
  'conversation/read': operation({
    ...ofMessages,
    summary:
      'marks the received texts of a conversation as read, all or those until one: for everybody who uses the hub, as in a shared inbox',
    input: z.strictObject({ ...whom, until: id.optional() }),
    output: z.strictObject({ unread }),
    async run({ until, ...named }, deps, asker) {
      const keys = keysOf(withOne(named, deps, asker))
      const isFound = await deps.store.run('markRead', { keys, until: until ?? null })
      if (!isFound)
        throw new Fault('unknown_command', `no text "${until}" was received in this conversation`, { until })
      return { unread: await deps.store.read('unread', { keys }, asker.wanted) }
    },
  }),
}

/** What is asked of one conversation. */
function withOne(named: Named, deps: ApiDeps, asker: Asker): Filter {
  if (subjectKeys.every((key) => named[key] === undefined))
    throw new Fault('invalid_payload', `name one of ${subjectKeys.join(', ')}`)
  return filterOf(named, sightOf(asker), deps)
}

/** The conversations of a device or number, of which a contact may have several: those that the requester sees. */
function keysOf({ device, numbers, sight }: Filter): readonly string[] {
  const isSeen = device !== null && (sight.devices?.includes(device) ?? true)
  return [...(isSeen ? [ofDevice(device)] : []), ...(seesPeople(sight) ? numbers.map(ofNumber) : [])]
}

/** The names of devices, and of contacts by their numbers. */
function namesOf({ fleet, config }: ApiDeps) {
  const people = new Map(
    Object.entries(config.contacts)
      .filter(([, number]) => typeof number === 'string')
      .flatMap(([name]) =>
        numbersOf(name, config.contacts).map((number) => [normaliseNumber(number, config.sms.region), name] as const),
      ),
  )
  return ({ device, number }: { readonly device: string | null; readonly number: string | null }): string | null =>
    device === null ? (people.get(number ?? '') ?? null) : (fleet.devices.get(device)?.name ?? null)
}
