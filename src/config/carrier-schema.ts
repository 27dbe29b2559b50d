import * as z from 'zod'
import { number } from './scalars.ts'

const path = z.string().regex(/^[\w.*[\]-]+$/, 'must be a path like data.to[0].id')
const texts = z.record(z.string().min(1), z.string())
const whole = (min: number, max: number) => number({ min, max, integer: true })

const pattern = z.string().refine(isPattern, { error: 'must be a regular expression with named groups' })

/** Whether it can be compiled, with the flags of its use, and names something. */
function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'gu') && text.includes('(?<')
  } catch {
    return false
  }
}

const Request = z.strictObject({
  method: z.enum(['GET', 'POST']).default('POST'),
  path: z.string().startsWith('/').or(z.literal('')),
  headers: texts.default({}),
  query: texts.default({}),
  form: texts.optional(),
  json: z.json().optional(),
})

const Auth = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('none') }),
  z.strictObject({ by: z.literal('basic') }),
  z.strictObject({ by: z.literal('bearer') }),
  z.strictObject({ by: z.literal('header'), name: z.string().min(1), value: z.string().default('{secret}') }),
  z.strictObject({ by: z.literal('digest') }),
  z.strictObject({ by: z.literal('login'), request: Request, token: path }),
])

const Signature = z.discriminatedUnion('scheme', [
  z.strictObject({ scheme: z.literal('none') }),
  z.strictObject({ scheme: z.literal('twilio') }),
  z.strictObject({ scheme: z.literal('plivo_v3') }),
  z.strictObject({ scheme: z.literal('vonage') }),
  z.strictObject({
    scheme: z.literal('jwt'),
    header: z.string(),
    issuer: z.string().optional(),
    body_claim: z.string().optional(),
    url_claim: z.string().optional(),
  }),
  z.strictObject({ scheme: z.literal('ed25519'), header: z.string(), timestamp: z.string(), over: z.string() }),
  z.strictObject({
    scheme: z.literal('hmac'),
    header: z.string(),
    encoding: z.enum(['hex', 'base64']),
    over: z.string().includes('{body'),
    timestamp: z.string().optional(),
    nonce: z.string().optional(),
  }),
])

const conditions = z.record(path, z.array(z.string()))
const notice = { when: conditions.default({}), list: path.optional() }
const words = z.array(z.string()).default([])

const Report = z.strictObject({
  ...notice,
  id: path,
  recipient: path.optional(),
  ref: path.optional(),
  state: path,
  code: path.optional(),
  states: z.strictObject({ delivered: z.array(z.string()).min(1), trying: words, failed: words, expired: words }),
})

const Text = z.strictObject({
  ...notice,
  id: path.or(z.array(path).min(1)),
  from: path,
  text: path,
  /** When it came to the carrier, for those that are asked for: older ones than a day are not taken. */
  time: path.optional(),
  parts: z.strictObject({ ref: path, total: path, seq: path }).optional(),
})

const state = z.enum(['delivered', 'trying', 'failed', 'expired'])
const meaning = z.enum(['retry', 'give_up', 'pause', 'throttle', 'doubt', 'sent'])
const Answered = z.strictObject({ status: whole(100, 599), body: z.string().default('') })
const Hooked = z.strictObject({
  method: z.enum(['GET', 'POST']).default('POST'),
  query: z.string().default(''),
  type: z.string().default('application/json'),
  body: z.string().default(''),
})

/** What the documentation of the carrier shows, by which its description is checked. */
const Examples = z.strictObject({
  request: z.strictObject({ url: z.string(), headers: texts.default({}), body: z.string() }),
  answers: z.array(
    Answered.extend({
      outcome: z.enum(['sent', 'in_doubt', 'retry', 'give_up', 'pause', 'throttle']),
      id: z.string().optional(),
    }),
  ),
  reports: z.array(Hooked.extend({ id: z.string(), state })).default([]),
  texts: z.array(Hooked.extend({ from: z.string(), text: z.string() })).default([]),
  polls: z
    .array(
      z.strictObject({
        body: z.string(),
        texts: z.array(z.strictObject({ from: z.string(), text: z.string() })).default([]),
        reports: z.array(z.strictObject({ id: z.string(), state })).default([]),
      }),
    )
    .default([]),
})

/** The HTTP interface of a carrier, as its file or `api:` of a gateway describes it. */
export const CarrierDescription = z
  .strictObject({
    name: z.string().min(1).max(40),
    /** Pages of the documentation. */
    sources: z.array(z.string()).default([]),
    /** Parts for which no documentation of the carrier was found, only what others report. */
    unproven: z.array(z.enum(['request', 'codes', 'report', 'text', 'signature'])).default([]),
    /** Keys that the row of the gateway must have; others of the carrier's own are in `account`. */
    requires: z.array(z.string().regex(/^\w+$/)).default([]),
    base: z.string().regex(/^https?:\/\/[^/\s?#]+[^\s?#]*$/, 'must be a URL like https://api.carrier.example/v1'),
    auth: Auth.default({ by: 'none' }),
    number: z.enum(['plus', 'digits', 'zeros']).default('plus'),
    send: Request,
    validity: z
      .tuple([whole(1, 1_000_000), whole(1, 1_000_000)])
      .nullable()
      .default(null),
    max_characters: whole(1, 100_000).default(1_600),
    ok: z
      .strictObject({ status: z.array(whole(100, 599)).default([200, 201, 202]), where: conditions.default({}) })
      .prefault({}),
    reads: pattern.optional(),
    id: path.or(z.enum(['{ref}', '{ref_number}'])).optional(),
    error: z.strictObject({ code: path.optional(), text: path.optional() }).prefault({}),
    codes: z.record(z.string(), meaning).default({}),
    statuses: z.record(z.string().regex(/^[1-5]\d\d$/, 'must be an HTTP status'), meaning).default({}),
    window: whole(1, 10_000).optional(),
    report: Report.optional(),
    text: Text.optional(),
    answer: z.strictObject({ type: z.string().default('text/plain'), body: z.string().default('OK') }).prefault({}),
    signature: Signature.default({ scheme: 'none' }),
    poll: z
      .array(
        z.strictObject({
          request: Request,
          every: whole(5, 86_400),
          reads: pattern.optional(),
          cursor: path.optional(),
          remove: Request.optional(),
          report: Report.optional(),
          text: Text.optional(),
        }),
      )
      .default([]),
    examples: Examples.optional(),
  })
  .refine(({ send }) => send.form === undefined || send.json === undefined, {
    path: ['send'],
    error: 'must have form or json, not both',
  })

export type CarrierDescription = z.output<typeof CarrierDescription>
