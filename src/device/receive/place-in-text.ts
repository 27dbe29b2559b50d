import { bindingOf, type Device } from '../device.ts'
import type { Stretch } from '../mask.ts'
import { type Match, match, nothingFound, together } from '../pattern/match.ts'
import { type Pattern, parsePattern } from '../pattern/pattern.ts'
import { fieldsOf } from '../profile/places.ts'
import { linksIn, readMapsLink } from '../readers/maps-link.ts'
import { positionIn } from '../readers/positions.ts'
import { took } from '../regular/steps-taken.ts'
import { unlessPair } from './named-pair.ts'

/** The start of a word. */
const word = '(?<![\\p{L}\\p{N}?&])'
const cell = 'cid|cellid|cell id|cell|ci'
const slashed = 'yy/MM/dd|MM/dd/yy|dd/MM/yy'

/** The fields of a position block in most dialects, each searched for where its key begins a word. */
const places: readonly Fragment[] = [
  fragment('lat', 'lat[itude][:|=]~{latitude:latitude}~[,|;]~(lon|lng)[g|gitude][:|=]~{longitude:longitude}'),
  fragment('lac', `lac[:|=]~{lac:hex}( |,|;)~[${cell}][:|=]~{cell_id:hex}`),
  fragment('c', `(${cell})[:|=]~{cell_id:hex}( |,|;)~lac[:|=]~{lac:hex}`),
]
/** Further fields beside the position. */
const others: readonly Fragment[] = [
  fragment('bat', 'bat[tery][:|=]~{battery:percent}~%'),
  fragment(
    '(?:T|time|date|date ?time)\\s*:',
    `(T|time|date|date~time):~({fix_time:date(=date_order HH:mm)}|{fix_time:date(${slashed} HH:mm:ss)}|{fix_time:date(${slashed} HH:mm)})`,
  ),
]

interface Fragment {
  readonly key: RegExp
  readonly pattern: Pattern
}

function fragment(key: string, pattern: string): Fragment {
  return { key: new RegExp(word + key, 'iu'), pattern: parsePattern(pattern) }
}

/** The start of a position, which may be empty. */
const placeMark =
  /https?:\/\/|(?<![\p{L}\p{N}])(?:(?:www|maps)\.|geo:|(?:lat(?:itude)?(?:[ ,;/&|_+-]{0,2}(?:lon|lng)(?:g|gitude)?)?|lac|cell ?id|cid|last|t)\s*[:=]|last\s+(?:known|valid|gps|pos|loc))/iu

/** Where the position in a text begins; the end of the text if there is none. */
export function placeStart(text: string): number {
  const at = text.search(placeMark)
  return at < 0 ? text.length : at
}

/** Position of the device or of its radio cell, with battery and time. */
export interface Beside {
  readonly isPlace: boolean
  readonly found: Match
  /** What it is read from. */
  readonly claimed: readonly Stretch[]
}

export function placeInText(device: Device, text: string): Beside {
  const find = ({ key, pattern }: Fragment): Match[] => {
    const from = text.search(key)
    const program = device.dialect.programs.get(pattern, bindingOf(device), 'fragment')
    const found = from < 0 || program === null ? null : unlessPair(match(program, text, { search: true, from }), text)
    return found === null ? [] : [found]
  }
  took(text.length * (places.length + others.length + 1))
  const link = linkPlace(text)
  const printed = link === null && givesPlaces(device) ? positionIn(text, true) : null
  const written: Match[] = printed === null ? [] : [{ ...nothingFound, values: printed.values }]
  const place = [link ?? [], written, ...places.map(find)].flat()
  const isPlace = place.length > 0 || linksIn(text).some((link) => mapHosts.test(link))
  const beside = others.flatMap(find)
  const spans = [...place, ...beside].flatMap(({ spans }) => spans)
  return {
    isPlace,
    found: [...place, ...beside].reduce(together, nothingFound),
    claimed: [...spans, ...linksIn(text).map((link) => stretchOf(text, link)), ...(printed === null ? [] : [printed])],
  }
}

const stretchOf = (text: string, link: string): Stretch => {
  const from = text.indexOf(link)
  return { from, to: from + link.length }
}

/** Whether the device may give positions. */
export const givesPlaces = ({ profile, dialect }: Device): boolean =>
  profile.row.kind === 'tracker' ||
  Object.values(dialect.messages).some((one) => fieldsOf(one, dialect.items).includes('latitude'))

/** A text that is a short link and nothing else: where it leads is known to its host only, and the hub opens none. */
export function linkAlone(text: string): Match | null {
  const link = text.trim()
  const isOne = isWeb.test(link) && linksIn(link)[0] === link && readMapsLink(link) === null && !longMaps.test(link)
  if (!isOne) return null
  return { ...nothingFound, values: { link }, spans: [{ by: 'hole', name: 'link', ...stretchOf(text, link) }] }
}

const isWeb = /^https?:\/\/[^/]+\/./i
/** These have the position in them, or none. */
const longMaps = /^https?:\/\/(?:www\.|maps\.)*google\./i

/** Short links: their position can't be read from the text. */
const mapHosts = /\bmaps?\b|goo\.gl|geo:/i

/** The first link with a position in it. */
export function linkPlace(text: string): Match | null {
  for (const link of linksIn(text)) {
    const values = readMapsLink(link)
    if (values !== null)
      return { ...nothingFound, values, spans: [{ by: 'hole', name: 'position', ...stretchOf(text, link) }] }
  }
  return null
}
