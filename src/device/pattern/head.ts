import { eachPart, type Part, type Pattern } from './pattern.ts'

/** What a position block begins with. */
const placeFields: readonly string[] = ['latitude', 'longitude', 'position', 'lac', 'cell_id']
/** Holes that name the alarm: what follows is not part of its words. */
const alarmFields: readonly string[] = ['event', 'alarm_text']
/** Fields without relation to an alarm. */
const silentFields: readonly string[] = ['_', '#', 'rest', 'fix_time', 'time']

/** How a pattern begins: with words of the profile that name an event, with any words, or with words of its own. */
export interface Head {
  readonly pattern: Pattern
  readonly by: 'event' | 'any_words' | 'words'
}

const fieldsOf = (part: Part): string[] =>
  [...eachPart([part])].flatMap((one) => (one.part === 'hole' ? [one.field] : []))

const holds = (part: Part, fields: readonly string[]): boolean => fieldsOf(part).some((field) => fields.includes(field))

/** Does a pattern take a place? */
export const takesPlace = ({ parts }: Pattern): boolean => parts.some((part) => holds(part, placeFields))

const isLink = (part: Part | undefined): boolean => part?.part === 'hole' && part.field === 'position'

const heads = new WeakMap<Pattern, Head | null>()

/**
 * The part of a pattern up to the name of its alarm, or before its place: `speed {speed_limit:int}` of
 * `speed {speed_limit:int}! lat:…`. Null where there is neither.
 */
export function headOf(pattern: Pattern): Head | null {
  const known = heads.get(pattern)
  if (known !== undefined) return known
  const head = cutHead(pattern)
  heads.set(pattern, head)
  return head
}

function cutHead({ source, parts }: Pattern): Head | null {
  const place = parts.findIndex((part) => holds(part, placeFields))
  const before = place < 0 ? parts : parts.slice(0, place)
  const naming = before.findIndex((part) => holds(part, place < 0 ? ['event'] : alarmFields))
  const alarm = before.findLastIndex((part) => fieldsOf(part).some((field) => !silentFields.includes(field)))
  // Coordinates have a label in front of them; a link has none, and everything before it is the head.
  const words = isLink(parts[place]) ? before.findLastIndex(({ part }) => part !== 'gap' && part !== 'blank') : -1
  const end = naming >= 0 ? naming : place < 0 ? -1 : Math.max(alarm, words)
  const last = before[end]
  if (last === undefined) return null
  // What names the alarm may be missing in the whole pattern; in its head it may not.
  const needed: Part = last.part === 'either' && end !== words ? { ...last, optional: false } : last
  const pattern = { source: `head of ${source}`, parts: [...before.slice(0, end), needed] }
  return { pattern, by: holds(last, ['event']) ? 'event' : holds(last, ['alarm_text']) ? 'any_words' : 'words' }
}
