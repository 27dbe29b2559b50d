import * as z from 'zod'
import { typeFilters } from '../message/public-event-types.ts'
import { idPattern } from '../message/topics.ts'
import { didYouMean } from '../util/nearest.ts'
import { cursorsOf } from './cursor.ts'
import { moment } from './moment.ts'
import { deliveryStates, payloads } from './webhook-outputs.ts'

const maxUrlLength = 2_000
const maxFilters = 100

export const webhookId = z.string().regex(idPattern, 'must be small letters, digits, _ and -, at most 63')

const secretOctets = { least: 24, most: 64 }

/** A secret in the form of Standard Webhooks. */
export const webhookSecret = z.string().refine((text) => {
  const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? []
  const octets = Buffer.from(base64, 'base64')
  const isWhole = octets.toString('base64').replace(/=+$/, '') === base64.replace(/=+$/, '')
  return isWhole && octets.length >= secretOctets.least && octets.length <= secretOctets.most
}, `must be whsec_ and ${secretOctets.least} to ${secretOctets.most} random octets in base64, or left out: the hub makes one`)

const filter = z.string().superRefine((text, context) => {
  if (typeFilters.includes(text)) return
  const meant = didYouMean(text, typeFilters) || `; there is ${typeFilters.join(', ')}`
  context.addIssue({ code: 'custom', message: `there is no type of event "${text}"${meant}` })
})

export const webhookSettings = {
  url: z.string().max(maxUrlLength),
  description: z.string().max(200).optional(),
  /** Types of events like message.received or message.*; null for all. */
  types: z.array(filter).min(1).max(maxFilters).nullable().optional(),
  /** Only events of these devices; null for all events. */
  devices: z.array(z.string().min(1).max(64)).min(1).max(maxFilters).nullable().optional(),
  /** One at a time in the order of the events: a failure holds up what is behind it. */
  ordered: z.boolean().optional(),
  payload: z.enum(payloads).optional(),
}

/** Of the dead letters of a webhook. */
export const replayRange = { since: moment.optional(), until: moment.optional() }

export const deliveryCursors = cursorsOf('deliveries', /^\d{1,15}$/)

export const deliveriesQuery = {
  status: z.enum(deliveryStates).optional(),
  since: moment.optional(),
  until: moment.optional(),
  limit: z.coerce.number().int().min(1).max(100).optional(),
}
