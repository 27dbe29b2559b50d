import * as z from 'zod'
import { Fault } from '../message/fault.ts'
import type { Message } from '../message/message-document.ts'
import { preview } from '../sms/preview.ts'
import type { Cursors } from './cursor.ts'
import { one } from './inputs.ts'
import { filterOf, filters, messageCursors, pageOf, whom } from './list-filter.ts'
import { messageDetailSchema, messageSchema, messageStatuses } from './message-schema.ts'
import { moment } from './moment.ts'
import { type ApiDeps, operation } from './operation.ts'
import { ofMessages, sightOf } from './sight.ts'

export const listCursors = messageCursors('messages')
export const inboxCursors = messageCursors('inbox')
const limit = z.coerce.number().int().min(1).max(100).default(50)
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
      if (found === null) throw new Fault('unknown_command', `there is no message "${id}"`, { id })
      return found as z.input<typeof messageDetailSchema>
    },
  }),
  'message/preview': operation({
    ...ofMessages,
    summary: 'how many SMS a text takes and why; nothing is sent',
    input: z.strictObject({ text: z.string().min(1).max(10_000) }),
    output: z.strictObject({
      alphabet: z.enum(['gsm7', 'ucs2']),
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
