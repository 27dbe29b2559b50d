import * as z from 'zod'
import { id } from '../../api/inputs.ts'
import { messageSchema } from '../../api/message-schema.ts'
import { resultPayload } from '../../api/payloads.ts'
import { plannedItem, sendKeys, sentItem } from '../../api/send-operations.ts'
import type { Route } from '../route.ts'
import { flag } from './page-keys.ts'

export const Message = messageSchema.meta({ id: 'Message' })
export const Command = resultPayload.meta({ id: 'Command' })
const Batch = z
  .object({
    batch: z.string().nullable().meta({ description: 'lists its messages: GET /v1/messages?batch=' }),
    messages: z.array(sentItem.meta({ id: 'SentItem' })),
  })
  .meta({ id: 'Batch' })

const DryRun = z.object({ planned: z.array(plannedItem.meta({ id: 'PlannedItem' })) }).meta({ id: 'DryRun' })

const to = z.string().meta({ description: 'a number, a contact, a group (also as group:<name>) or a device' })
const NewMessage = z
  .strictObject({
    to: z.union([to, z.array(to)]).optional(),
    text: z.string().optional(),
    messages: z.array(z.strictObject({ to, text: z.string() })).optional(),
    dry_run: z.boolean().optional(),
    flash: z.boolean().optional().meta({ description: 'the phone shows it at once and keeps nothing' }),
    private: z
      .boolean()
      .optional()
      .meta({ description: 'for one-time passwords: the text is shown to nobody, and gone once it is sent' }),
    ...sendKeys,
  })
  .meta({ id: 'NewMessage' })

/** A thousand texts; more than a thousand recipients are refused with words that help. */
const maxBulkOctets = 1024 * 1024

export const messageRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/messages',
    name: 'sendMessage',
    tag: 'messages',
    scope: 'messages:send',
    operation: 'message/send',
    kind: 'queues',
    maxOctets: maxBulkOctets,
    query: z.strictObject({ atomic: flag.optional() }),
    body: NewMessage,
    status: 202,
    location: ({ message }) => (message === undefined ? null : `/messages/${(message as z.output<typeof Message>).id}`),
    unqueued: { when: ({ planned }) => planned !== undefined, answer: DryRun },
    shows: ({ message, batch, messages, planned }) =>
      planned === undefined ? (message ?? { batch, messages }) : { planned },
    answer: z.union([Message, Batch]),
  },
  {
    method: 'POST',
    path: '/messages/:id/cancel',
    name: 'cancelMessage',
    tag: 'messages',
    scope: 'messages:cancel',
    operation: 'sms/cancel',
    params: z.object({ id }),
    answer: Command,
  },
  {
    method: 'DELETE',
    path: '/messages/:id',
    name: 'deleteMessage',
    tag: 'messages',
    scope: 'messages:delete',
    operation: 'message/delete',
    params: z.object({ id }),
    status: 204,
    answer: z.object({}),
  },
  {
    method: 'GET',
    path: '/commands/:id',
    name: 'getCommand',
    tag: 'devices',
    scope: 'devices:read',
    operation: 'sms/get',
    params: z.object({ id }),
    answer: Command,
  },
]
