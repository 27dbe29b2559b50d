import { z } from 'zod'
import { isZone } from '../readers/zones.ts'
import { command, phoneForms, refusal, setting, wording } from './command.ts'
import { message, messageExample, property, setupStep, timing } from './message.ts'
import {
  flag,
  forward,
  many,
  named,
  oneOf,
  pattern,
  removable,
  table,
  template,
  text,
  whole,
} from './profile-scalars.ts'

export const kinds = [
  'tracker',
  'router',
  'gate',
  'relay',
  'socket',
  'rtu',
  'monitor',
  'generator',
  'pump',
  'solar',
  'tank',
  'meter',
  'boiler',
  'heater',
  'thermostat',
  'alarm_panel',
  'intercom',
  'lift',
  'scale',
  'logger',
  'vehicle',
  'sketch',
  'phone',
  'generic',
] as const

const sms = table({
  alphabet: oneOf(['ascii', 'gsm7', 'ucs2']).optional(),
  parts: whole.optional(),
  max_length: whole.optional(),
  text_mode: flag.optional(),
  join: table({ separator: text, max: whole.optional(), max_length: whole.optional() }).optional(),
  prefix_ok: template.optional(),
})
export type SmsRow = z.output<typeof sms>

const item = table({ text: pattern, separator: text.optional() })
const word = z.record(z.string(), text)

/** Sections that a variant may change, and the device's own part of the configuration extend. */
const sections = {
  phone_numbers: oneOf(phoneForms).optional(),
  case: oneOf(['exact', 'upper', 'lower', 'any']).optional(),
  sms: sms.optional(),
  frames: named(template).optional(),
  settings: named(setting).optional(),
  words: named(word).optional(),
  items: named(item).optional(),
  commands: named(command).optional(),
  accepted: many(wording).optional(),
  already: many(wording).optional(),
  refused: many(refusal).optional(),
  pending: many(wording).optional(),
  silence: text.optional(),
  messages: named(message).optional(),
  identity: text.optional(),
  forwards: many(forward).optional(),
  properties: named(property).optional(),
  timing: timing.optional(),
  setup: z.array(setupStep).optional(),
  time_zone: text.refine(isZone, 'is not a time zone: use a name like Europe/Berlin, or +02:00').optional(),
}

/** The sections that are tables of entries: a variant adds, replaces or removes entries. */
export const tables = ['frames', 'settings', 'words', 'items', 'commands', 'messages', 'properties'] as const

/** Who speaks: the maker's manual or other pages, a program of owners, what people write, a recording of a device. */
const sourceKinds = ['manual', 'maker', 'program', 'forum', 'recording'] as const

/** A text alone is a manual. `of` names the origin of what it repeats, or whose manual it is. */
const source = z.preprocess(
  (given) => (typeof given === 'string' ? { kind: 'manual', at: given } : given),
  table({ kind: oneOf(sourceKinds), at: text, of: text.optional() }),
)
export type SourceRow = z.output<typeof source>

/** Firmware in another language or of another year: the same texts in other words. */
const layer = table({
  label: text,
  source: many(text).default([]),
  says: z
    .record(
      pattern.transform(({ source }) => source),
      pattern.transform(({ source }) => source),
    )
    .default({}),
  words: named(word).default({}),
  texts: named(many(wording)).default({}),
  /** Texts of commands, for a device that is known to speak it. */
  sends: named(template).default({}),
  examples: z.array(messageExample).default([]),
})
export type LayerRow = z.output<typeof layer>

const variant = table({
  label: text,
  tell: text,
  replaces: many(oneOf(tables)).default([]),
  ...sections,
  frames: named(removable(template)).optional(),
  settings: named(removable(setting)).optional(),
  words: named(removable(word)).optional(),
  items: named(removable(item)).optional(),
  commands: named(removable(command)).optional(),
  messages: named(removable(message)).optional(),
  properties: named(removable(property)).optional(),
})

export const profile = table({
  format: z.literal('1', 'only format 1 is known').transform(Number),
  revision: whole,
  manufacturer: text,
  family: text,
  kind: oneOf(kinds),
  models: many(text).default([]),
  was: many(text).default([]),
  sources: z.record(z.string(), source).default({}),
  /** Who has tried it on the air, with which model and firmware. */
  tested: many(text).default([]),
  default_variant: text.optional(),
  ...sections,
  variants: named(variant).default({}),
  dialects: named(layer).default({}),
})

export type Variant = z.output<typeof variant>
export type ProfileRow = z.output<typeof profile>
/** What a device adds to its profile in `smshub.yaml`, in the same grammar. */
export const additions = {
  messages: named(removable(message)).optional(),
  commands: named(removable(command)).optional(),
  properties: named(removable(property)).optional(),
  timing: timing.optional(),
}
const additionsTable = table(additions)
export type Additions = z.output<typeof additionsTable>
