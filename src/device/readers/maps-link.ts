import type { Values } from '../../message/values.ts'
import { either, fewest, literal, maybe, type Regular, sequence, units } from '../regular/regular.ts'
import { readDegrees } from './coordinates.ts'

/** A link up to the next blank; the reader interprets it. */
export const mapsLink: Regular<never> = sequence(
  either(
    sequence(literal('http'), maybe(literal('s')), literal('://')),
    ...['www.', 'maps.', 'google.', 'geo:', 'goo.gl'].map((start) => literal(start)),
  ),
  fewest(units.solid),
)

/** Every link in a text, whatever stands beside it. */
export const linksIn = (text: string): string[] =>
  text.match(/(?:https?:\/\/|(?<![\p{L}\p{N}.])(?:www\.|maps\.|google\.|geo:))[^\s<>"]+/giu) ?? []

const latitude = '([NS]?[+-]?\\d{1,9}(?:\\.\\d{1,18})?[NS]?)'
const longitude = '([EW]?[+-]?\\d{1,9}(?:\\.\\d{1,18})?[EW]?)'

/** Where the links of map services and trackers keep a position, latitude first. */
const places: readonly RegExp[] = [
  `[?&/](?:q|query|ll|sll|daddr|center|loc)=(?:loc:)?@?\\(?${latitude}, ?${longitude}`,
  `[?&](?:m?lat|latitude)=${latitude}&(?:m?lon|lng|long|longitude)=${longitude}`,
  `/@${latitude},${longitude}`,
  `/(?:place|search|dir/)/?${latitude},${longitude}`,
  `#map=\\d{1,2}/${latitude}/${longitude}`,
  `geo:${latitude},${longitude}`,
].map((place) => new RegExp(place, 'i'))

/** The position in a link; null when there is none, empty when its numbers are not a valid position. */
export function readMapsLink(link: string): Values | null {
  const plain = link.replace(/%2c/gi, ',').replace(/%2b/gi, '+')
  for (const place of places) {
    const [, north, east] = place.exec(plain) ?? []
    if (north === undefined || east === undefined) continue
    const at = { latitude: readDegrees(north), longitude: readDegrees(east) }
    return at.latitude === null || at.longitude === null ? {} : at
  }
  return null
}

export const linkSamples: readonly string[] = [
  'http://maps.google.com/maps?q=N22.571490,E113.877103',
  'http://maps.google.com/maps?f=q&hl=en&q=-33.5,-70.25&ie=UTF8&z=16',
  'https://maps.google.com/?q=22.549737S,114.076685W',
]
