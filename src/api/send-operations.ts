import * as z from 'zod'
import { acceptGet, acceptSet, acceptTexts } from '../message/accepted.ts'
import { type ErrorReport, Fault } from '../message/fault.ts'
import { maxTtlSeconds } from '../message/meta.ts'
import type { Plan } from '../message/planned.ts'
import { isoTime } from '../message/result.ts'
import { priorities } from '../message/status.ts'
import type { Answer, Submitted } from '../message/submitted.ts'
import { alphabetOf } from '../sms/gsm7.ts'
import { assertMay } from './assert-may.ts'
import { pointerTo } from './input-problems.ts'
import { id, instant } from './inputs.ts'
import { alphabet, errorSchema, messageSchema, messageStatuses, time } from './message-schema.ts'
import { notOverMqtt, operation } from './operation.ts'
import { queued } from './outputs.ts'
import { queuedCommand, refusedBy } from './queued-command.ts'

const priority = z.enum(Object.keys(priorities) as [keyof typeof priorities, ...(keyof typeof priorities)[]])
/** Keys of the hub, which each request that queues a text may have. */
export const sendKeys = {
  id: z.union([z.string().min(1).max(128), z.int()]).optional(),
  ttl: z.number().positive().max(maxTtlSeconds).optional(),
  send_at: instant.optional(),
  priority: priority.optional(),
  gateway: z.string().min(1).max(63).optional(),
}
/** Further ones of commands. */
export const commandKeys = {
  ...sendKeys,
  confirm: z.string().optional(),
  force: z.boolean().optional(),
  dry_run: z.boolean().optional(),
  for: z.string().min(1).max(63).optional(),
}

/** Texts of one request. */
const maxTexts = 1_000
const fewEnough = <T>(list: z.ZodArray<z.ZodType<T>>) =>
  list.min(1).check(({ value, issues }) => {
    if (value.length <= maxTexts) return
    const message = `has ${value.length} entries, and one request takes at most ${maxTexts}: split it into several requests, each with an Idempotency-Key of its own`
    issues.push({ code: 'custom', message, input: value, path: [] })
  })

const recipient = z.string().trim().min(1).max(128)
const text = z.string().min(1).max(10_000).regex(/\S/, 'must not be blank')

/** What became of one text of several. */
export const sentItem = z.strictObject({
  index: z.int(),
  status: z.enum([...messageStatuses, 'rejected', 'duplicate']),
  id: z.string().optional(),
  to: z.string().nullable(),
  alphabet: alphabet.nullable().optional(),
  parts: z.int().optional(),
  /** The place of the text that goes to the same number already. */
  duplicate_of: z.int().optional(),
  error: errorSchema.optional(),
})
type SentItem = z.input<typeof sentItem>

/** What a dry run would send for one text of several. */
export const plannedItem = z.strictObject({
  index: z.int(),
  status: z.enum(['planned', 'rejected', 'duplicate']),
  to: z.string().nullable(),
  alphabet: alphabet.optional(),
  send_at: time.optional(),
  parts: z.int().optional(),
  segments: z.array(z.string()).optional(),
  /** Those that may send it. */
  gateways: z.array(z.string()).optional(),
  duplicate_of: z.int().optional(),
  error: errorSchema.optional(),
})
type PlannedItem = z.input<typeof plannedItem>

