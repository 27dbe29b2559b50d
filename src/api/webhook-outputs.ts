import * as z from 'zod'

const time = z.iso.datetime()

/** How much of an event an endpoint gets: all of it, or only the ids and what has happened. */
export const payloads = ['full', 'thin'] as const

/** An endpoint. Its secret is shown once, when it is made. */
export const webhook = z
  .object({
    id: z.string(),
    url: z.string(),
    description: z.string(),
    types: z.array(z.string()).nullable(),
    devices: z.array(z.string()).nullable(),
    ordered: z.boolean(),
    payload: z.enum(payloads),
    enabled: z.boolean(),
    reason: z.string().nullable(),
    created_at: time,
    succeeded_at: time.nullable(),
    failing_since: time.nullable(),
    rotating_until: time.nullable(),
    waiting: z.number().int(),
    dead: z.number().int(),
    revision: z.string(),
  })
  .meta({ id: 'Webhook' })

export const newWebhook = webhook.extend({ secret: z.string() }).meta({ id: 'NewWebhook' })

/** What an endpoint has answered to a test. */
export const pinged = z
  .object({
    ok: z.boolean(),
    status: z.number().int().nullable(),
    error: z.string().nullable(),
    body: z.string(),
    took_ms: z.number().int(),
  })
  .meta({ id: 'WebhookTest' })

export const deliveryStates = ['waiting', 'delivered', 'dead'] as const

/** An event for an endpoint, and what has become of it. */
export const delivery = z
  .object({
    id: z.string(),
    webhook: z.string(),
    event: z.string(),
    type: z.string(),
    device: z.string().nullable(),
    status: z.enum(deliveryStates),
    attempts: z.number().int(),
    queued_at: time,
    next_at: time.nullable(),
    answered_at: time.nullable(),
    answer: z
      .object({
        status: z.number().int().nullable(),
        error: z.string().nullable(),
        body: z.string(),
        took_ms: z.number().int(),
      })
      .nullable(),
  })
  .meta({ id: 'WebhookDelivery' })
