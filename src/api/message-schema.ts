import * as z from 'zod'
import { mostUnread } from '../ledger/read-marks.ts'
import { faults } from '../message/fault.ts'
import { smsStatuses } from '../message/status.ts'
import { trustLevels } from '../message/trust.ts'

export const time = z.iso.datetime({ offset: true })

export const errorSchema = z.object({
  code: z.enum(Object.keys(faults) as [keyof typeof faults, ...(keyof typeof faults)[]]),
  message: z.string(),
  retryable: z.boolean(),
  hint: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
})

export const directions = ['out', 'in'] as const
export const messageStatuses = [...smsStatuses, 'received'] as const

/** Of 160 characters an SMS, or of 70. */
export const alphabet = z.enum(['gsm7', 'ucs2'])

/** A message in lists, events and webhooks (`message/message-document.ts`). */
export const messageSchema = z.strictObject({
  id: z.string(),
  direction: z.enum(directions),
  status: z.enum(messageStatuses),
  in_doubt: z.boolean(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  device: z.string().nullable(),
  gateway: z.string().nullable(),
  text: z.string().nullable(),
  private: z.boolean(),
  alphabet: alphabet.nullable(),
  parts: z.number().int(),
  parts_delivered: z.number().int(),
  batch: z.string().nullable(),
  command: z.string().nullable(),
  command_id: z.string().nullable(),
  client_id: z.string().nullable(),
  trust: z.enum(trustLevels).nullable(),
  reason: z.string().nullable(),
  error: errorSchema.nullable(),
  at: time,
  send_at: time.nullable(),
  sent_at: time.nullable(),
  delivered_at: time.nullable(),
})

/** Received texts that nobody has read yet. */
export const unread = z
  .number()
  .int()
  .min(0)
  .max(mostUnread)
  .meta({ description: `received texts that nobody has read yet, counted up to ${mostUnread}` })

/** `returned`: it was given back, and is sent again. */
const attemptOutcomes = ['sending', 'returned', 'sent', 'failed', 'expired', 'in_doubt'] as const
const statusTime = z.strictObject({ status: z.string(), at: time })
const reply = z.looseObject({ text: z.string(), parsed: z.record(z.string(), z.unknown()) })

/** A received text on `sms/received`, and in its detail (`message/received.ts`). */
export const receivedSchema = z.looseObject({
  id: z.string(),
  from: z.string(),
  device: z.string().nullable(),
  gateway: z.string(),
  trust: z.enum(trustLevels),
  text: z.string(),
  received_at: time,
  smsc_at: time.nullable(),
  parts: z.number().int(),
  parsed: z.boolean(),
  reading: z.literal('partial').optional(),
  unread: z.array(z.string()).optional(),
  forwarded: z.object({ from: z.string().nullable(), text: z.string() }).optional(),
  forwarded_by: z.string().optional(),
  may_be_of: z.array(z.string()).optional(),
  mms: z
    .strictObject({
      device: z.string().nullable(),
      from: z.string().nullable(),
      subject: z.string().nullable(),
      size: z.number().int().nullable(),
      expires_at: time.nullable(),
      url: z.string(),
    })
    .optional(),
  via: z.literal('mail').optional(),
  subject: z.string().optional(),
  attachments: z
    .array(z.object({ name: z.string().nullable(), type: z.string(), octets: z.number().int() }))
    .optional(),
  encoding: z.string(),
})

/** A message with everything that is kept of it. */
export const messageDetailSchema = messageSchema.extend({
  attempts: z.array(
    z.strictObject({
      number: z.number().int(),
      gateway: z.string().nullable(),
      outcome: z.enum(attemptOutcomes),
      ended_at: time.nullable(),
      error: errorSchema.nullable(),
    }),
  ),
  segments: z.array(
    z.strictObject({
      part: z.number().int(),
      status: z.enum(['queued', 'sending', 'sent', 'in_doubt', 'delivered', 'undelivered']),
      reference: z.string().nullable(),
      sent_at: time.nullable(),
      reported_at: time.nullable(),
      report: z.string().nullable(),
    }),
  ),
  timeline: z.array(statusTime),
  reply: reply.nullable(),
  expires_at: time.nullable(),
  received: receivedSchema.nullable(),
})
