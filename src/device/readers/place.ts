import type { Value } from '../../message/values.ts'

/** Printed by receivers without satellites; they print the pole as well. */
const nowhere: readonly (readonly [number, number])[] = [
  [0, 0],
  [-1, -1],
]
/** Half of the last of five decimals, about a metre. */
const toleranceDegrees = 0.000005

const isNowhere = (latitude: number, longitude: number): boolean =>
  Math.abs(latitude) === 90 ||
  nowhere.some(
    ([north, east]) => Math.abs(latitude - north) <= toleranceDegrees && Math.abs(longitude - east) <= toleranceDegrees,
  )

/** Words beside a position that is not the current one: the last known, or that of a radio cell. */
const oldMarks: readonly RegExp[] = [
  /(?:^|[^\p{L}])last\s*(?::|(?:known|valid|gps|good|fix|fixed|position|pos|location|loc|place|track|address)\b)/iu,
  /(?:^|[^\p{L}])LBS(?![\p{L}])(?!\s*[:=]\s*(?:off|0|no)\b)/iu,
  /\b(?:no|without|lost|weak|invalid|bad)\s+gps\b|\bgps(?:\s+signal)?\s*[:=]?\s*(?:is\s+)?(?:v\b|no\b|not\b|off\b|lost|weak|bad|poor|invalid|unfixed|failed|no\s*fix|searching)/i,
  /\b(?:no|not|un)[ -]?(?:fix|fixed|located|position(?:ed)?)\b|\bfix\s*[:=]\s*(?:no|0|v|false|invalid|none)\b/i,
  /\b(?:old|stale|cached|previous)\s+(?:position|location|place|fix|gps)\b/i,
  /\b(?:cell|gsm|wi-?fi|tower|base station|network)\s+(?:location|position|pos|loc|place|fix)\b/i,
  // `T:` with nothing after it: the position has no time
  /(?:^|[\s,;])(?:T|Time|Date|Date ?Time)[ \t]*[:=][ \t]*(?:[;,]|[\r\n]+(?!\s*\d)|$)/i,
]

/** Words that introduce a position, in any order: `Current position!`, `My location is`, `Here is the map link:`. */
const placeTalk = new Set(
  `a at by car cell current cellular coordinate coordinates device fix fixed for found from gps glonass bds gsm here i in
  info is it its lac last lbs link loc located location map maps my new no not now of on place point pos
  position real station the this time track tracker tracking unit url valid invalid vehicle via view was where wifi your google
  address addr area base beidou agps gprs latest lat lon lng long latitude longitude latlng latlon latlong coord coords`.split(
    /\s+/,
  ),
)

/** Whether these words mark the position after them as an old one. */
export const isOldMark = (words: string): boolean => oldMarks[0]?.test(`${words}:`) ?? false

/** Whether these words only introduce a position or name its kind. */
export function isPlaceTalk(words: string): boolean {
  const all = words.toLowerCase().match(/\p{L}+/gu) ?? []
  if (all.every((word) => placeTalk.has(word)) || isOldMark(words)) return true
  return !words.includes('!') && oldMarks.some((mark) => mark.test(words))
}

/**
 * Rules for positions of all readers. An incomplete or invalid position is removed and means that there is no fix. One
 * that the text marks as old, or that is that of a radio cell, is the last known position, without a fix.
 */
export function placed(fields: Map<string, Value>, text: string): void {
  const [latitude, longitude] = [fields.get('latitude'), fields.get('longitude')]
  if (latitude === undefined && longitude === undefined) return
  const isPlace = typeof latitude === 'number' && typeof longitude === 'number' && !isNowhere(latitude, longitude)
  if (!isPlace) {
    if (typeof latitude === 'number' && typeof longitude === 'number') fields.set('fix', false)
    fields.delete('latitude')
    fields.delete('longitude')
  } else if (oldMarks.some((mark) => mark.test(text)) && (fields.get('fix') !== true || oldMarks[0]?.test(text))) {
    fields.set('fix', false)
  }
}
