import { z } from 'zod'
import { trusts } from '../../message/trust.ts'
import { type Evidence, proof, when, wording } from './command.ts'
import { flag, many, name, named, oneOf, pattern, seconds, table, text, whole } from './profile-scalars.ts'

/** `battery:percent`, a name alone, or a whole pattern: `{upload_interval:int}[s]`. */
const field = text
  .transform((source) => (source.includes('{') ? source : `{${source.includes(':') ? source : `${source}:text`}}`))
  .pipe(pattern)

/**
 * A text of pairs in any order, as status answers are. A key's list of fields takes the values that follow it
 * without a key of their own.
 */
const fields = table({
  separator: many(text),
  pair: text.default(':'),
  keys: z.record(z.string(), many(field)),
  head: pattern.optional(),
  at_least: whole.default(1),
})
export type FieldsRow = z.output<typeof fields>

export const readers = ['maps_link', 'nmea', 'cell_list'] as const

export const messageExample = table({
  variant: text.optional(),
  settings: named(text).default({}),
  text: text,
  values: named(text).default({}),
  scts: text.optional(),
})
export type MessageExample = z.output<typeof messageExample>

interface TextRow {
  readonly text: readonly unknown[]
  readonly find: readonly unknown[]
  readonly fields?: unknown
  readonly reader?: unknown
}

const isOfText = ({ text, find, fields, reader }: TextRow): boolean =>
  text.length > 0 || find.length > 0 || fields !== undefined || reader !== undefined

export const levels = ['low', 'normal', 'high'] as const
/** The trust that a text needs; see device/receive/evidence.ts. */
export const trust = oneOf(trusts)

export const message = table({
  text: many(wording).default([]),
  find: many(pattern).default([]),
  unless: many(pattern).default([]),
  fields: fields.optional(),
  reader: oneOf(readers).optional(),
  call: flag.default(false),
  when: when.default({}),
  set: named(text).default({}),
  label: text.optional(),
  event: name.optional(),
  level: oneOf(levels).optional(),
  repeats: seconds.optional(),
  ends: name.optional(),
  part: whole.optional(),
  cut_at: whole.optional(),
  secret: many(name).default([]),
  trust: trust.optional(),
  examples: z.array(messageExample).default([]),
  source: many(text).default([]),
  proof: proof.optional(),
})
  .refine((row) => row.call || isOfText(row), { message: 'has none of text, find, fields, reader and call' })
  .refine((row) => !(row.call && isOfText(row)), { message: 'is a call: it has no text, find, fields or reader' })
export type MessageRow = z.output<typeof message>
export type Message = Omit<MessageRow, 'proof'> & Evidence

/** Actions of a property; the words that clients use for them are in send/intent.ts. */
export const actions = [
  'on',
  'off',
  'toggle',
  'press',
  'open',
  'close',
  'stop',
  'lock',
  'unlock',
  'arm',
  'arm_away',
  'arm_home',
  'arm_night',
  'arm_vacation',
  'disarm',
  'trigger',
  'set',
] as const
export type Action = (typeof actions)[number]

/** A command, or a command with its parameters; `{value}` is the requested value. */
const call = z.union([
  name.transform((command) => ({ command, params: {} as Readonly<Record<string, string>> })),
  named(named(text)).transform((calls, context) => {
    const [[command, params] = ['', {}], ...more] = Object.entries(calls)
    if (more.length > 0 || command === '') context.addIssue({ code: 'custom', message: 'takes one command' })
    return { command, params: params as Readonly<Record<string, string>> }
  }),
])
export type Call = z.output<typeof call>

const calls = Object.fromEntries(actions.map((action) => [action, call.optional()])) as Record<
  Action,
  z.ZodOptional<typeof call>
>

/** Home Assistant platforms of properties. */
export const entities = [
  'alarm_control_panel',
  'binary_sensor',
  'button',
  'climate',
  'cover',
  'device_tracker',
  'event',
  'lock',
  'notify',
  'number',
  'select',
  'sensor',
  'siren',
  'switch',
  'text',
  'valve',
] as const

export const property = table({
  entity: oneOf(entities),
  category: oneOf(['config', 'diagnostic']).optional(),
  name: text.optional(),
  when: when.default({}),
  query: name.optional(),
  primary: flag.default(false),
  danger: many(text).default([]),
  ...calls,
})
export type Property = z.output<typeof property>

export const timing = table({
  reply: seconds.optional(),
  gap: seconds.optional(),
  expected: z.union([z.literal('none').transform(() => null), seconds]).optional(),
  sleeps: flag.optional(),
  wakes: table({ every: seconds, for: seconds }).optional(),
  window: table({ after: text, for: seconds }).optional(),
  per_day: whole.optional(),
})
export type Timing = z.output<typeof timing>

export const setupStep = table({
  do: oneOf(['command', 'hand', 'ring']),
  command: name.optional(),
  params: named(text).default({}),
  ask: many(name).default([]),
  say: text.optional(),
  check: pattern.optional(),
})
export type SetupStep = z.output<typeof setupStep>
