import type { ReadPattern } from './draft-pattern.ts'
import { groupTexts } from './group-texts.ts'
import { linkPattern } from './value-forms.ts'

/** A message of a profile with what proves it, its content as lines of YAML. */
export interface WrittenMessage {
  readonly name: string
  readonly content: readonly string[]
  readonly examples: readonly { readonly text: string; readonly values: object }[]
}

/** What a profile is for. */
export interface ProfileHeading {
  readonly manufacturer: string
  readonly family: string
  readonly kind: string
}

/** A draft profile as YAML: each kind of text as a message, with the texts as its examples. */
export function draftProfile(given: readonly string[], read: ReadPattern): string {
  let count = 0
  const messages = groupTexts(given, read).map(({ pattern, texts }): WrittenMessage => {
    const examples = texts.map((text) => ({ text, values: read(pattern, text) ?? {} }))
    if (pattern === linkPattern) return { name: 'position', content: ['reader: maps_link'], examples }
    return { name: `message_${++count}`, content: [`text: ${JSON.stringify(pattern)}`], examples }
  })
  return [
    ...headOf({ manufacturer: 'Unknown', family: 'Device', kind: 'generic' }, [
      ' # the manufacturer',
      ' # name of the model or family',
      ' # smshub devices list shows the kinds',
    ]),
    ...sectionOf(messages, ' # rename the fields: devices/FIELDS.md lists the names'),
    'commands: {} # status: { text: "STATUS", repeat: safe, reply: { expect: required, reads: message_1 }, source: pasted, examples: [ { sms: "STATUS" } ] }',
    '',
  ].join('\n')
}

/** A profile with these messages; without a heading, the messages alone, to be added to a profile. */
export const profileSource = (heading: ProfileHeading | null, messages: readonly WrittenMessage[]): string =>
  [
    ...(heading === null
      ? ['# To be added to this profile:', 'sources: { pasted: { kind: forum, at: texts of its owner } }']
      : headOf(heading)),
    ...sectionOf(messages),
    '',
  ].join('\n')

function headOf({ manufacturer, family, kind }: ProfileHeading, notes: readonly string[] = ['', '', '']): string[] {
  const [ofMaker = '', ofFamily = '', ofKind = ''] = notes
  return [
    'format: 1',
    'revision: 1',
    `manufacturer: ${wordOf(manufacturer)}${ofMaker}`,
    `family: ${wordOf(family)}${ofFamily}`,
    `kind: ${kind}${ofKind}`,
    'sources: { pasted: texts of my own device }',
    'settings:',
    '  password: { type: text, secret: true, label: "Password of the device, if it has one" }',
  ]
}

const wordOf = (text: string): string => (/^[a-z][a-z0-9]*$/i.test(text) ? text : JSON.stringify(text))

const sectionOf = (messages: readonly WrittenMessage[], note = ''): string[] => [
  'messages:',
  ...messages.map((message) => entry(message, note)),
]

function entry({ name, content, examples }: WrittenMessage, note: string): string {
  return [
    `  ${name}:${note}`,
    ...content.map((line) => `    ${line}`),
    '    examples:',
    ...examples.map(({ text, values }) => {
      const proof = Object.keys(values).length === 0 ? '' : `, values: ${JSON.stringify(values)}`
      return `      - { text: ${JSON.stringify(text)}${proof} }`
    }),
    '    source: pasted',
  ].join('\n')
}
