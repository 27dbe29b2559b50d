/** Typographic characters and what a keyboard has for them. */
const plainCharacters: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '‚': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '‐': '-',
  '‑': '-',
  '–': '-',
  '—': '-',
  '…': '...',
  '\u00a0': ' ',
  '\u202f': ' ',
}

/** The text with typographic quotes, dashes and spaces made plain. For those who ask for it: nothing here calls it. */
export function transliterate(text: string): string {
  return Array.from(text, (character) => plainCharacters[character] ?? character).join('')
}
