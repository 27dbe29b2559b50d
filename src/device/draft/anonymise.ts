import { seededRandom } from '../../util/random.ts'

/** Replaces what is personal by something of the same shape, the same everywhere. */
export type Disguise = (text: string) => string

/** Hosts that every map has, and that a reader knows a link by. */
const hosts = /^(?:maps\.google\.|www\.google\.|google\.|maps\.app|goo\.gl|maps\.apple|www\.openstreetmap|map\.)/i
/** Words in the path of a link to a map; anything else is a token, a user or an address. */
const pathWords = /^(?:maps?|place|search|data|point|query|viewpoint|openstreetmap)$/i
const inPath = /(?<place>\d{1,3}\.\d{4,})|(?<![\p{L}\p{N}_])[\p{L}\p{N}_]{4,}(?![\p{L}\p{N}_=])/giu

const axis = '(?:lat|lon|lng|long|latitude|longitude)'
/** What is replaced, the most specific first. Dates, clocks and short numbers stay: they are what a reader reads. */
const forms = [
  String.raw`(?<mail>[\w.+-]{1,64}@[\w.-]{1,64}\.[a-z]{2,10})`,
  String.raw`(?<scheme>https?:\/\/)(?<host>[^\s/?#]{1,100})(?<path>[^\s]{0,500})`,
  String.raw`(?<ip>\b\d{1,3}(?:\.\d{1,3}){3}\b)`,
  String.raw`(?<=(?<![\p{L}])(?:pw|pwd|pass|password|passwort|pin|code|puk)\s?[:=]?\s?)(?<secret>(?=\p{L}{0,20}\d)[\p{L}\p{N}]{3,32})`,
  // 48°08'14.5", N48 08.123, 4807.038,N
  String.raw`(?<angle>\d{1,3}\s?°\s?\d{1,2}(?:\.\d+)?\s?['′’](?:\s?\d{1,2}(?:\.\d+)?)?|\d{1,3}\s?°\s?\d{1,2}\.\d{2,}|(?<=[NSEW]\s?)\d{1,3}[ °]\s?\d{1,2}\.\d{2,}|\d{4,5}\.\d{2,}(?=\s?,?\s?[NSEW](?![\p{L}])))`,
  String.raw`(?<place>\d{1,3}\.\d{4,}|(?<=(?<![\p{L}])${axis}\s?[:=]?\s?[NSEW]?[+-]?)\d{1,3}\.\d+)`,
  String.raw`(?<date>\b\d{2,4}(?<mark>[-/.])\d\d\k<mark>\d{2,4}\b)`,
  String.raw`(?<phone>(?<![\d.,:])(?=(?:[ ()/+-]{0,3}\d){7})(?:\+\d|\(\+?\d|0[1-9]|00)\d{0,4}(?:[ ()/-]{1,2}\d{2,8}){1,5}(?![\d.,:]\d))`,
  String.raw`(?<code>\d{5,})`,
  String.raw`(?<hex>\b(?=[0-9a-f]{0,30}(?:\d[a-f]{1,30}\d|[a-f]\d{1,30}[a-f]))[0-9a-f]{4,}\b)`,
]
const parts = new RegExp(forms.join('|'), 'giu')

/** `names` are words that are replaced wherever they stand: those of the device, its owner, and its texts. */
export function disguise(names: Iterable<string>): Disguise {
  const random = seededRandom(31)
  const known = new Map<string, string>()
  const below = (count: number): number => Math.floor(random() * count)
  const once = (text: string, make: () => string): string => {
    const made = known.get(text.toLowerCase()) ?? make()
    known.set(text.toLowerCase(), made)
    return made
  }
  const digits = (text: string): string =>
    text.replace(/\d/g, (_, at: number) => String(at === 0 ? 1 + below(9) : below(10)))
  const letters = (text: string): string =>
    text
      .replace(/\p{Lu}/gu, () => String.fromCharCode(65 + below(26)))
      .replace(/\p{Ll}/gu, () => String.fromCharCode(97 + below(26)))
      .replace(/\d/g, () => String(below(10)))
  const pathOf = (path: string): string =>
    path.replace(inPath, (found, place?: string) => {
      if (place !== undefined) return once(found, () => otherPlace(found, below))
      return pathWords.test(found) ? found : once(found, () => letters(found))
    })
  // As the names of rules have them, too: without marks on letters, with `_` for blanks.
  const all = [...names].flatMap((name) => [name.trim(), name.trim().normalize('NFD').replace(/\p{M}/gu, '')])
  const words = [...new Set(all.filter((name) => name.length > 1))].sort((a, b) => b.length - a.length)
  const form = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '[\\s_]+')).join('|')
  const named = words.length === 0 ? null : new RegExp(`(?<![\\p{L}\\p{N}])(?:${form})(?![\\p{L}\\p{N}])`, 'giu')
  const plain = (text: string): string =>
    text.replace(parts, (found, ...rest) => {
      const { mail, scheme, host, path, ip, secret, angle, place, date, hex } = rest.at(-1) as Readonly<
        Record<string, string | undefined>
      >
      if (mail !== undefined) return once(found, () => `${letters('someone')}@example.com`)
      if (scheme !== undefined) return `${scheme}${hosts.test(host ?? '') ? host : 'example.com'}${pathOf(path ?? '')}`
      if (ip !== undefined) return once(found, () => `203.0.113.${below(255)}`)
      if (secret !== undefined) return once(found, () => letters(found))
      if (angle !== undefined) return once(found, () => otherAngle(found, below))
      if (date !== undefined) return found
      if (place !== undefined) return once(found, () => otherPlace(found, below))
      return once(found, () => (hex === undefined ? digits(found) : hexOf(found, below)))
    })
  return (text) => {
    if (named === null) return plain(text)
    // What has been replaced is not looked at again.
    let done = ''
    let at = 0
    for (const { index, 0: found } of text.matchAll(named)) {
      done += plain(text.slice(at, index)) + once(found, () => letters(found))
      at = index + found.length
    }
    return done + plain(text.slice(at))
  }
}

/** No place stays none; any other keeps its digits' number. */
function otherPlace(text: string, below: (count: number) => number): string {
  const [whole = '', rest = ''] = text.split('.')
  if (/^0*$/.test(whole + rest)) return text
  const least = whole.length === 1 ? 1 : 10 ** (Math.min(whole.length, 2) - 1)
  const most = whole.length === 1 ? 9 : 80
  const degrees = whole.length === 3 ? 100 + below(70) : least + below(most - least)
  return `${degrees}.${rest.replace(/\d/g, () => String(below(10)))}`
}

/** Degrees, then minutes and seconds, each below sixty, with as many digits. */
const otherAngle = (text: string, below: (count: number) => number): string =>
  text.replace(/(\d+)(\.\d+)?/g, (_, whole: string, rest = '') => {
    const degrees = whole.length > 3 ? String(below(60)).padStart(whole.length - 2, '0') : ''
    const last = String(below(60))
      .padStart(whole.length - degrees.length, '0')
      .slice(degrees.length - whole.length)
    return `${degrees}${last}${(rest as string).replace(/\d/g, () => String(below(10)))}`
  })

const hexOf = (text: string, below: (count: number) => number): string =>
  text.replace(/[0-9a-f]/gi, (char) =>
    /\d/.test(char)
      ? String(below(10))
      : String.fromCharCode(char.charCodeAt(0) - (char.toLowerCase().charCodeAt(0) - 97) + below(6)),
  )
