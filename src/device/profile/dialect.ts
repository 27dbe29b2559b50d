import { type Binding, type Bound, bind, type Extent, namesIn } from '../pattern/bind.ts'
import type { Pattern } from '../pattern/pattern.ts'
import type { PhoneForm, Setting } from '../schema/command.ts'
import type { Property, SetupStep, Timing } from '../schema/message.ts'
import type { Additions, ProfileRow, SmsRow, SourceRow, Variant } from '../schema/profile-schema.ts'
import type { Template } from '../schema/template.ts'
import { inOtherWords, type Texts } from './other-words.ts'
import { type Origins, type Proved, proved, type Stated } from './proof-of-sources.ts'

type Table<T> = Readonly<Record<string, T>>

/** What the device accepts; a command beyond it is refused, never altered. */
export interface SmsLimits {
  readonly alphabet: 'ascii' | 'gsm7' | 'ucs2'
  readonly parts: number
  readonly maxLength: number | null
  readonly textMode: boolean
  readonly join: SmsRow['join'] | null
}

/** The words that the profile prints, where a dialect can be named. */
export const ownWords = 'none'

/** A profile with its variant applied, and with the additions of a device's owner. */
export interface Dialect extends Texts {
  readonly profile: string
  readonly variant: string
  readonly sources: Table<SourceRow>
  readonly phoneNumbers: PhoneForm
  readonly case: 'exact' | 'upper' | 'lower' | 'any'
  readonly sms: SmsLimits
  readonly frames: Table<Template>
  readonly settings: Table<Setting>
  /** The firmware whose words these are; null for those that the profile prints. */
  readonly layer: string | null
  /** The same in the words of other firmware. */
  readonly layers: Table<Dialect>
  readonly silence: string | null
  readonly identity: string | null
  /** Texts of somebody else that the device forwards. */
  readonly forwards: readonly Pattern[]
  readonly properties: Table<Property>
  readonly timing: Timing
  readonly setup: readonly SetupStep[]
  readonly timeZone: string | null
  readonly programs: Programs
}

export function dialectOf(id: string, row: ProfileRow, variantName: string): Dialect {
  const variant: Partial<Variant> = row.variants[variantName] ?? {}
  const withProof = <T extends Stated>(entries: Table<T | null> | undefined) => allProved(entries, row)
  const items = merge(row.items, variant.items, replaced(variant, 'items'))
  const base: Dialect = {
    profile: id,
    variant: variantName,
    layer: null,
    layers: {},
    sources: row.sources,
    phoneNumbers: variant.phone_numbers ?? row.phone_numbers ?? 'plus',
    case: variant.case ?? row.case ?? 'exact',
    sms: limitsOf({ ...row.sms, ...variant.sms }),
    frames: merge(row.frames, variant.frames, replaced(variant, 'frames')),
    settings: merge(row.settings, variant.settings, replaced(variant, 'settings')),
    words: merge(row.words, variant.words, replaced(variant, 'words')),
    items: Object.fromEntries(
      Object.entries(items).map(([name, item]) => [name, { text: item.text, separator: item.separator ?? null }]),
    ),
    commands: merge(withProof(row.commands), withProof(variant.commands), replaced(variant, 'commands')),
    replies: {
      refused: variant.refused ?? row.refused ?? [],
      already: variant.already ?? row.already ?? [],
      accepted: variant.accepted ?? row.accepted ?? [],
      pending: variant.pending ?? row.pending ?? [],
    },
    silence: variant.silence ?? row.silence ?? null,
    messages: merge(withProof(row.messages), withProof(variant.messages), replaced(variant, 'messages')),
    identity: variant.identity ?? row.identity ?? null,
    forwards: variant.forwards ?? row.forwards ?? [],
    properties: merge(row.properties, variant.properties, replaced(variant, 'properties')),
    timing: { ...row.timing, ...variant.timing },
    setup: variant.setup ?? row.setup ?? [],
    timeZone: variant.time_zone ?? row.time_zone ?? null,
    programs: new Programs(),
  }
  return { ...base, layers: layersOf(base, row.dialects) }
}

const layersOf = (base: Dialect, rows: ProfileRow['dialects']): Dialect['layers'] =>
  Object.fromEntries(
    Object.entries(rows).map(([layer, row]) => [
      layer,
      { ...base, ...inOtherWords(base, row), layer, programs: new Programs() },
    ]),
  )

function limitsOf({ alphabet = 'gsm7', parts = 1, max_length, text_mode = false, join }: SmsRow): SmsLimits {
  return { alphabet, parts, maxLength: max_length ?? null, textMode: text_mode, join: join ?? null }
}

interface Added extends Additions {
  /** Further forms of texts that it forwards. */
  readonly forwards?: readonly Pattern[] | undefined
}

/** The dialect of a device with its owner's additions; without any it is the profile's. */
export function extend(dialect: Dialect, additions: Added): Dialect {
  if (Object.values(additions).every((section) => section === undefined)) return dialect
  return {
    ...dialect,
    commands: merge(dialect.commands, allProved(additions.commands), false),
    messages: merge(dialect.messages, allProved(additions.messages), false),
    properties: merge(dialect.properties, additions.properties, false),
    forwards: [...dialect.forwards, ...(additions.forwards ?? [])],
    timing: { ...dialect.timing, ...additions.timing },
    layers: Object.fromEntries(Object.entries(dialect.layers).map(([name, one]) => [name, extend(one, additions)])),
    programs: new Programs(),
  }
}

const replaced = (variant: Partial<Variant>, section: NonNullable<Variant['replaces']>[number]): boolean =>
  variant.replaces?.includes(section) ?? false

/** Each entry with what its sources prove; those of the device's owner have none. */
const allProved = <T extends Stated>(
  entries: Table<T | null> | undefined,
  origins?: Origins,
): Table<Proved<T> | null> =>
  Object.fromEntries(Object.entries(entries ?? {}).map(([name, row]) => [name, row && proved(row, origins)]))

/** Entries of `over` replace those of `under`; null removes one. */
function merge<T>(under: Table<T | null> | undefined, over: Table<T | null> | undefined, replaces: boolean): Table<T> {
  const entries = Object.entries({ ...(replaces ? {} : under), ...over })
  return Object.fromEntries(entries.filter((entry): entry is [string, T] => entry[1] !== null))
}

/**
 * Compiled patterns, each made at its first use. Those of a dialect are shared by all its devices; a pattern with words
 * of a device is cached under these words.
 */
export class Programs {
  readonly #made = new Map<string, Bound | null>()
  readonly #names = new WeakMap<Pattern, readonly string[]>()

  get(pattern: Pattern, binding: Binding, extent: Extent = 'whole'): Bound | null {
    const key = JSON.stringify([
      extent,
      pattern.source,
      ...this.#namesOf(pattern, binding).map((name) => wordsOf(name, binding)),
    ])
    const known = this.#made.get(key)
    if (known !== undefined) return known
    const made = bind(pattern, binding, extent)
    // Words change (a learned text, a password): what is still used is compiled again.
    if (this.#made.size >= maxPrograms) this.#made.clear()
    this.#made.set(key, made)
    return made
  }

  #namesOf(pattern: Pattern, { items }: Binding): readonly string[] {
    const names = this.#names.get(pattern) ?? namesIn(pattern, items)
    this.#names.set(pattern, names)
    return names
  }
}

const maxPrograms = 2000

const wordsOf = (name: string, binding: Binding): unknown =>
  name.includes('#') ? binding.family(name) : binding.value(name)
