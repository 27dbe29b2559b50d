import { describe, expect, test } from '@jest/globals'
import { lintProfile } from '../../src/device/lint/index.ts'
import { parseProfile } from '../../src/device/profile/profile.ts'
import { readText } from '../../src/device/receive/read.ts'
import { Fault } from '../../src/message/fault.ts'
import { deviceOf, faultOf, makeProfile, undated, yaml } from './library.ts'

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
    ['messages: { seen: { event: x } }', 'messages.seen: has none of text, find, fields, reader and call'],
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

describe('the sources of an entry', () => {
  const profileWith = (sections: string) =>
    parseProfile(
      'test/device',
      yaml(`format: 1
revision: 1
manufacturer: Test
family: Device
kind: tracker
sources:
  manual: page 1
  page: { kind: maker, at: "https://maker.example/help" }
  other: { kind: manual, at: page 7 of its copy, of: Copycat }
  app: { kind: program, at: an app }
  its_readme: { kind: forum, at: the page of that app, of: "source app" }
  diary: { kind: forum, at: what an owner wrote }
  tape: { kind: recording, at: what a device sent }
${sections}`),
    )
  const evidence = (source: string, more = '') =>
    profileWith(
      `messages: { seen: { text: seen, ${source === '' ? '' : `source: [${source}], `}examples: [{ text: seen }] ${more} } }`,
    ).dialects.get('')?.messages.seen

  test.each([
    ['manual', '', 'printed', 1],
    ['manual, page', '', 'printed', 1],
    ['manual, other', '', 'printed', 2],
    ['manual, app, diary', '', 'printed', 3],
    ['app, tape', '', 'reported', 2],
    ['app, its_readme', '', 'unproven', 1],
    ['app', '', 'unproven', 1],
    ['', '', 'printed', 0],
    ['manual, app', ', proof: reported', 'reported', 2],
    ['manual', ', proof: reported', 'unproven', 1],
    ['manual', ', proof: unproven', 'unproven', 1],
  ])('[%s]%s prove it: %s, by %i', (source, more, proof, independent) => {
    expect(evidence(source, more)).toMatchObject({ proof, independent })
  })

  test('count nothing where a reader finds a position: that proves itself', () => {
    const { messages } = profileWith('messages: { map: { reader: maps_link, source: app } }').dialects.get('') ?? {}
    expect(messages?.map).toMatchObject({ proof: 'reported', independent: 1, stated: null })
  })

  test('are one kind of what is known', () => {
    expect(faultOf(() => makeProfile('tested: { a: b }'))).toContain('tested.0: takes a text')
    const wrong =
      'format: 1\nrevision: 1\nmanufacturer: A\nfamily: B\nkind: tracker\nsources: { a: { kind: rumour, at: x } }'
    expect(faultOf(() => parseProfile('a/b', yaml(wrong)))).toContain('sources.a.kind: takes one of manual, maker')
  })

  test('are too few for what claims to be reported, and none of a maker’s for what claims to be printed', () => {
    const lint = (row: string): string[] =>
      lintProfile(profileWith(`messages: { seen: { text: seen, examples: [{ text: seen }], ${row} } }`)).map(
        ({ path, message }) => `${path}: ${message}`,
      )
    expect(lint('source: app')).toEqual([])
    expect(lint('source: [app, tape], proof: reported')).toEqual([])
    expect(lint('source: [app, its_readme], proof: reported')).toEqual([
      'messages.seen: is not reported: that takes two independent sources, and it has 1; add one, or mark it `proof: unproven`',
    ])
    expect(lint('source: [app, tape], proof: printed')).toEqual([
      'messages.seen: is not printed: none of its sources is a maker’s',
    ])
  })

  test('that are one alone make a text open nothing, clear nothing and end no alarm', () => {
    const device = (source: string) =>
      deviceOf(
        profileWith(`
words: { arm: { armed: armed_away, disarmed: disarmed } }
messages:
  alarm: { text: ALARM, event: alarm, level: high, source: manual }
  state: { text: "now {alarm_state:arm}, {temperature:decimal} C", ends: alarm, event: disarmed, source: ${source} }`),
      )
    const read = (source: string, text: string) => readText(device(source), text, undated)[0]
    expect(read('manual', 'now disarmed, 21 C')).toMatchObject({
      values: { alarm_state: 'disarmed', temperature: 21 },
      event: 'disarmed',
      ends: 'alarm',
      reading: 'exact',
    })
    expect(read('app', 'now disarmed, 21 C')).toMatchObject({
      event: null,
      ends: null,
      reading: 'partial',
      proof: 'unproven',
    })
    expect(read('app', 'now disarmed, 21 C')?.values).toEqual({ temperature: 21 })
    expect(read('app', 'now armed, 21 C')?.values).toEqual({ alarm_state: 'armed_away', temperature: 21 })
  })
})
