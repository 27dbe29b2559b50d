import { describe, expect, test } from '@jest/globals'
import { bindingOf, messagesOf } from '../../src/device/device.ts'
import { bind, regularOf } from '../../src/device/pattern/bind.ts'
import { generateMarked } from '../../src/device/pattern/generate.ts'
import { conclude, type Match, match, readMarks } from '../../src/device/pattern/match.ts'
import { eachPart, type Pattern } from '../../src/device/pattern/pattern.ts'
import { timeContext } from '../../src/device/receive/reading.ts'
import { sampleDevices } from '../../src/device/sample.ts'
import { seededRandom } from '../../src/util/random.ts'
import { profileIds, profileOf, undated } from './library.ts'

/** Texts for each pattern: other spacing, letter case, numbers, hemispheres and words than the printed ones have. */
const rounds = 12

/** Words of the owner's beside each other may be parted in two ways: then most texts, not all, must come back. */
const isFree = (pattern: Pattern, items: Readonly<Record<string, { readonly text: Pattern }>>): boolean =>
  [...eachPart(pattern.parts)].some(
    (part) =>
      (part.part === 'hole' && ['line', 'text', 'word', 'quantity'].includes(part.type)) ||
      (part.part === 'list' &&
        items[part.item] !== undefined &&
        isFree((items[part.item] as { text: Pattern }).text, items)),
  )

let strict = 0
let all = 0

describe.each(profileIds)('%s', (id) => {
  test('finds again what was put into its patterns', () => {
    const random = seededRandom(id.length * 7919)
    const wrong: object[] = []
    for (const device of sampleDevices(profileOf(id))) {
      const values = (found: Match | null) => found && conclude(found, timeContext(device, undated), '')
      for (const [name, message] of Object.entries(messagesOf(device))) {
        for (const { text: pattern } of message.text) {
          const regular = regularOf(pattern, bindingOf(device))
          const program = bind(pattern, bindingOf(device))
          if (regular === null || program === null) continue
          const lost = Array.from({ length: rounds }, () => {
            const { text, trail } = generateMarked(regular, random)
            const put = values(readMarks({ trail, weight: 0, steps: 0 }, text))
            const found = values(match(program, text))
            return put === null || same(found, put) ? [] : [{ name, pattern: pattern.source, text, put, found }]
          }).flat()
          const free = isFree(pattern, device.dialect.items)
          all++
          if (!free) strict++
          if (lost.length > (free ? rounds / 2 : 0)) wrong.push(lost[0] as object)
        }
      }
    }
    expect(wrong.slice(0, 2)).toEqual([])
  })
})

test('about half of all patterns leave no choice: they must give back everything', () => {
  expect(strict / all).toBeGreaterThan(0.4)
})

const same = (a: object | null, b: object): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
const sorted = (values: object | null): unknown[] => Object.entries(values ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
