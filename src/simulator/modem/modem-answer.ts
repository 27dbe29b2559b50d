import { type LineEnds, lineEnds } from './equipment/faults.ts'
import type { Settings } from './equipment/modem-settings.ts'
import { finalDigits } from './equipment/result-codes.ts'

/** Result of a command line: the lines of each of its commands, and one result code for all (V.250 clause 5.7). */
export interface LineResult {
  readonly blocks: readonly (readonly string[])[]
  /** Null where the model sends none. */
  readonly final: string | null
}

/** Formats lines and result codes by the settings of the DTE (ATV, ATQ, S3, S4) and the model. */
export class AnswerWriter {
  readonly #settings: () => Settings
  readonly #ends: () => LineEnds

  constructor(settings: () => Settings, ends: () => LineEnds) {
    this.#settings = settings
    this.#ends = ends
  }

  /** Lines of information, or unsolicited ones (clause 5.7.1): a head and a tail around all, one line end between. */
  lines(lines: readonly string[]): string {
    if (lines.length === 0) return ''
    const { head, tail } = lineEnds[this.#ends()]
    const { numbers } = this.#settings()
    const start = numbers.V[0] === 1 ? head : ''
    return this.#withRegisters(start + lines.map((line) => line + tail).join(''))
  }

  /** A final result code; with ATV0 a digit and CR where there is one, with ATQ1 nothing. */
  final(code: string | null): string {
    if (code === null) return ''
    const { numbers } = this.#settings()
    if (numbers.Q[0] === 1) return ''
    const digit = finalDigits[code]
    if (numbers.V[0] === 0 && digit !== undefined) return this.#withRegisters(`${digit}\r`)
    return this.lines([code])
  }

  /** Clauses 6.2.1 and 6.2.2: S3 and S4 are the CR and LF of answers too. */
  #withRegisters(text: string): string {
    const { S3, S4 } = this.#settings().numbers
    if (S3[0] === 13 && S4[0] === 10) return text
    return text.replace(/[\r\n]/g, (end) => String.fromCharCode((end === '\r' ? S3[0] : S4[0]) ?? 0))
  }
}
