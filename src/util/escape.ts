/** Controls, invisible formatting (bidirectional marks among it), line separators and halves of characters. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Untrusted text on one line without control sequences: other characters are escaped as in JSON. */
export function escaped(text: string): string {
  return text.replace(unsafe, (character) => short[character] ?? codesOf(character))
}

/** The hub's own lines with untrusted text in them: line ends and tabs stay. */
export function escapedLines(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(unsafe, (character) =>
      character === '\n' || character === '\t' ? character : (short[character] ?? codesOf(character)),
    )
}

/** A JSON string, which is valid YAML as well: for lines to be copied. */
export function quoted(text: string): string {
  return escaped(JSON.stringify(text))
}

function codesOf(character: string): string {
  return Array.from({ length: character.length }, (_, n) => character.charCodeAt(n))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('')
}
