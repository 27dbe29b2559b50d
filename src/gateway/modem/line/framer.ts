/** What the bytes of a modem fall into: lines, and the prompt, which has no end of line. */
export type Token = LineToken | { readonly kind: 'prompt' }

export interface LineToken {
  readonly kind: 'line'
  readonly text: string
  /** With the control characters in it: in the GSM alphabet they are letters (TS 23.038 clause 6.2.1). */
  readonly raw: string
}

/** Longest line that is kept: a listing line with a full PDU has some 400 characters. */
const maxLineLength = 4_096

/** Without meaning: NULs that some vendors send first, the Ctrl-Z and ESC of an echo, XON and XOFF. */
const padding = /^[\0 ]+/
const prompt = /^[\0-\x20\x7f]*>/
const controls = /[\0-\x09\x0b\x0c\x0e-\x1f\x7f]/g

/**
 * Cuts the byte stream into tokens, the same ones however it was chunked. Any run of CR and LF ends a line, whatever
 * the vendor; empty lines are skipped. `>` at the start of a line is a prompt, with or without anything around it:
 * `␍␊> `, `␍␊>␍␊`, `>` alone and `> ␍` have all been seen.
 */
export class Framer {
  #line = ''
  #overlong = false

  push(data: Uint8Array): Token[] {
    const tokens: Token[] = []
    // Latin-1: AT replies are ASCII, and an octet of anything else must stay one character.
    const pieces = Buffer.from(data)
      .toString('latin1')
      .split(/[\r\n]/)
    pieces.forEach((piece, i) => {
      if (i > 0) this.#end(tokens)
      this.#append(piece, tokens)
    })
    return tokens
  }

  /** Drops half a line: after a pause it will not be finished. */
  reset(): void {
    this.#line = ''
    this.#overlong = false
  }

  #append(piece: string, tokens: Token[]): void {
    if (this.#overlong) return
    this.#line = (this.#line + piece).replace(padding, '')
    for (let at = prompt.exec(this.#line); at !== null; at = prompt.exec(this.#line)) {
      tokens.push({ kind: 'prompt' })
      this.#line = this.#line.slice(at[0].length).replace(padding, '')
    }
    if (this.#line.length <= maxLineLength) return
    this.#line = ''
    this.#overlong = true
  }

  #end(tokens: Token[]): void {
    const raw = this.#line.trimEnd()
    const line = raw.replace(controls, '').trim()
    this.reset()
    if (line === '') return
    const parts = unglued(line)
    for (const text of parts) tokens.push({ kind: 'line', text, raw: parts.length === 1 ? raw : text })
  }
}

/** What clones append to a PDU without an end of line, and what they append to anything. */
const behindHex = /^[0-9A-Fa-f]{20,}(?=[+^]|OK$|RING$)/
const behindAnything = /\+(?:CMTI|CMT|CDSI|CDS|CBM|CMGL):/g

function unglued(line: string): string[] {
  const parts: string[] = []
  let rest = line
  for (;;) {
    const at = behindHex.exec(rest)?.[0].length ?? seam(rest)
    if (at === null) return [...parts, rest]
    parts.push(rest.slice(0, at).trimEnd())
    rest = rest.slice(at)
  }
}

/** Where the next answer begins inside a line; quotes hold text. */
function seam(line: string): number | null {
  for (const { index } of line.matchAll(behindAnything)) {
    if (index > 0 && (line.slice(0, index).match(/"/g)?.length ?? 0) % 2 === 0) return index
  }
  return null
}
