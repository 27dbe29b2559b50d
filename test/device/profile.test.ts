import { describe, expect, test } from '@jest/globals'
import { parseProfile } from '../../src/device/profile/profile.ts'
import { Fault } from '../../src/message/fault.ts'
import { faultOf, makeProfile, yaml } from './library.ts'

const command = (row: string): string => `commands: { open: { text: CC, ${row} } }`

describe('a profile is refused', () => {
  test.each([
    ['comands: {}', 'unknown key "comands"; did you mean "commands"?'],
    [command('repeet: safe'), 'commands.open: unknown key "repeet"; did you mean "repeat"?'],
    [command('repeat: maybe'), 'commands.open.repeat: takes one of safe, never'],
    [command('ttl: soon'), 'commands.open.ttl: takes seconds, or a time like 30m or 26h'],
    [command('params: { n: { type: integer } }'), 'commands.open.params.n.type: takes one of int, decimal, digits'],
    [command('params: { n: { type: int, min: low } }'), 'commands.open.params.n.min: takes a number'],
    [command('params: { n: { type: text, pattern: "(a)\\\\1" } }'), 'commands.open.params.n.pattern'],
    ['commands: { Open: { text: CC } }', 'commands.Open: is not a name: use a to z, 0 to 9 and _'],
    ['commands: { open: { repeat: safe } }', 'commands.open: has one of text, steps and ring'],
    ['commands: { open: { text: "{now" } }', 'commands.open.text: "{now": "{" at 0 begins no {name}'],
    ['commands: { open: { text: "{nwo}" } }', 'commands.open.text: unknown name "nwo"'],
    [command('frame: wrapped'), 'commands.open.frame: unknown name "wrapped"'],
    [command('reply: { expect: required, reads: opend }'), 'commands.open.reply.reads: unknown name "opend"'],
    [command('reply: { accepted: "ok {x:integer}" }'), 'commands.open.reply.accepted.0: unknown name "integer"'],
    [command('reply: { accepted: "ok (x)" }'), 'needs "|"; write \\( for the character (character 4)'],
    ['messages: { seen: { text: "at {time:date(now)}" } }', "messages.seen.text.0: {time:date(now)} can't be read"],
    [
      'messages: { seen: { text: "{battery_voltage:decimal(kWh)}" } }',
      "messages.seen.text.0: {battery_voltage:decimal(kWh)} can't be read",
    ],
    ['messages: { seen: { text: "{items*}" } }', 'messages.seen.text.0: unknown name "items"'],
    ['messages: { seen: { text: "{#:one_of(zone_text_#)}" } }', 'unknown name "zone_text_#"'],
    ['messages: { seen: { event: x } }', 'messages.seen: has none of text, find, fields and reader'],
    ['variants: { a: { label: A } }', 'variants.a.tell: is missing'],
    ['default_variant: b\nvariants: { a: { label: A, tell: B } }', 'default_variant: there is no variant "b"'],
    ['time_zone: Berlin', 'time_zone: is not a time zone'],
  ])('for %s: %s', (sections, message) => {
    const fault = faultOf(() => makeProfile(sections))
    expect(fault).toContain('invalid_profile: profile test/device: ')
    expect(fault).toContain(message)
  })

  test('with every fault in its detail, and the first in its message', () => {
    try {
      parseProfile('a/b', yaml('{ format: 2, revision: x, kind: spaceship }'))
      expect('refused').toBe('accepted')
    } catch (error) {
      expect(error).toBeInstanceOf(Fault)
      expect((error as Fault).detail.problems).toEqual(
        expect.arrayContaining([
          'format: only format 1 is known',
          'revision: takes a whole number',
          'manufacturer: is missing',
        ]),
      )
    }
  })

  test.each([[null], ['text'], [[]], [{}]])('when the file holds %j', (data) => {
    expect(faultOf(() => parseProfile('a/b', data))).toContain('invalid_profile: profile a/b')
  })
})

describe('a variant', () => {
  const profile = makeProfile(`
frames: { all: "{password}{command}" }
settings: { password: { type: digits, length: 4, secret: true, default: "1234" } }
sms: { alphabet: ascii, parts: 2 }
commands:
  "one": { text: A, source: manual }
  two: { text: B, source: manual }
messages: { seen: { text: seen, source: manual } }
variants:
  added: { label: L, tell: T, sms: { parts: 1 }, commands: { two: { text: C, source: manual }, three: { text: D, source: manual } } }
  less: { label: L, tell: T, commands: { "one": null, two: }, messages: { seen: null } }
  other: { label: L, tell: T, replaces: commands, frames: { all: "{command}" }, commands: { three: { text: D, source: manual } } }
`)
  const dialect = (name: string) => profile.dialects.get(name)

  test('adds entries and replaces those of the same name', () => {
    expect(Object.keys(dialect('added')?.commands ?? {})).toEqual(['one', 'two', 'three'])
    expect(dialect('added')?.commands.two?.text?.source).toBe('C')
  })

  test('takes single entries away, or all of a section', () => {
    expect([dialect('less')?.commands, dialect('less')?.messages]).toEqual([{}, {}])
    expect(Object.keys(dialect('other')?.commands ?? {})).toEqual(['three'])
    expect(dialect('other')?.frames.all?.source).toBe('{command}')
  })

  test('changes single limits and leaves the others', () => {
    expect(dialect('added')?.sms).toMatchObject({ alphabet: 'ascii', parts: 1 })
  })
})
