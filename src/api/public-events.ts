import * as z from 'zod'
import { type PublicEventType, publicEventTypes, publicTypeNames } from '../message/public-event-types.ts'
import { messageSchema } from './message-schema.ts'
import { deviceEventPayload, gatewayEventPayload, gatewayPayload, resultPayload, time, value } from './payloads.ts'

/** The list of messages has the rest. */
const text = messageSchema.omit({ text: true, command: true, at: true, sent_at: true, delivered_at: true })
const device = z.looseObject({ device: z.string() })
const paused = z.looseObject({ device: z.string().optional(), gateway: z.string().optional() })
const aboutGateway = z.looseObject({
  gateway: z.string(),
  status: gatewayPayload.shape.status,
  last_error: z.string().nullable(),
})
const any = z.looseObject({})

/** The data of each type: what the topic of the same event has, complete in itself. */
const dataOf: Readonly<Record<PublicEventType, z.ZodType>> = {
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
  /** `{ type, timestamp, data }`: the body of a webhook, and what a live event has as its data. */
  readonly schema: z.ZodType
}

function schemaOf(type: PublicEventType): EventSchema {
  const { summary } = publicEventTypes[type]
  return {
    summary,
    schema: z.object({ type: z.literal(type), timestamp: time, data: dataOf[type] }).meta({ description: summary }),
  }
}

/** The schema of each event for programs. */
export const eventSchemas = Object.fromEntries(publicTypeNames.map((type) => [type, schemaOf(type)])) as Readonly<
  Record<PublicEventType, EventSchema>
>
