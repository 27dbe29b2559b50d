import * as z from 'zod'
import { Fault } from '../message/fault.ts'
import type { Message } from '../message/message-document.ts'
import { preview } from '../sms/preview.ts'
import type { Cursors } from './cursor.ts'
import { one } from './inputs.ts'
import { filterOf, filters, messageCursors, pageOf, whom } from './list-filter.ts'
import { alphabet, messageDetailSchema, messageSchema, messageStatuses } from './message-schema.ts'
import { moment } from './moment.ts'
import { type ApiDeps, notOverMqtt, operation } from './operation.ts'
import { nothing } from './outputs.ts'
import { ofMessages, sightOf } from './sight.ts'

export const listCursors = messageCursors('messages')
export const inboxCursors = messageCursors('inbox')
const limit = z.coerce.number().int().min(1).max(100).default(50)
/** Those that were sent with one request. */
export const batch = z.string().min(1).max(64).optional()
const page = z.strictObject({ data: z.array(messageSchema), next: z.string().nullable() })

/** Texts, out and in. */
export const messageOperations = {
  'message/list': operation({
    ...ofMessages,
    summary: 'texts and commands, sent and received, the newest first, a page at a time; q searches them',
    input: z.strictObject({
      ...whom,
      to: whom.about,
      from: whom.about,
      ...filters(messageStatuses),
      since: moment.optional(),
      batch,
      limit,
      cursor: listCursors.given,
    }),
    output: page,
    run: ({ limit, cursor, ...given }, deps, asker) => {
      const filter = filterOf(given, sightOf(asker), deps)
      return messagesOf(filter, limit, listCursors, cursor, deps, asker.wanted)
    },
  }),
  'message/get': operation({
    ...ofMessages,
    summary: 'one message with its SMS and its statuses so far, by its id or that of its command',
    input: one,
    output: messageDetailSchema,
    async run({ id }, { store }, asker) {
      const found = await store.read('message', { id, sight: sightOf(asker) })
      if (found === null) throw unknownMessage(id)
      return found as z.input<typeof messageDetailSchema>
    },
  }),
  'message/delete': operation({
    summary:
      'delete the content of a message, wherever it is stored; its status and times stay. One that waits is cancelled first',
    surfaces: notOverMqtt,
    input: one,
    output: nothing,
    async run({ id }, { store, log }, asker) {
      const found = await store.run('redact', { id })
      if (found === null) throw unknownMessage(id)
      const { unfinished } = found
      if (unfinished !== null) {
        const way = unfinished === 'queued' ? 'cancel it first' : 'wait for its end'
        throw new Fault('conflict', `message ${id} is ${unfinished}: ${way}`, { id, status: unfinished })
      }
      log('warn', `the content of message ${id} was deleted (${asker.name})`)
      return {}
    },
  }),
  'message/preview': operation({
    ...ofMessages,
    summary: 'how many SMS a text takes and why; nothing is sent',
    input: z.strictObject({ text: z.string().min(1).max(10_000) }),
    output: z.strictObject({
      alphabet,
      parts: z.number().int(),
      characters_left: z.number().int(),
      segments: z.array(z.strictObject({ text: z.string(), units: z.number().int() })),
      first_non_gsm7: z.string().nullable(),
      plain: z.strictObject({ text: z.string(), parts: z.number().int() }).nullable(),
    }),
    async run({ text }) {
      const { segments, ...shown } = preview(text)
      return { ...shown, segments: [...segments] }
    },
  }),
  'inbox/list': operation({
    ...ofMessages,
    summary: 'received texts, the newest first, a page at a time',
    input: z.strictObject({
      ...whom,
      gateway: z.string().min(1).max(63).optional(),
      q: filters(messageStatuses).q,
      since: moment.optional(),
      until: moment.optional(),
      limit,
      cursor: inboxCursors.given,
    }),
    output: page,
    run: ({ limit, cursor, ...given }, deps, asker) => {
      const filter = filterOf({ ...given, direction: 'in' }, sightOf(asker), deps)
      return messagesOf(filter, limit, inboxCursors, cursor, deps, asker.wanted)
    },
  }),
}

const unknownMessage = (id: string): Fault => new Fault('unknown_command', `there is no message "${id}"`, { id })

export async function messagesOf(
  filter: ReturnType<typeof filterOf>,
  limit: number,
  cursors: Cursors,
  from: string | undefined,
  { store }: ApiDeps,
  wanted: AbortSignal | undefined,
): Promise<{ data: z.input<typeof messageSchema>[]; next: string | null }> {
  const { entries, next } = await pageOf<Message>(
    (query) => store.read('messages', query, wanted),
    filter,
    limit,
    cursors,
    from,
  )
  return { data: entries as z.input<typeof messageSchema>[], next }
}
