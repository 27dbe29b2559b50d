import type { Value } from '../../message/values.ts'
import { assemble, type Program } from '../regular/instructions.ts'
import { blank, gap, list, type Regular, words } from '../regular/regular.ts'
import { fromWords, type HoleType, holeType } from './holes.ts'
import { eachPart, type Part, type Pattern, parsePattern } from './pattern.ts'

/** Values for the names in a pattern: the dialect's words and items, the owner's settings, a command's parameters. */
export interface Binding {
  readonly words: Readonly<Record<string, Readonly<Record<string, Value>>>>
  readonly items: Readonly<Record<string, Item>>
  /** The value of a setting or parameter; null when it has none. */
  readonly value: (name: string) => string | null
  /** All values of a numbered setting, by number or name: `zone_text_#`. */
  readonly family: (name: string) => Readonly<Record<string, string>>
  /** The expression for a parameter of unknown value; without it, no text fits. */
  readonly unknown?: (name: string) => Regular<never> | null
}

/** One element of a list. Blanks around the separator are free; without one, blanks separate. */
export interface Item {
  readonly text: Pattern
  readonly separator: string | null
}

/** What matched a range of the text. */
export type Mark =
  | { readonly by: 'hole'; readonly field: string; readonly type: HoleType }
  | { readonly by: 'value'; readonly name: string }
  | { readonly by: 'item'; readonly item: string }

export type Bound = Program<Mark>

/** A hole of an unknown type: the profile is wrong, whatever the text. */
export class UnknownName extends Error {}

/**
 * The program of a pattern; null when it needs the value of a setting that is empty: then no text can fit. A choice
 * that needs one is left out.
 */
export function bind(pattern: Pattern, binding: Binding, extent: Extent = 'whole'): Bound | null {
  const regular = regularOf(pattern, binding)
  if (regular === null) return null
  return assemble(extent === 'whole' ? regular : reaching(regular))
}

/** Whether a pattern has to match the whole text or is searched for in it. */
export type Extent = 'whole' | 'fragment'

/** A hole at the end of a fragment is greedy: a word ends at a blank and a line at its break, not after one letter. */
function reaching(regular: Regular<Mark>): Regular<Mark> {
  switch (regular.is) {
    case 'sequence':
      return { ...regular, of: regular.of.map((part, i) => (i === regular.of.length - 1 ? reaching(part) : part)) }
    case 'either':
      return { ...regular, of: regular.of.map(reaching) }
    case 'marked':
      return { ...regular, of: reaching(regular.of) }
    case 'many':
      return { ...regular, lazy: false }
    default:
      return regular
  }
}

export function regularOf(pattern: Pattern, binding: Binding): Regular<Mark> | null {
  return bindAll(pattern.parts, binding)
}

function bindAll(parts: readonly Part[], binding: Binding): Regular<Mark> | null {
  const bound = parts.map((part) => bindPart(part, binding))
  return bound.includes(null) ? null : { is: 'sequence', of: bound as Regular<Mark>[] }
}

function bindPart(part: Part, binding: Binding): Regular<Mark> | null {
  switch (part.part) {
    case 'text':
      return { is: 'literal', text: part.text, exact: false }
    case 'blank':
      return blank
    case 'gap':
      return gap
    case 'either':
      return bindChoices(part, binding)
    case 'hole':
      return bindHole(part, binding)
    case 'value': {
      const value = binding.value(part.name)?.trim() ?? ''
      const taken = value === '' ? (binding.unknown?.(part.name) ?? null) : words(value)
      return taken === null ? null : marked({ by: 'value', name: part.name }, taken)
    }
    case 'list':
      return bindList(part.item, binding)
  }
}

function bindChoices(part: Extract<Part, { part: 'either' }>, binding: Binding): Regular<Mark> | null {
  const choices = part.of.flatMap((choice) => bindAll(choice, binding) ?? [])
  if (part.optional) choices.push({ is: 'sequence', of: [] })
  return choices.length === 0 ? null : { is: 'either', of: choices }
}

function bindHole(part: Extract<Part, { part: 'hole' }>, binding: Binding): Regular<Mark> | null {
  const type = typeOf(part, binding)
  return type === null ? null : marked({ by: 'hole', field: part.field, type }, type.regular)
}

function typeOf({ field, type, argument }: Extract<Part, { part: 'hole' }>, binding: Binding): HoleType | null {
  if (type === 'one_of') return oneOf(binding.family(argument))
  const written = argument.startsWith('=') ? fromSetting(argument, binding) : argument
  if (written === null) return null
  const known = Object.hasOwn(binding.words, type) ? binding.words[type] : undefined
  const found = known === undefined ? holeType(type, written, field) : fromWords(known)
  if (found === null) throw new UnknownName(`{${field}:${type}${argument && `(${argument})`}} has no such type`)
  return found
}

/** `date(=date_order HH:mm)`: the order is from a setting, the rest literal. */
function fromSetting(argument: string, binding: Binding): string | null {
  const [, name = '', rest = ''] = /^=(\w+)(.*)$/.exec(argument) ?? []
  const value = binding.value(name)
  return value === null || value === '' ? null : value + rest
}

/** One of the values of a numbered setting; what it finds is the number. */
function oneOf(family: Readonly<Record<string, string>>): HoleType | null {
  const entries = Object.entries(family).filter(([, text]) => text.trim() !== '')
  if (entries.length === 0) return null
  return fromWords(Object.fromEntries(entries.map(([number, text]) => [text.trim(), number])))
}

function bindList(name: string, binding: Binding): Regular<Mark> | null {
  const item = Object.hasOwn(binding.items, name) ? binding.items[name] : undefined
  if (item === undefined) throw new UnknownName(`{${name}*} has no item "${name}"`)
  const element = bindAll(item.text.parts, binding)
  if (element === null) return null
  return list(marked({ by: 'item', item: name }, element), separatorOf(item.separator))
}

function separatorOf(separator: string | null): Regular<Mark> {
  if (separator === null) return blank
  return { is: 'sequence', of: [gap, words(separator.trim()), gap] }
}

const marked = (mark: Mark, of: Regular<Mark>): Regular<Mark> => ({ is: 'marked', mark, of })

/** Settings and parameters that a pattern uses, those of its items included. */
export function namesIn(pattern: Pattern, items: Readonly<Record<string, Item>>): string[] {
  return [...eachPart(pattern.parts)].flatMap((part) => {
    if (part.part === 'value') return [part.name]
    if (part.part === 'list') return Object.hasOwn(items, part.item) ? namesIn((items[part.item] as Item).text, {}) : []
    if (part.part !== 'hole') return []
    if (part.type === 'one_of') return [part.argument]
    return part.argument.startsWith('=') ? [/^=(\w*)/.exec(part.argument)?.[1] ?? ''] : []
  })
}

/** Fields that a pattern may fill, as written: with `#`. */
export function fieldsIn(pattern: Pattern, items: Readonly<Record<string, Item>>): string[] {
  return [...eachPart(pattern.parts)].flatMap((part) => {
    if (part.part === 'hole') return [part.field]
    return part.part === 'list' && Object.hasOwn(items, part.item) ? fieldsIn((items[part.item] as Item).text, {}) : []
  })
}

/** A text to be found as it is: an answer printed without holes. */
export const plainPattern = (text: string): Pattern => parsePattern(text.replace(/[\\~[\](){}|]/g, '\\$&'))
