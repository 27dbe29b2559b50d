import type { Device } from '../../src/device/device.ts'

/** A change that another firmware makes to a text; null where the text has nothing to change. */
export type Mutation = (text: string, random: () => number, device: Device) => string | null

/** Lines that firmware adds and no profile has. */
const added = [
  'Ver 2.13',
  'FW: 1.0.7b',
  '--',
  'Temp ok',
  'sent by iot-cloud',
  'Zeitstempel 0815',
  '*',
  'PDOP 1.3',
] as const

const pick = <T>(list: readonly T[], random: () => number): T | undefined => list[Math.floor(random() * list.length)]
const quoted = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
const linesOf = (text: string): string[] => text.split('\n')

export const mutations = {
  'a line is added': (text, random) => {
    const lines = linesOf(text)
    lines.splice(Math.floor(random() * (lines.length + 1)), 0, pick(added, random) ?? '')
    return lines.join('\n')
  },
  'a line is removed': (text, random) => {
    const lines = linesOf(text)
    if (lines.length < 2) return null
    lines.splice(Math.floor(random() * lines.length), 1)
    return lines.join('\n')
  },
  'two lines are swapped': (text, random) => {
    const lines = linesOf(text)
    const at = Math.floor(random() * (lines.length - 1))
    const [one, two] = lines.slice(at, at + 2)
    if (one === undefined || two === undefined) return null
    lines.splice(at, 2, two, one)
    return lines.join('\n')
  },
  'a colon is dropped': (text, random) => {
    const colons = [...text.matchAll(/(?<=\p{L}\p{L})\s*:(?!\/\/)/gu)]
    const colon = pick(colons, random)
    if (colon === undefined) return null
    const behind = text.slice(colon.index + colon[0].length)
    return `${text.slice(0, colon.index)}${/^\s|^[\d+-]/.test(behind) ? '' : ' '}${behind}`
  },
  'a word is translated': (text, random, { dialect }) => {
    const words = Object.values(dialect.words).flatMap((table) =>
      Object.entries(table).flatMap(([word, value]) => {
        const at =
          word.length < 3 ? -1 : text.search(new RegExp(`(?<![\\p{L}\\p{N}])${quoted(word)}(?![\\p{L}\\p{N}])`, 'iu'))
        const others = Object.keys(table).filter(
          (other) => other !== word && table[other] === value && other.length > 2,
        )
        return at < 0 || others.length === 0 ? [] : [{ at, word, others }]
      }),
    )
    const one = pick(words, random)
    const other = pick(one?.others ?? [], random)
    if (one === undefined || other === undefined) return null
    return text.slice(0, one.at) + other + text.slice(one.at + one.word.length)
  },
  'a unit is changed': (text) => {
    const [from, to] =
      [
        [/(?<=\d\s*)km\/h/i, 'mph'],
        [/(?<=\d\s*)V\b/, 'mV'],
        [/(?<=\d\s*)°?C\b/, '°F'],
        [/(?<=\d\s*)%/, ' percent'],
        [/(?<=\d\s*)m\b/, 'ft'],
      ].find(([unit]) => (unit as RegExp).test(text)) ?? []
    return from === undefined ? null : text.replace(from, to as string)
  },
  'a blank is doubled': (text, random) => {
    const blank = pick([...text.matchAll(/ /g)], random)
    return blank === undefined ? null : `${text.slice(0, blank.index)} ${text.slice(blank.index)}`
  },
  'a dot is added at the end': (text) => `${text}.`,
} as const satisfies Record<string, Mutation>
