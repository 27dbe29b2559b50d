import { seededRandom } from '../../util/random.ts'

/** Replaces what is personal by something of the same shape, the same everywhere. */
export type Disguise = (text: string) => string

const hosts = /^(?:maps\.google\.|www\.google\.|google\.|maps\.app|goo\.gl|maps\.apple|www\.openstreetmap|map\.)/i
/** What is replaced, the most specific first. Dates, clocks and short numbers stay: they are what a reader reads. */
const parts =
  /(?<mail>[\w.+-]{1,64}@[\w.-]{1,64}\.[a-z]{2,10})|(?<scheme>https?:\/\/)(?<host>[^\s/?#]{1,100})|(?<ip>\b\d{1,3}(?:\.\d{1,3}){3}\b)|(?<place>\d{1,3}\.\d{4,})|(?<date>\b\d{2,4}(?<mark>[-/.])\d\d\k<mark>\d{2,4}\b)|(?<code>\d{5,})|(?<hex>\b(?=[0-9a-f]{0,30}(?:\d[a-f]{1,30}\d|[a-f]\d{1,30}[a-f]))[0-9a-f]{4,}\b)/giu

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
  const words = [...new Set([...names].filter((name) => name.trim().length > 1))].sort((a, b) => b.length - a.length)
  const form = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')
  const named = words.length === 0 ? null : new RegExp(`(?<![\\p{L}\\p{N}])(?:${form})(?![\\p{L}\\p{N}])`, 'giu')
  const plain = (text: string): string =>
    text.replace(parts, (found, ...rest) => {
      const { mail, scheme, host, ip, place, date, hex } = rest.at(-1) as Readonly<Record<string, string | undefined>>
      if (mail !== undefined) return once(found, () => `${letters('someone')}@example.com`)
      if (scheme !== undefined) return hosts.test(host ?? '') ? found : `${scheme}example.com`
      if (ip !== undefined) return once(found, () => `203.0.113.${below(255)}`)
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

const hexOf = (text: string, below: (count: number) => number): string =>
  text.replace(/[0-9a-f]/gi, (char) =>
    /\d/.test(char)
      ? String(below(10))
      : String.fromCharCode(char.charCodeAt(0) - (char.toLowerCase().charCodeAt(0) - 97) + below(6)),
  )
