import { inBackground } from '../../util/background.ts'
import type { Settings } from './equipment/modem-settings.ts'

const ctrlZ = '\x1a'
const esc = '\x1b'

/** Longest command line, and octets buffered while a command runs. More is lost, as in a UART without handshake. */
const maxLineOctets = 4096
const maxWaitingOctets = 65_536

export interface TerminalAdapterDeps {
  readonly settings: () => Settings
  readonly echoes: () => boolean
  readonly write: (octets: string) => void
  /** Ctrl-Z was received: whether to ignore it. */
  readonly missesCtrlZ: () => boolean
  /** Carries out a line (without AT). The next one is read when this resolves. */
  readonly carryOut: (body: string) => Promise<void>
}

/** Entry of the text after a prompt. */
export interface DataEntry {
  /** Sent first. */
  readonly prompt: string
  /** Text mode prompts again after each CR. */
  readonly lines: boolean
  /** Called after this number of octets. */
  readonly probe?: { readonly octets: number; readonly call: () => void }
}

/**
 * The line discipline: octets from the DTE are command lines (V.250 clause 5.2) or, after a prompt, a PDU or text (TS
 * 27.005 clause 3.5.1). While a line is carried out everything else waits.
 */
export class TerminalAdapter {
  readonly #deps: TerminalAdapterDeps
  #state: 'command' | 'busy' | 'data' = 'command'
  #waiting = ''
  #line = ''
  #lastBody = ''
  #entry: { readonly how: DataEntry; text: string; readonly end: (text: string | null) => void } | null = null
  /** Incremented by a reset: lines started before must not release the adapter after it. */
  #epoch = 0

  constructor(deps: TerminalAdapterDeps) {
    this.#deps = deps
  }

  receive(octets: string): void {
    this.#waiting = (this.#waiting + octets).slice(0, maxWaitingOctets)
    this.#read()
  }

  /** Prompts for a PDU or text; null when the DTE cancels with ESC. Never resolves when the modem is reset. */
  ask(how: DataEntry): Promise<string | null> {
    return new Promise((end) => {
      this.#state = 'data'
      this.#entry = { how, text: '', end }
      this.#deps.write(how.prompt)
      this.#read()
    })
  }

  /** Whether a prompt is open: nothing else is sent meanwhile. */
  get asks(): boolean {
    return this.#state === 'data'
  }

  /** Discards a half line, a running command and a prompt. */
  reset(): void {
    this.#epoch++
    this.#state = 'command'
    this.#waiting = ''
    this.#line = ''
    this.#entry = null
  }

  #read(): void {
    const octets = this.#waiting
    this.#waiting = ''
    for (let i = 0; i < octets.length; i++) {
      if (this.#state === 'busy') {
        this.#waiting = octets.slice(i) + this.#waiting
        return
      }
      if (this.#state === 'data') this.#enter(octets[i]!)
      else this.#type(octets[i]!)
    }
  }

  /**
   * V.250 clause 5.2.1: AT or at starts a line, the S3 character ends it, S5 rubs out, control characters are ignored.
   */
  #type(octet: string): void {
    const { numbers } = this.#deps.settings()
    if (this.#deps.echoes()) this.#deps.write(octet)
    if (octet.charCodeAt(0) === numbers.S3[0]) return this.#endLine()
    if (octet.charCodeAt(0) === numbers.S5[0]) this.#line = this.#line.slice(0, -1)
    else if (octet >= ' ' && this.#line.length < maxLineOctets) this.#line += octet
    if (/^a\/$/i.test(this.#line)) return this.#start(this.#lastBody)
    if (!/^(?:$|A$|a$|AT|at)/.test(this.#line)) this.#line = /a/i.test(octet) ? octet : ''
  }

  #endLine(): void {
    const line = this.#line
    this.#line = ''
    if (line.length < 2) return
    this.#start(line.slice(2))
  }

  #start(body: string): void {
    const epoch = this.#epoch
    this.#line = ''
    this.#lastBody = body
    this.#state = 'busy'
    const carryOut = async () => {
      try {
        await this.#deps.carryOut(body)
      } finally {
        if (epoch === this.#epoch) {
          this.#state = 'command'
          this.#entry = null
          this.#read()
        }
      }
    }
    inBackground(carryOut, () => this.#deps.write('\r\nERROR\r\n'))
  }

  #enter(octet: string): void {
    const entry = this.#entry!
    if (this.#deps.echoes()) this.#deps.write(octet)
    if (octet === esc) return this.#endEntry(null)
    if (octet === ctrlZ && !this.#deps.missesCtrlZ()) return this.#endEntry(entry.text)
    if (entry.text.length < maxLineOctets) entry.text += octet
    if (octet === '\r' && entry.how.lines) this.#deps.write(entry.how.prompt)
    if (entry.text.length === entry.how.probe?.octets) entry.how.probe.call()
  }

  #endEntry(text: string | null): void {
    const entry = this.#entry!
    this.#entry = null
    this.#state = 'busy'
    entry.end(text)
  }
}
