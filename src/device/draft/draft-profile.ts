import type { ReadPattern } from './draft-pattern.ts'
import { groupTexts } from './group-texts.ts'
import { linkPattern } from './value-forms.ts'

/** A draft profile as YAML: each kind of text as a message, with the texts as its examples. */
export function draftProfile(given: readonly string[], read: ReadPattern): string {
  const messages = groupTexts(given, read)
  let count = 0
  const entries = messages.map(({ pattern, texts }) => {
    const examples = texts.map((text) => ({ text, values: read(pattern, text) ?? {} }))
    if (pattern === linkPattern) return entry('position', 'reader: maps_link', examples)
    return entry(`message_${++count}`, `text: ${JSON.stringify(pattern)}`, examples)
  })
  return [
    'format: 1',
    'revision: 1',
    'manufacturer: Unknown # the manufacturer',
    'family: Device # name of the model or family',
    'kind: generic # smshub devices list shows the kinds',
    'sources: { pasted: texts of my own device }',
    'settings:',
    '  password: { type: text, secret: true, label: "Password of the device, if it has one" }',
    'messages:',
    ...entries,
    'commands: {} # status: { text: "STATUS", repeat: safe, reply: { expect: required, reads: message_1 }, source: pasted, examples: [ { sms: "STATUS" } ] }',
    '',
  ].join('\n')
}

function entry(name: string, content: string, examples: readonly { text: string; values: object }[]): string {
  return [
    `  ${name}: # rename the fields: devices/FIELDS.md lists the names`,
    `    ${content}`,
    '    examples:',
    ...examples.map(({ text, values }) => {
      const proof = Object.keys(values).length === 0 ? '' : `, values: ${JSON.stringify(values)}`
      return `      - { text: ${JSON.stringify(text)}${proof} }`
    }),
    '    source: pasted',
  ].join('\n')
}
