import { isGsm7 } from './gsm7.ts'

/** Typographic characters and their plain equivalents. */
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

/** The text with typographic quotes, dashes and spaces made plain. Only on request. */
export function transliterate(text: string): string {
  return Array.from(text, (character) => plainCharacters[character] ?? character).join('')
}

/** Blanks of other widths, and the tab: all outside the GSM 7-bit alphabet. */
const otherBlanks = /[\t\u00a0\u2000-\u200a\u202f\u205f\u3000]/g

/**
 * The text with composed letters (NFC) and plain blanks where it then fits the GSM 7-bit alphabet: 160 characters per
 * SMS instead of 70. Any other text is returned unchanged.
 */
export function asGsm7(text: string): string {
  if (isGsm7(text)) return text
  const plain = text.normalize('NFC').replace(otherBlanks, ' ')
  return isGsm7(plain) ? plain : text
}
