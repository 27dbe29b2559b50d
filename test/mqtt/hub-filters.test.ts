import { describe, expect, test } from '@jest/globals'
import { inboundFilters } from '../../src/message/topics.ts'
import { withoutOverlaps } from '../../src/mqtt/external/hub-filters.ts'
import { covers, overlap } from '../../src/mqtt/filter.ts'

const bases = ['smshub', 'a/b', 'homeassistant', 'homeassistant/sms', 'sms2mqtt', 'sms', 'home/sms/gate']
const aliases = (base: string) => [
  'sms2mqtt/send',
  `${base}/send`,
  `${base}/sms/send`,
  `${base}/gate/send`,
  `${base}/gate/set/send`,
  `${base}/gate/command/send`,
  `${base}/bridge/request/send`,
  `${base}/as/me/gate/send`,
]
const watched = (base: string) => [
  ['homeassistant/status', 'homeassistant/+/+/config', 'homeassistant/+/+/+/config'],
  [`${base}/gate/set`, `${base}/+/+/config`, `${base}/+/+/+/config`],
  [`${base}/bridge/state`, '#', `${base}/#`],
  ['+/+/+/+'],
]

const plans = bases.flatMap((base) =>
  ['', 'as/+/'].flatMap((prefix) =>
    aliases(base).flatMap((alias) =>
      watched(base).map((filters) => {
        const commands = [
          ...inboundFilters.map((filter) => `${base}/${prefix}${filter}`),
          alias,
          `${base}/bridge/marker/x`,
        ]
        return {
          name: `${base} ${prefix} ${alias} ${filters.join(' ')}`,
          wanted: [
            ...commands.map((filter) => ({ filter, isCommand: true })),
            ...filters.map((filter) => ({ filter, isCommand: false })),
          ],
        }
      }),
    ),
  ),
)

describe('the subscriptions at another broker', () => {
  test('no two of them take a common topic, whatever the base topic, the aliases and the watched topics are', () => {
    for (const { name, wanted } of plans) {
      const plan = withoutOverlaps(wanted)
      const pairs = plan.flatMap((one, i) => plan.slice(i + 1).map((other) => [one.filter, other.filter] as const))
      expect([name, pairs.filter(([one, other]) => overlap(one, other))]).toEqual([name, []])
    }
  })

  test('everything that is wanted is still taken, and commands as commands', () => {
    for (const { name, wanted } of plans) {
      const plan = withoutOverlaps(wanted)
      const missing = wanted.filter(
        ({ filter, isCommand }) => !plan.some((one) => covers(one.filter, filter) && (!isCommand || one.isCommand)),
      )
      expect([name, missing]).toEqual([name, []])
    }
  })

  test('filters that are apart stay as narrow as they are', () => {
    const wanted = ['a/+/set', 'a/+/set/+', 'homeassistant/status'].map((filter) => ({ filter, isCommand: true }))
    expect(withoutOverlaps(wanted)).toEqual(wanted)
  })

  test.each([
    ['a/+', '+/b', true],
    ['a/#', 'a', true],
    ['a/+', 'a', false],
    ['a/+/c', 'a/b/+', true],
    ['a/+/c', 'a/b/d', false],
    ['#', 'a/b', true],
    ['a/b', 'a/b/c', false],
    ['+/+', 'a/#', true],
  ])('%s and %s overlap: %s', (one, other, expected) => {
    expect(overlap(one, other)).toBe(expected)
    expect(overlap(other, one)).toBe(expected)
  })
})
