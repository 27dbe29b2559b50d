import * as z from 'zod'
import { thinNames } from '../ledger/webhooks/content.ts'
import { type PublicEventType, publicEventTypes, publicTypeNames } from '../message/public-event-types.ts'
import { messageSchema, unread } from './message-schema.ts'
import { deviceEventPayload, gatewayEventPayload, gatewayPayload, resultPayload, time, value } from './payloads.ts'

/** The list of messages has the rest. */
const text = messageSchema.omit({
  text: true,
  private: true,
  command: true,
  at: true,
  sent_at: true,
  delivered_at: true,
})
const device = z.looseObject({ device: z.string() })
const paused = z.looseObject({ device: z.string().optional(), gateway: z.string().optional() })
const aboutGateway = z.looseObject({
  gateway: z.string(),
  status: gatewayPayload.shape.status,
  last_error: z.string().nullable(),
})
const any = z.looseObject({})

/** The data of each type: what the topic of the same event has, complete in itself. */
const dataOf: Readonly<Record<PublicEventType, z.ZodObject>> = {
  'message.queued': text,
  'message.sending': text,
  'message.sent': text,
  'message.delivered': text,
  'message.undelivered': text,
  'message.failed': text,
  'message.expired': text,
  'message.cancelled': text,
  'message.rejected': text,
  'message.in_doubt': text,
  'message.received': messageSchema,
  'conversation.read': z.looseObject({ device: z.string().nullable(), number: z.string().nullable(), unread }),
  'call.received': z.looseObject({ gateway: z.string(), ...gatewayEventPayload.shape }),
  'command.updated': resultPayload,
  'command.completed': resultPayload,
  'command.failed': resultPayload,
  'device.event': z.looseObject({ device: z.string(), ...deviceEventPayload.shape }),
  'device.state': z.looseObject({ device: z.string(), state: z.record(z.string(), value) }),
  'device.online': device,
  'device.offline': device,
  'device.added': z.looseObject({ device: z.string(), profile: z.string() }),
  'device.removed': device,
  'gateway.state': z.looseObject({ gateway: z.string(), ...gatewayPayload.shape }),
  'gateway.up': aboutGateway,
  'gateway.down': aboutGateway,
  'queue.paused': paused,
  'queue.resumed': paused,
  'webhook.failing': z.looseObject({
    webhook: z.string(),
    since: time,
    error: z.string(),
    disabled: z.boolean(),
    disabled_at: time,
  }),
  'hub.ping': z.looseObject({ webhook: z.string() }),
  'hub.clock_behind': z.looseObject({ time, newest: time }),
  'hub.clock_right': z.looseObject({ time }),
  'hub.refused': z.looseObject({ client: z.string(), topic: z.string(), reason: z.string() }),
  'hub.text_flood': z.looseObject({ from: z.string(), gateway: z.string(), at: time }),
  'hub.undecodable': z.looseObject({ gateway: z.string(), reason: z.string() }),
  'hub.unknown_text': any,
  'hub.unmatched_report': any,
}

export interface EventSchema {
  readonly summary: string
  /** `{ type, timestamp, data }` */
  readonly schema: z.ZodType
}

type EventSchemas = Readonly<Record<PublicEventType, EventSchema>>

function schemasOf(dataOfType: (type: PublicEventType) => z.ZodType): EventSchemas {
  const rows = publicTypeNames.map((type): [string, EventSchema] => {
    const { summary } = publicEventTypes[type]
    const body = z.object({ type: z.literal(type), timestamp: time, data: dataOfType(type) })
    return [type, { summary, schema: body.meta({ description: summary }) }]
  })
  return Object.fromEntries(rows) as EventSchemas
}

/** What a live event has as its data, by its type. */
export const eventSchemas = schemasOf((type) => dataOf[type])

/** Puts events in order, which can arrive in another one. */
const seq = z.int()

/** The names without the rest: for an endpoint that wants no more, and of an event that would be too long. */
function thinOf({ shape }: z.ZodObject): z.ZodObject {
  const named = Object.entries(shape).filter(([name]) => thinNames.includes(name))
  return z.strictObject({ ...Object.fromEntries(named), seq, truncated: z.literal(true).optional() })
}

/** The body of a webhook by its type: whole, or thin. Only the test of an endpoint is no event. */
export const webhookSchemas = schemasOf((type) =>
  type === 'hub.ping' ? dataOf[type] : z.union([dataOf[type].extend({ seq }), thinOf(dataOf[type])]),
)
