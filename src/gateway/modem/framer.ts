/** What the bytes of a modem fall into: lines, and the prompt, which has no end of line. */
export type Token = { readonly kind: 'line'; readonly text: string } | { readonly kind: 'prompt' }

/** Longest line that is kept: a listing line with a full PDU has some 400 characters. */
const longestLine = 4_096

/** Result codes that clones glue to a PDU line, without an end of line between (facts: modems, section 2.1, T29). */
const gluedBehindHex = /^([0-9A-Fa-f]{20,})(\+CMGL:|\+CMTI:|\+CMT:|\+CDS:|\+CDSI:|\^|OK$|RING$)/

/**
 * Cuts the byte stream into tokens. Any run of CR and LF ends a line, whatever the make; empty lines and NULs say
 * nothing. A fragment that is nothing but `>` and blanks is a prompt, with or without an end of line: `␍␊> `,
 * `␍␊>␍␊`, `>` alone and `> ␍` have all been seen (section 2.3).
 */
export class Framer {
  #fragment = ''
  #overlong = false
  /** Characters thrown away because no line end came. */
  discarded = 0

  push(data: Uint8Array): Token[] {
    const tokens: Token[] = []
    // Latin-1: AT replies are ASCII, and no byte of anything else may be lost before it is understood.
    const text = this.#fragment + Buffer.from(data).toString('latin1').replaceAll('\0', '')
    const pieces = text.split(/[\r\n]/)
    this.#fragment = pieces.pop() ?? ''
    for (const piece of pieces) this.#line(piece, tokens)
    if (isPrompt(this.#fragment)) {
      tokens.push({ kind: 'prompt' })
      this.#fragment = ''
    }
    if (this.#fragment.length > longestLine) {
      this.discarded += this.#fragment.length
      this.#fragment = ''
      this.#overlong = true
    }
    return tokens
  }

  /** Forgets half a line: after a pause nobody will finish it. */
  reset(): void {
    this.#fragment = ''
    this.#overlong = false
  }

  #line(piece: string, tokens: Token[]): void {
    if (this.#overlong) {
      this.discarded += piece.length
      this.#overlong = false
      return
    }
    const line = piece.trim()
    if (line === '') return
    if (isPrompt(line)) return void tokens.push({ kind: 'prompt' })
    // A prompt that its answer was glued to: the modem saw no need for a line end behind it.
    if (line.startsWith('> ') && /^> (\+|OK$|ERROR$)/.test(line)) return this.#line(line.slice(2), tokens)
    const glued = gluedBehindHex.exec(line)
    if (glued?.[1] !== undefined) {
      tokens.push({ kind: 'line', text: glued[1] })
      return this.#line(line.slice(glued[1].length), tokens)
    }
    tokens.push({ kind: 'line', text: line })
  }
}

function isPrompt(text: string): boolean {
  return /^\s*>\s*$/.test(text)
}
