import { z } from 'zod'
import {
  decimal,
  flag,
  many,
  name,
  named,
  oneOf,
  pattern,
  regex,
  seconds,
  table,
  template,
  text,
  whole,
} from './profile-scalars.ts'

/** The types of parameters and settings. */
export const parameterTypes = [
  'int',
  'decimal',
  'digits',
  'text',
  'enum',
  'bool',
  'phone',
  'ipv4',
  'host',
  'date',
  'time',
  'duration',
  'zone',
  'bits',
  'name_or_number',
] as const

export type ParameterType = (typeof parameterTypes)[number]

export const phoneForms = ['plus', 'plain', '00', 'national'] as const
export type PhoneForm = (typeof phoneForms)[number]

/** Words to choose from: a list, or a map from each word to what is sent. */
const options = z
  .preprocess(
    (value) => (Array.isArray(value) ? Object.fromEntries(value.map((word) => [String(word), String(word)])) : value),
    z.record(z.string(), text),
  )
  .transform((words): Readonly<Record<string, string>> => words)

/** Limits that parameters and settings share. `min` and `max` bound numbers, and the length of texts. */
const limits = {
  min: decimal.optional(),
  max: decimal.optional(),
  length: whole.optional(),
  pattern: regex.optional(),
  options: options.optional(),
  secret: flag.default(false),
  label: text.optional(),
}

export const parameter = table({
  type: oneOf(parameterTypes),
  ...limits,
  pad: whole.optional(),
  scale: decimal.optional(),
  comma: flag.default(false),
  format: text.optional(),
  phone: oneOf(phoneForms).optional(),
  optional: flag.default(false),
  default: text.optional(),
  list: table({ separator: text, skip: text.default('') }).optional(),
  from: text.optional(),
  prefix: text.default(''),
  unit: text.optional(),
})
export type Parameter = z.output<typeof parameter>

export const setting = table({
  type: oneOf(parameterTypes).default('text'),
  ...limits,
  default: text.optional(),
  required: flag.default(false),
  learned: flag.default(false),
  example: z.union([text, z.record(z.string(), text)]).optional(),
})
export type Setting = z.output<typeof setting>

/** Settings and the values under which an entry exists. */
export const when = named(many(text))

/** A pattern, or one with values beyond its holes: `{ text: "{=text_on}", set: { output_1: "ON" } }`. */
export const wording = z.preprocess(
  (value) => (typeof value === 'string' ? { text: value } : value),
  table({ text: pattern, set: named(text).default({}) }),
)
export type Wording = z.output<typeof wording>

/** Reasons of refusals, where their words name one. */
export const refusalReasons = ['wrong_password', 'not_authorised', 'wrong_format', 'not_possible'] as const
export type RefusalReason = (typeof refusalReasons)[number]

/** A pattern of a refusal; without `reason`, the words of the text are searched for one. */
export const refusal = z.preprocess(
  (value) => (typeof value === 'string' ? { text: value } : value),
  table({ text: pattern, set: named(text).default({}), reason: oneOf(refusalReasons).optional() }),
)
export type Refusal = z.output<typeof refusal>

export const reply = table({
  expect: oneOf(['none', 'optional', 'required']).default('optional'),
  within: seconds.optional(),
  request: text.default(''),
  accepted: many(wording).default([]),
  already: many(wording).default([]),
  refused: many(refusal).default([]),
  pending: many(wording).default([]),
  after_pending: seconds.default(3600),
  reads: many(name).default([]),
  texts: whole.default(1),
  within_texts: seconds.default(60),
  any_text: flag.default(false),
  secret: many(name).default([]),
})
export type ReplyRow = z.output<typeof reply>

const given = z.union([text, z.array(text)])
export type Given = z.output<typeof given>

const commandExample = table({
  variant: text.optional(),
  settings: named(text).default({}),
  params: named(given).default({}),
  sms: many(text).default([]),
  reply: many(text).default([]),
  already: text.optional(),
  pending: text.optional(),
  refused: text.optional(),
  values: many(named(text)).default([]),
  scts: text.optional(),
})
export type CommandExample = z.output<typeof commandExample>

/** What an entry states of its proof; what holds is derived from its sources in profile/proof-of-sources.ts. */
export const proofs = ['printed', 'reported', 'unproven'] as const
export const proof = oneOf(proofs)
export type Proof = z.output<typeof proof>

/** How well it is proved that devices understand or send an entry. */
export interface Evidence {
  readonly proof: Proof
  /** Number of independent sources. */
  readonly independent: number
  /** What the entry states itself. */
  readonly stated: Proof | null
}

export const command = table({
  text: template.optional(),
  steps: z.array(table({ command: name, params: named(text).default({}), wait: seconds.default(0) })).optional(),
  ring: table({ seconds: whole }).optional(),
  frame: text.optional(),
  label: text.optional(),
  source: many(text).default([]),
  proof: proof.optional(),
  was: many(name).default([]),
  when: when.default({}),
  params: named(parameter).default({}),
  repeat: oneOf(['safe', 'never']).default('never'),
  repeat_window: seconds.optional(),
  danger: text.optional(),
  ttl: seconds.optional(),
  in_window: flag.default(false),
  sets: z.record(text, text).default({}),
  asks: many(name).default([]),
  secret: named(name).default({}),
  cancels: text.optional(),
  reply: reply.prefault({ expect: 'none' }),
  examples: z.array(commandExample).default([]),
}).refine((row) => [row.text, row.steps, row.ring].filter((act) => act !== undefined).length === 1, {
  message: 'has one of text, steps and ring',
})
export type CommandRow = z.output<typeof command>
export type Command = Omit<CommandRow, 'proof'> & Evidence