export const sendOperations = {
  'message/send': operation({
    summary: 'a text to a number, contact or group, or up to a thousand at once',
    surfaces: notOverMqtt,
    // Whom it is for decides, below.
    action: () => ({ act: 'see_hub' }),
    input: z
      .strictObject({
        to: z.union([recipient, fewEnough(z.array(recipient))]).optional(),
        text: text.optional(),
        messages: fewEnough(z.array(z.strictObject({ to: recipient, text }))).optional(),
        atomic: z.boolean().default(false),
        /** Shows what would be sent, and sends nothing. */
        dry_run: z.boolean().default(false),
        flash: z.boolean().optional(),
        /** Their texts are shown nowhere, and gone once they are sent. */
        private: z.boolean().optional(),
        ...sendKeys,
      })
      .refine(
        ({ to, messages }) => (to === undefined) !== (messages === undefined),
        'send "to" with "text", or "messages"',
      )
      .refine(({ to, text }) => (to === undefined) === (text === undefined), '"to" and "text" belong together'),
    output: z.strictObject({
      repeated: z.boolean(),
      /** Of a single text. */
      message: messageSchema.optional(),
      /** Of several, or of a group: by it they are listed. */
      batch: z.string().nullable().optional(),
      messages: z.array(sentItem).optional(),
      /** Of a dry run. */
      planned: z.array(plannedItem).optional(),
    }),
    async run({ to, text = '', messages, atomic, dry_run: isDry, ...keys }, deps, asker) {
      const { submit, plan, isRecipient, config } = deps
      const texts = messages ?? [to ?? []].flat().map((one) => ({ to: one, text }))
      assertMay(asker, { act: 'text' }, 'send texts')
      for (const { to: one } of texts)
        if (!isRecipient(one))
          assertMay(asker, { act: 'administer' }, `send to ${one}, which is no contact and no device`)
      const place = (index: number) => pointerTo(messages !== undefined ? ['messages', index] : ['to', index])
      const accepted = { ...acceptTexts(asker, texts, keys, atomic), detailed: true, isList: typeof to !== 'string' }
      if (isDry) {
        const planned = plannedItems(texts, plan(accepted), keys.private === true)
        const [only] = planned
        if (typeof to === 'string' && planned.length === 1 && only?.error !== undefined)
          throw refusedBy(only.error as ErrorReport, false)
        assertAny(planned, false, place)
        return { repeated: false, planned }
      }
      // One that is away may return; where there is none, nothing would become of it.
      if (Object.keys(config.gateways).length === 0)
        throw new Fault('no_gateway', 'no gateway is configured: nothing can be sent', { gateways: 0 })
      const submitted = await submit(accepted).catch((error: unknown) => {
        throw withPlaces(Fault.from(error), place)
      })
      const { repeated, batch, answers } = submitted
      const [first] = answers
      if (typeof to === 'string' && first !== undefined && answers.length === 1) {
        if (first.error !== null) throw refusedBy(first.error, repeated)
        return { repeated, ...(first.message !== null && { message: first.message }) }
      }
      const items = texts.flatMap((one, index) => itemsOf(one.to, index, submitted))
      assertAny(items, repeated, place)
      return { repeated, batch, messages: items }
    },
  }),
  'device/set': operation({
    summary: 'a value for a property of a device; the answer has the id of its results',
    surfaces: notOverMqtt,
    action: ({ device }) => ({ act: 'set', device }),
    input: z.strictObject({ device: id, property: id, value: z.unknown(), ...commandKeys }),
    output: queued,
    async run({ device, property, ...payload }, { submit }, asker) {
      if (payload.value === undefined) throw new Fault('invalid_payload', '"value" is missing')
      return queuedCommand(await submit(acceptSet(asker, device, property, payload)))
    },
  }),
  'device/query': operation({
    summary: 'query the state of a device, or one property of it',
    surfaces: notOverMqtt,
    action: ({ device }) => ({ act: 'get', device }),
    input: z.strictObject({ device: id, property: id.optional(), ...commandKeys }),
    output: queued,
    async run({ device, property = null, ...keys }, { submit }, asker) {
      return queuedCommand(await submit(acceptGet(asker, device, property, keys)))
    },
  }),
}

/** A group has an item for each of its members. */
function itemsOf(to: string, index: number, { answers, doubles }: Submitted): SentItem[] {
  const first = doubles.get(index)
  if (first !== undefined) return [{ index, status: 'duplicate', to, duplicate_of: first }]
  return answers.filter(({ place }) => place === index).map((answer) => itemOf(to, answer))
}

function itemOf(to: string, { place, error, message }: Answer): SentItem {
  if (error !== null) return { index: place, status: 'rejected', to: message?.to ?? to, error }
  if (message === null) throw new Fault('internal', `a text to ${to} is neither refused nor stored`)
  const { status, id, to: number, alphabet, parts } = message
  return { index: place, status, id, to: number, alphabet, parts }
}

function plannedItems(
  texts: readonly { readonly to: string }[],
  { texts: planned, doubles }: Plan,
  isPrivate: boolean,
): PlannedItem[] {
  return texts.flatMap(({ to }, index): PlannedItem[] => {
    const first = doubles.get(index)
    if (first !== undefined) return [{ index, status: 'duplicate', to, duplicate_of: first }]
    const own = planned.filter(({ place }) => place === index)
    return own.map(({ to: number, error, sendAt, segments, gateways }): PlannedItem => {
      if (error !== null) return { index, status: 'rejected', to: number ?? to, error }
      const parts = segments.length
      const shown = !isPrivate && { segments: [...segments] }
      const sent = { alphabet: alphabetOf(segments), parts, ...shown, gateways: [...gateways] }
      const later = sendAt !== null && { send_at: isoTime(sendAt) }
      return { index, status: 'planned', to: number, ...later, ...sent }
    })
  })
}

/** Fails where nothing was taken. */
function assertAny(
  items: readonly (SentItem | PlannedItem)[],
  repeated: boolean,
  place: (index: number) => string,
): void {
  const refused = items.flatMap(({ index, error }) =>
    error === undefined ? [] : [{ place: index, error: error as ErrorReport }],
  )
  if (refused.length === 0 || items.some(({ status }) => status !== 'rejected' && status !== 'duplicate')) return
  const words = `none of ${items.length} texts was taken: ${refused[0]?.error.message}`
  throw refusedTexts(words, refused, place, { ...(repeated && { repeated }) })
}

/** The refusals of a request that is all or none, at their places in it. */
function withPlaces(fault: Fault, place: (index: number) => string): Fault {
  const { refused } = fault.detail
  return Array.isArray(refused) ? refusedTexts(fault.message, refused as RefusedText[], place, {}) : fault
}

interface RefusedText {
  readonly place: number
  readonly error: ErrorReport
}

/** Where all are refused for the same reason that may pass, that is the reason; otherwise the request is invalid. */
function refusedTexts(
  message: string,
  refused: readonly RefusedText[],
  place: (index: number) => string,
  more: Readonly<Record<string, unknown>>,
): Fault {
  const [{ code, retryable, details }] = refused.map(({ error }) => error) as [ErrorReport]
  const isSame = retryable && refused.every(({ error }) => error.code === code)
  return new Fault(isSame ? code : 'invalid_payload', message, {
    ...(isSame && details),
    ...more,
    errors: refused.map(({ place: at, error }) => ({ pointer: place(at), detail: error.message, code: error.code })),
  })
}
