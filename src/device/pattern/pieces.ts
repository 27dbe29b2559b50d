import { fold, punctuation } from '../regular/regular.ts'
import { reservedNames } from '../vocabulary/vocabulary.ts'
import { inAnyUnit, numeric } from './any-unit.ts'
import { looseParts, verbs } from './loosen.ts'
import { eachPart, type Part, type Pattern } from './pattern.ts'

type Hole = Extract<Part, { part: 'hole' }>

/** A key with its value, as one of a profile's patterns has it: `bat[tery]:{battery:percent}`. */
export interface Piece {
  /** The folded letters that it begins with. */
  readonly head: string
  readonly pattern: Pattern
  /** A key of one letter: its value counts only where nothing but the next key follows. */
  readonly isShort: boolean
  /** The same without the mark behind the key; null where the key is too short for that, or its value is free text. */
  readonly loose: Pattern | null
}

/** Marks that end what a key is about. */
const separator = /^[,;!?.<>()[\]]$/
const free: readonly string[] = ['word', 'line']
/** Any characters, or what another layer finds. */
const unusable: readonly string[] = ['text', 'number', 'maps_link', 'nmea_sentence', 'cell_list', 'one_of']
const unwanted: readonly string[] = [...reservedNames.filter((name) => name !== '#'), 'alarm_text', 'alarm_value']
/** Choices at the start of a key, each of which is a key of its own. */
const maxKeys = 6

const pieces = new WeakMap<Pattern, readonly Piece[]>()

/** Every value of a pattern with the words in front of it. */
export function piecesIn(pattern: Pattern): readonly Piece[] {
  const known = pieces.get(pattern)
  if (known !== undefined) return known
  const found: Part[][] = []
  cut(pattern.parts, found)
  const all = found.flatMap(keysOf).flatMap((parts) => pieceOf(parts) ?? [])
  pieces.set(pattern, all)
  return all
}

function cut(parts: readonly Part[], found: Part[][]): void {
  let key: Part[] = []
  for (const [i, part] of parts.entries()) {
    if (part.part === 'gap' || part.part === 'blank') key.push(part)
    else if (part.part === 'text') key = separator.test(part.text) ? [] : [...key, part]
    else if (part.part === 'hole' && part.field === '#') key.push(part)
    else if (part.part === 'hole') {
      if (isUsable(part)) found.push([...key, inAnyUnit(part, parts.slice(i + 1)) ?? part])
      key = []
    } else if (part.part === 'either' && !hasHole(part)) key.push(part)
    else {
      if (part.part === 'either') for (const choice of part.of) cutChoice(choice, key, found)
      key = []
    }
  }
}

/** A choice that begins with a value has the key in front of the choices. */
function cutChoice(choice: readonly Part[], key: readonly Part[], found: Part[][]): void {
  const start = choice.findIndex(({ part }) => part !== 'gap' && part !== 'blank')
  const first = choice[start]
  const isValue = first?.part === 'hole' || first?.part === 'either'
  cut(isValue ? [...key, ...choice] : choice, found)
}

const hasHole = (part: Part): boolean =>
  [...eachPart([part])].some(({ part: kind }) => kind === 'hole' || kind === 'list')
const isUsable = ({ field, type }: Hole): boolean => !unwanted.includes(field) && !unusable.includes(type)

/** Without what may be missing at its start, and one for each choice there. */
function keysOf(parts: readonly Part[]): Part[][] {
  const [first, ...rest] = parts
  if (first === undefined) return []
  if (first.part === 'gap' || first.part === 'blank') return keysOf(rest)
  if (first.part === 'text') return punctuation.includes(first.text) ? keysOf(rest) : [[...parts]]
  if (first.part !== 'either' || hasHole(first)) return []
  const choices = first.of.slice(0, maxKeys).flatMap((choice) => keysOf([...choice, ...rest]))
  return first.optional ? [...choices, ...keysOf(rest)] : choices
}

function pieceOf(parts: readonly Part[]): Piece | null {
  const [first] = parts
  const head = first?.part === 'text' ? fold(first.text) : ''
  const letters = parts.flatMap((part) => (part.part === 'text' ? part.text : [])).join('')
  const count = (letters.match(/\p{L}/gu) ?? []).length
  if (count === 0) return null
  const holes = [...eachPart(parts)].filter((part): part is Hole => part.part === 'hole')
  const isNumbered = holes.some(({ field }) => field === '#')
  if (holes.some(({ field }) => field.includes('#') && field !== '#') && !isNumbered) return null
  const source = JSON.stringify(parts)
  const isMarked = parts.some((part) => part.part === 'text' && /^[:=]$/.test(part.text))
  const isFree = holes.some(({ type }) => free.includes(type))
  if ((count < 2 || isFree) && !isMarked) return null
  const isNumber = holes.every(({ type }) => type === 'quantity' || numeric.includes(type))
  const loose =
    count < 2 || isFree ? null : { source: `loose ${source}`, parts: looseParts(parts, isNumber ? verbs : []) }
  return { head, pattern: { source, parts }, isShort: count < 2, loose }
}
