import { octetsOf } from './octets.ts'

/** What a terminal shows: printable characters and line ends. */
const printable = /^[\t\n\r\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]+$/u

/** Octets of an 8-bit message that are plainly a text, in ASCII or UTF-8; null for all others. Devices send such answers. */
export function readableText(data: string | undefined): string | null {
  if (data === undefined || data === '') return null
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(octetsOf(data)).replace(/\0+$/, '')
    return printable.test(text) ? text : null
  } catch {
    // Not UTF-8: octets and no text.
    return null
  }
}
