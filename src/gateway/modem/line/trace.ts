import type { Clock } from '../../../util/clock.ts'
import type { Port } from './port.ts'

/** Entries, and octets in all, that are kept: some minutes of a busy modem, hours of a quiet one. */
const maxEntries = 1_000
const maxOctets = 262_144

/** Octets of a line, and about so many of one entry; more is nonsense. */
const maxEntryLength = 4_096

type Entry = { readonly at: number; readonly to: '>' | '<'; readonly octets: string }

const signs: Readonly<Record<string, string>> = { '\r': '␍', '\n': '␊', '\x1a': '␚', '\x1b': '␛', '\0': '␀' }

/**
 * What went over the port of a modem lately, for a bug report: in the form of the transcripts, so that it can be
 * played back. Secrets and messages are masked whole before they are kept.
 */
export class Trace {
  readonly #clock: Clock
  #entries: Entry[] = []
  /** Octets in them. */
  #octets = 0
  /** What has come of a line, and since when: it is masked whole, however a port hands it out. */
  #line = ''
  #since = 0
  /** The next line from the modem is a message. */
  #hidesNext = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The port, listened to. */
  of(port: Port): Port {
    this.#endLine()
    this.#note('<', '')
    return {
      ...port,
      write: (data) => {
        this.#endLine()
        this.#note('>', maskedCommand(data))
        port.write(data)
      },
      onData: (listener) =>
        port.onData((data) => {
          this.#receive(Buffer.from(data).toString('latin1'))
          listener(data)
        }),
    }
  }

  /** `> ` to the modem, `< ` from it, `. ` ms of waiting in between. */
  toString(): string {
    this.#endLine()
    const lines: string[] = []
    let last: number | null = null
    for (const { at, to, octets } of this.#entries) {
      if (octets === '') continue
      const waited = last === null ? 0 : Math.round(at - last)
      if (waited >= 5) lines.push(`. ${waited}`)
      last = at
      lines.push(`${to} ${[...octets].map((sign) => signs[sign] ?? sign).join('')}`)
    }
    return lines.map((line) => `${line}\n`).join('')
  }

  #note(to: '>' | '<', octets: string, at = this.#clock.monotonic()): void {
    const last = this.#entries.at(-1)
    // A serial port hands out what came in pieces of its own.
    const isMore = last !== undefined && to === '<' && last.to === '<' && at - last.at < 5
    if (isMore && last.octets.length < maxEntryLength)
      this.#entries[this.#entries.length - 1] = { at, to, octets: last.octets + octets }
    else this.#entries.push({ at, to, octets })
    this.#octets += octets.length
    if (this.#entries.length > maxEntries * 1.2 || this.#octets > maxOctets * 1.2) this.#forget()
  }

  /** The oldest go. */
  #forget(): void {
    let from = Math.max(0, this.#entries.length - maxEntries)
    this.#octets = this.#entries.slice(from).reduce((sum, { octets }) => sum + octets.length, 0)
    for (; this.#octets > maxOctets; from++) this.#octets -= this.#entries[from]?.octets.length ?? 0
    this.#entries = this.#entries.slice(from)
  }

  #receive(octets: string): void {
    for (const [piece, ended] of piecesOf(octets)) {
      if (this.#line === '') this.#since = this.#clock.monotonic()
      this.#line += piece
      if (ended || this.#line.length > maxEntryLength) this.#endLine()
    }
  }

  /** What came of a line is all that comes before something else happens. */
  #endLine(): void {
    const octets = this.#line
    this.#line = ''
    if (octets === '') return
    const line = octets.trimEnd()
    this.#note('<', (line === '' ? '' : this.#masked(line)) + octets.slice(line.length), this.#since)
  }

  #masked(line: string): string {
    if (line.length > maxEntryLength) return hidden(line)
    const hides = this.#hidesNext
    this.#hidesNext = /^\0*(\+CMG[LR]|\+CMT|\+CDS|\+CBM|\^HCMGR):/.test(line)
    return hides && !this.#hidesNext && !/^(OK|ERROR|\+C)/.test(line) ? hidden(line) : maskedLine(line)
  }
}

/** Lines with their ends, and whether they have one: a run of CR and LF stays with what it ends. */
function piecesOf(octets: string): [piece: string, ended: boolean][] {
  return [...octets.matchAll(/[^\r\n]*[\r\n]+|[^\r\n]+/g)].map(([piece]) => [piece, /[\r\n]$/.test(piece)])
}

/** Octets of a message: how many is no secret. */
function hidden(text: string): string {
  return `«${text.length}»`
}

function maskedCommand(data: string): string {
  if (data.endsWith('\x1a')) return `${hidden(data.slice(0, -1))}\x1a`
  return data.replace(/^(AT\+(?:CPIN|CLCK|CPWD)=).*?(\r?)$/i, '$1«secret»$2')
}

/** PDUs, wherever they stand, and what a modem echoes. */
function maskedLine(line: string): string {
  return line
    .replace(/^(AT\+(?:CPIN|CLCK|CPWD)=).*$/i, '$1«secret»')
    .replace(/(?<![0-9A-Za-z])[0-9A-Fa-f]{24,}(?![0-9A-Za-z])/g, (hex) =>
      /^\d+$/.test(hex) && hex.length < 26 ? hex : hidden(hex),
    )
}
