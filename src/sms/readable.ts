import { octetsOf } from './octets.ts'

/** Printable characters and line ends. */
const printable = /^[\t\n\r\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]+$/u

/** The text in octets of an 8-bit message, in ASCII or UTF-8; null for all others. Some devices answer that way. */
export function readableText(data: string | undefined): string | null {
  if (data === undefined || data === '') return null
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(octetsOf(data)).replace(/\0+$/, '')
    return printable.test(text) ? text : null
  } catch {
    // Not UTF-8: not a text.
    return null
  }
}
