/** What stands in texts where values are, and the hole that reads it. The first that fits counts. */
const values: readonly { readonly pattern: RegExp; readonly hole: (n: number) => string }[] = [
  { pattern: /https?:\/\/\S*(?:maps|map\.)\S*/y, hole: () => '{position:maps_link}' },
  { pattern: /https?:\/\/\S+/y, hole: () => '{_:word}' },
  { pattern: /\b(?:ON|OFF)\b/iy, hole: (n) => `{switch_${n}:on_off}` },
  { pattern: /[+-]?\d+[.,]\d+\b/y, hole: (n) => `{value_${n}:decimal}` },
  { pattern: /[+-]?\d{1,9}\b/y, hole: (n) => `{value_${n}:int}` },
  { pattern: /\d{10,}/y, hole: () => '{_:digits}' },
]

const link = '{position:maps_link}'
const special = /[~[\](){}|\\]/

/** A pattern for a text that nobody knows yet: what looks like a value becomes a hole, everything else stays. */
export function draftPattern(text: string): string {
  let pattern = ''
  let holes = 0
  for (let at = 0; at < text.length; ) {
    const isInside = /[\p{L}\p{N}]/u.test(text[at - 1] ?? '') && /[\p{L}\p{N}]/u.test(text[at] ?? '')
    const found = isInside ? undefined : valueAt(text, at)
    if (found !== undefined) {
      pattern += found.hole(found.counts ? ++holes : 0)
      at += found.length
      continue
    }
    const char = text[at] as string
    pattern += special.test(char) ? `\\${char}` : char
    at++
  }
  return pattern
}

function valueAt(
  text: string,
  at: number,
): { length: number; counts: boolean; hole: (n: number) => string } | undefined {
  for (const { pattern, hole } of values) {
    pattern.lastIndex = at
    const length = pattern.exec(text)?.[0].length
    if (length !== undefined) return { length, counts: hole(1) !== hole(2), hole }
  }
  return undefined
}

/** One profile to start from, as YAML: each text as a message with an example that proves it. */
export function draftProfile(texts: readonly string[], read: (pattern: string, text: string) => object | null): string {
  const seen = new Set<string>()
  const messages = texts.flatMap((text) => {
    const pattern = draftPattern(text.trim())
    // A pattern that doesn't read its own text would be no start: the words alone are.
    const values = read(pattern, text.trim())
    if (pattern === link && values !== null) {
      if (seen.has(link)) return []
      seen.add(link)
      return [entry('position', 'reader: maps_link', text.trim(), values)]
    }
    const kept =
      values === null || /^\s*\{[^}]*\}\s*$/.test(pattern)
        ? text.trim().replace(new RegExp(special, 'g'), '\\$&')
        : pattern
    if (seen.has(kept)) return []
    seen.add(kept)
    return [
      entry(
        `message_${seen.size}`,
        `text: ${JSON.stringify(kept)}`,
        text.trim(),
        kept === pattern ? (values ?? {}) : {},
      ),
    ]
  })
  return [
    'format: 1',
    'revision: 1',
    'manufacturer: Unknown # who makes it',
    'family: Device # what it is called',
    'kind: generic # smshub devices list shows the kinds',
    'sources: { pasted: texts of my own device }',
    'settings:',
    '  password: { type: text, secret: true, label: "Password of the device, if it has one" }',
    'messages:',
    ...messages,
    'commands: {} # status: { text: "STATUS", repeat: safe, reply: { expect: required, reads: message_1 }, source: pasted, examples: [ { sms: "STATUS" } ] }',
    '',
  ].join('\n')
}

function entry(name: string, says: string, text: string, values: object): string {
  const proof = Object.keys(values).length === 0 ? '' : `, values: ${JSON.stringify(values)}`
  return [
    `  ${name}: # name the fields as src/device/vocabulary.ts does`,
    `    ${says}`,
    `    examples: [{ text: ${JSON.stringify(text)}${proof} }]`,
    '    source: pasted',
  ].join('\n')
}
