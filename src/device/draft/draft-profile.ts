import { linkPattern, type ReadPattern, rulePattern } from './draft-pattern.ts'

/** Merges two patterns that differ in single words only, with holes for these; null for others. */
function merged(one: string, other: string): string | null {
  const [a, b] = [one.split(/(\s+)/), other.split(/(\s+)/)]
  if (a.length !== b.length) return null
  const differ = a.flatMap((word, i) => (word === b[i] ? [] : [i]))
  const same = a.filter((word, i) => word === b[i] && /\p{L}/u.test(word.replace(/\{[^}]*\}/g, '')))
  if (differ.length === 0 || differ.length > 2 || same.length === 0) return null
  let next = Math.max(0, ...[...`${one} ${other}`.matchAll(/\{[a-z]+_(\d+):/g)].map(([, n]) => Number(n)))
  for (const i of differ) {
    const [word = '', rival = ''] = [a[i], b[i]]
    if (!/^[\p{L}-]+$/u.test(word) || !/^[\p{L}-]+$/u.test(rival)) return null
    a[i] = `{text_${++next}:word}`
  }
  return a.join('')
}

interface Draft {
  pattern: string
  readonly texts: string[]
}

/** A draft profile as YAML: each kind of text as a message, with the texts as its examples. */
export function draftProfile(given: readonly string[], read: ReadPattern): string {
  const messages = draftsOf(
    given.map((text) => text.trim()).filter((text) => text !== ''),
    read,
  )
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

function draftsOf(texts: readonly string[], read: ReadPattern): Draft[] {
  const drafts: Draft[] = []
  for (const text of new Set(texts)) {
    const pattern = rulePattern(text, read)
    const same = drafts.find((draft) => draft.pattern === pattern || joins(draft, pattern, text, read))
    if (same === undefined) drafts.push({ pattern, texts: [text] })
    else same.texts.push(text)
  }
  return drafts
}

/** Extends the draft to this text, where both differ in words only. */
function joins(draft: Draft, pattern: string, text: string, read: ReadPattern): boolean {
  const both = read(draft.pattern, text) !== null ? draft.pattern : merged(draft.pattern, pattern)
  if (both === null || [...draft.texts, text].some((one) => read(both, one) === null)) return false
  draft.pattern = both
  return true
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
