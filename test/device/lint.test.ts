import { expect, test } from '@jest/globals'
import { lintProfile } from '../../src/device/lint/index.ts'
import { makeProfile } from './library.ts'

const problems = (sections: string): string =>
  lintProfile(makeProfile(sections))
    .map(({ path, message }) => `${path}: ${message}`)
    .join('\n')

const good = 'source: manual, examples: [{ text: "Relay ON" }]'
const command = (row: string): string => `commands: { open: { text: CC, ${row} } }`

test('a profile whose examples prove it has no problems', () => {
  expect(
    problems(
      `messages: { relay: { text: "Relay {output_1:on_off}", source: manual, examples: [{ text: Relay ON, values: { output_1: "ON" } }] } }\n${command('source: manual, examples: [{ sms: CC }]')}`,
    ),
  ).toBe('')
})

test.each([
  [
    'a source that is missing',
    `messages: { relay: { text: Relay ON, examples: [{ text: Relay ON }] } }`,
    'messages.relay: has no source',
  ],
  [
    'a source that is not listed',
    command('source: manul, examples: [{ sms: CC }]'),
    'commands.open: source "manul" is not in sources; did you mean "manual"?',
  ],
  [
    'two meanings of a call',
    'messages: { a: { call: true, source: manual }, b: { call: true, source: manual } }',
    'messages.b.call: is another message already',
  ],
  ['a command without example', command('source: manual'), 'commands.open: has no example'],
  [
    'a message without example',
    'messages: { relay: { text: Relay ON, source: manual } }',
    'messages.relay: has no example',
  ],
  [
    'an example that makes another text',
    command('source: manual, examples: [{ sms: DD }]'),
    'commands.open.examples.0: makes ["CC"], not ["DD"]',
  ],
  [
    'an example that is refused',
    command('params: { n: { type: int } }, source: manual, examples: [{ sms: CC }]'),
    'commands.open.examples.0: open needs "n"',
  ],
  [
    'a reply that is no answer',
    command('source: manual, reply: { expect: required, accepted: OK }, examples: [{ sms: CC, reply: NO }]'),
    'commands.open.examples.0: "NO" is none, not accepted',
  ],
  [
    'an answer that nothing recognises',
    command('source: manual, reply: { expect: required }, examples: [{ sms: CC }]'),
    'commands.open.reply: is required, but no text is one',
  ],
  [
    'a value that the text does not say',
    `messages: { relay: { text: "Relay {output_1:on_off}", source: manual, examples: [{ text: Relay ON, values: { output_1: "OFF" } }] } }`,
    'messages.relay.examples.0: "Relay ON": output_1 is "ON", not "OFF"',
  ],
  [
    'a text that fits nothing',
    'messages: { relay: { text: Relay ON, source: manual, examples: [{ text: Relay OFF }] } }',
    'messages.relay.examples.0: "Relay OFF" fits nothing',
  ],
  [
    'a text that fits two messages',
    `messages: { a: { text: "Relay {output_1:on_off}", ${good} }, b: { text: "Relay {state:word}", ${good} } }`,
    'messages.a.examples.0: "Relay ON" is ambiguous: a, b',
  ],
  [
    'a pattern that no example proves',
    `messages: { relay: { text: [ Relay ON, "Relais {output_1:on_off}" ], ${good} } }`,
    'messages.relay.text.1: "Relais {output_1:on_off}" is proved by no example',
  ],
  [
    'a reply that no example proves',
    command('source: manual, reply: { accepted: [ OK, "done [soon]" ] }, examples: [{ sms: CC, reply: OK }]'),
    'commands.open.reply.accepted.1: "done [soon]" is proved by no example',
  ],
  [
    'a field that is not in the vocabulary',
    'messages: { relay: { text: "Relay {ouput_1:on_off}", source: manual, examples: [{ text: Relay ON }] } }',
    'messages.relay.text.0: field "ouput_1" is not in the vocabulary; did you mean "output_#"?',
  ],
  [
    'a pattern that fits every text',
    'messages: { any: { text: "{alarm_text:text}", source: manual, examples: [{ text: x }] } }',
    'messages.any.text.0: fits every text; use any_text',
  ],
  [
    'a secret in a command',
    `settings: { key: { type: text, secret: true, default: "4711" } }\ncommands: { open: { text: "4711CC", source: manual, examples: [{ sms: 4711CC }] } }`,
    'commands.open.text: holds a secret: use a setting',
  ],
  [
    'a secret that is not called one',
    'settings: { pin: { type: digits, default: "1234" } }',
    'settings.pin: sounds like a secret',
  ],
  [
    'a danger without a reason',
    command('danger: "yes", source: manual, examples: [{ sms: CC }]'),
    'commands.open.danger: needs a reason in words',
  ],
  [
    'a text that the device does not take',
    'sms: { alphabet: ascii }\ncommands: { open: { text: "ÖFFNE", source: manual, examples: [{ sms: "ÖFFNE" }] } }',
    'would send "Ö"; the device takes ASCII',
  ],
  [
    'a property without its command',
    'properties: { output_1: { entity: switch, "on": turn_on } }',
    'properties.output_1.on: is left out here: there is no command "turn_on"',
  ],
  [
    'a setting with a wrong default',
    'settings: { n: { type: int, max: 5, default: "7" } }',
    'settings.n: "7" is not a whole number up to 5',
  ],
  [
    'a setting that must be given, without example',
    'settings: { n: { type: int, required: true } }',
    'settings.n: must be given, but has no example',
  ],
  [
    'an alarm that nothing ends',
    `messages: { end: { text: Relay ON, ends: alarm, ${good} } }`,
    'messages.end.ends: no message has the event "alarm"',
  ],
  [
    'a parameter with the name of a key of the hub',
    'commands: { open: { text: "C{ttl}", params: { ttl: { type: int } }, source: manual, examples: [{ params: { ttl: "1" }, sms: C1 }] } }',
    'commands.open.params.ttl: is a key of the hub',
  ],
  [
    'a variant without an example of its own',
    `commands: { open: { text: CC, source: manual, examples: [{ variant: a, sms: CC }] } }\nvariants: { a: { label: L, tell: T }, b: { label: L, tell: T } }`,
    'commands.open: has no example for variant b',
  ],
  [
    'a pattern that is slow',
    `words: { long: { ${Array.from({ length: 300 }, (_, i) => `"${'a'.repeat(20)}${i}": x`).join(', ')} } }\nmessages: { slow: { text: "{_:text}{state:long}", source: manual, examples: [{ text: x${'a'.repeat(20)}1 }] } }`,
    'messages.slow.text.0: is slow:',
  ],
])('%s is a problem', (_, sections, message) => {
  expect(problems(sections)).toContain(message)
})

test('a secret of letters inside a longer word is another word', () => {
  const key = 'settings: { key: { type: text, secret: true, default: PC } }'
  const command = (text: string) =>
    `${key}\ncommands: { set: { text: "${text}", source: manual, examples: [{ sms: "${text}" }] } }`
  expect(problems(command('NPC,1'))).toBe('')
  expect(problems(command('PC,1'))).toContain('commands.set.text: holds a secret')
  expect(problems(command('1PC2'))).toContain('commands.set.text: holds a secret')
})
