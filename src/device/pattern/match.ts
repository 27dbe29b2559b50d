import type { Value, Values } from '../../message/values.ts'
import { joinTime, type TimeContext, type TimeParts } from '../readers/dates.ts'
import { placed } from '../readers/place.ts'
import { type Run, type RunOptions, run, type Trail } from '../regular/machine.ts'
import { fitted } from '../vocabulary/vocabulary.ts'
import type { Bound, Mark } from './bind.ts'
import type { Found } from './holes.ts'

/** A match with the values of its holes. Several matches of one text may be merged before `conclude`. */
export interface Match {
  readonly values: Values
  /** Dates and clocks by field: those of one field join. */
  readonly times: Readonly<Record<string, TimeParts>>
  /** Ranges of the text by what matched them, `#` filled in; used for masking secrets. */
  readonly spans: readonly Span[]
  /** How much of the text the pattern explains. */
  readonly weight: number
  readonly steps: number
}

export interface Span {
  readonly by: 'hole' | 'value'
  readonly name: string
  readonly from: number
  readonly to: number
}

export type MatchOptions = RunOptions & { readonly set?: Values }

interface Capture extends Span {
  /** Which element of which list, or -1 outside of lists. */
  readonly element: number
  readonly found: Found | null
}

/** Runs a program over a text and reads what its holes took; null when the text does not fit. */
export function match(program: Bound, text: string, options: MatchOptions = {}): Match | null {
  const result = run(program, text, options)
  return result.fits ? readMarks(result, text, options) : null
}

/** The values of the marks in a text; null when one of them is invalid. */
export function readMarks(
  result: Pick<Run<Mark>, 'trail' | 'weight' | 'steps'>,
  text: string,
  options: MatchOptions = {},
): Match | null {
  const { captures, items } = capturesOf(result.trail, text)
  if (captures.some((capture) => capture.found?.is === 'refused')) return null
  const numbers = numberElements(captures, items)
  const name = (capture: { name: string; element: number }): string =>
    capture.name.replace('#', numbers.get(capture.element) ?? '#')
  const values = new Map<string, Value>()
  const times = new Map<string, TimeParts>()
  for (const capture of captures) {
    if (capture.found === null || capture.name === '_' || capture.name === '#') continue
    collect(name(capture), capture.found, values, times)
  }
  for (const [field, value] of Object.entries(options.set ?? {})) put(values, name({ name: field, element: -1 }), value)
  const spans = captures.map((capture) => ({ by: capture.by, name: name(capture), from: capture.from, to: capture.to }))
  return {
    values: Object.fromEntries(values),
    times: Object.fromEntries(times),
    spans,
    weight: result.weight,
    steps: result.steps,
  }
}

export const nothingFound: Match = { values: {}, times: {}, spans: [], weight: 0, steps: 0 }

/** Merges two matches of the same text; values of `first` take precedence. */
export function together(first: Match, second: Match): Match {
  const joined = Object.entries(first.times).map(([field, parts]) => [field, { ...second.times[field], ...parts }])
  return {
    values: { ...second.values, ...first.values },
    times: { ...second.times, ...Object.fromEntries(joined) },
    spans: [...first.spans, ...second.spans],
    weight: first.weight + second.weight,
    steps: first.steps + second.steps,
  }
}

/** All values of a match, with times as ISO 8601, and positions only if valid. */
export function conclude({ values, times }: Match, context: TimeContext, text: string): Record<string, Value> {
  const fields = new Map(Object.entries(values))
  for (const [field, parts] of Object.entries(times)) put(fields, field, joinTime(parts, context))
  placed(fields, text)
  return Object.fromEntries(fields)
}

/** `set` of a message in the types of its fields. */
export function setValues(values: Values): Record<string, Value> {
  const set = new Map<string, Value>()
  for (const [field, value] of Object.entries(values)) put(set, field, value)
  return Object.fromEntries(set)
}

function collect(field: string, found: Found, values: Map<string, Value>, times: Map<string, TimeParts>): void {
  if (found.is === 'time') times.set(field, { ...times.get(field), ...found.parts })
  else if (found.is === 'value') put(values, field, found.value)
  else if (found.is === 'values') for (const [name, value] of Object.entries(found.values)) put(values, name, value)
}

function put(values: Map<string, Value>, field: string, value: Value): void {
  const fitting = fitted(field, value)
  if (fitting !== null) values.set(field, fitting)
}

/** The captures from the first on; `items` holds the list that each element belongs to. */
function capturesOf(trail: Trail<Mark> | null, text: string): { captures: Capture[]; items: string[] } {
  const captures: Capture[] = []
  const items: string[] = []
  let element = -1
  for (const { mark, edge, from, to } of stretchesOf(trail)) {
    if (mark.by === 'item') element = edge === 'open' ? items.push(mark.item) - 1 : -1
    else if (mark.by === 'hole') {
      captures.push({ by: 'hole', name: mark.field, from, to, element, found: mark.type.read(text.slice(from, to)) })
    } else captures.push({ by: 'value', name: mark.name, from, to, element, found: null })
  }
  return { captures, items }
}

/** A range of the text and its mark. A list's element occurs twice: where it begins and where it ends. */
export interface Stretch {
  readonly mark: Mark
  readonly edge: 'open' | 'close'
  readonly from: number
  readonly to: number
}

export function stretchesOf(trail: Trail<Mark> | null): Stretch[] {
  const marks: Trail<Mark>[] = []
  for (let step = trail; step !== null; step = step.before) marks.push(step)
  const stretches: Stretch[] = []
  let from = 0
  for (const { mark, edge, at } of marks.reverse()) {
    if (mark.by === 'item') stretches.push({ mark, edge, from: at, to: at })
    else if (edge === 'open') from = at
    else stretches.push({ mark, edge, from, to: at })
  }
  return stretches
}

/** The value of `#`: the number or name in the text, else the position in the list. */
function numberElements(captures: readonly Capture[], items: readonly string[]): Map<number, string> {
  const numbers = new Map<number, string>()
  const counted: Record<string, number> = {}
  for (const [element, item] of items.entries()) {
    counted[item] = (counted[item] ?? 0) + 1
    numbers.set(element, String(counted[item]))
  }
  for (const { name, element, found } of captures) {
    if (name === '#' && found?.is === 'value') numbers.set(element, levelOf(String(found.value)))
  }
  return numbers
}

/** A number or name as a part of a field's name: `Garage Door` is `garage_door`. */
const levelOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '') || '_'
