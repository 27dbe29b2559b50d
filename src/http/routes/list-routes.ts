import * as z from 'zod'
import { conversationCursors, conversationSchema, conversationsCursors } from '../../api/conversation-operations.ts'
import { id } from '../../api/inputs.ts'
import { filters, whom } from '../../api/list-filter.ts'
import { batch, inboxCursors, listCursors } from '../../api/message-operations.ts'
import { alphabet, messageDetailSchema, messageStatuses, unread } from '../../api/message-schema.ts'
import { moment } from '../../api/moment.ts'
import type { Route } from '../route.ts'
import { Message } from './message-routes.ts'
import { pageKeys, pageOf } from './page-keys.ts'

const { q, until, gateway } = filters(messageStatuses)

const withWhom = z.object({ about: z.string().min(1).max(128) })
const Messages = pageOf(Message, 'MessageList')
const reads = { method: 'GET', tag: 'messages', scope: 'messages:read' } as const

/** Texts as they are read: lists, conversations, and what a text would cost. */
export const listRoutes: readonly Route[] = [
  {
    ...reads,
    path: '/messages',
    name: 'listMessages',
    operation: 'message/list',
    kind: 'list',
    query: z.strictObject({
      ...whom,
      to: whom.about,
      from: whom.about,
      ...filters(messageStatuses),
      since: moment.optional(),
      batch: batch.meta({ description: 'the answer of a request with several recipients has it' }),
      ...pageKeys(listCursors),
    }),
    answer: Messages,
  },
  {
    ...reads,
    path: '/messages/:id',
    name: 'getMessage',
    operation: 'message/get',
    params: z.object({ id }),
    answer: messageDetailSchema.meta({ id: 'MessageDetail' }),
  },
  {
    method: 'POST',
    path: '/messages/preview',
    name: 'previewText',
    tag: 'messages',
    scope: 'messages:send',
    operation: 'message/preview',
    body: z.strictObject({ text: z.string() }).meta({ id: 'NewText' }),
    answer: z
      .looseObject({
        alphabet,
        parts: z.int(),
        characters_left: z.int(),
        first_non_gsm7: z.string().nullable(),
      })
      .meta({ id: 'Preview' }),
  },
  {
    ...reads,
    path: '/inbox',
    name: 'listInbox',
    operation: 'inbox/list',
    kind: 'list',
    query: z.strictObject({ ...whom, gateway, q, since: moment.optional(), until, ...pageKeys(inboxCursors) }),
    answer: Messages,
  },
  {
    ...reads,
    path: '/conversations',
    name: 'listConversations',
    operation: 'conversation/list',
    kind: 'list',
    query: z.strictObject(pageKeys(conversationsCursors)),
    answer: pageOf(conversationSchema.meta({ id: 'Conversation' }), 'ConversationList'),
  },
  {
    ...reads,
    path: '/conversations/:about',
    name: 'getConversation',
    operation: 'conversation/get',
    kind: 'list',
    params: withWhom,
    query: z.strictObject(pageKeys(conversationCursors)),
    answer: pageOf(Message, 'ConversationMessages', { unread }),
  },
  {
    ...reads,
    method: 'POST',
    path: '/conversations/:about/read',
    name: 'readConversation',
    operation: 'conversation/read',
    params: withWhom,
    body: z
      .strictObject({ until: id.optional().meta({ description: 'the last received text that was read' }) })
      .meta({ id: 'ReadUntil' })
      .optional(),
    answer: z.object({ unread }).meta({ id: 'Unread' }),
  },
]
