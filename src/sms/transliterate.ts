import { isGsm7 } from './gsm7.ts'

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

/** Blanks of other widths, and the tab: none of them is in the GSM 7-bit alphabet. */
const otherBlanks = /[\t\u00a0\u2000-\u200a\u202f\u205f\u3000]/g

/**
 * The same words with composed letters (NFC) and plain blanks where the GSM 7-bit alphabet then suffices: 160 characters
 * an SMS instead of 70. Any other text stays as it is.
 */
export function asGsm7(text: string): string {
  if (isGsm7(text)) return text
  const plain = text.normalize('NFC').replace(otherBlanks, ' ')
  return isGsm7(plain) ? plain : text
}
