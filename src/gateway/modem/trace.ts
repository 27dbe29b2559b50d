import type { Clock } from '../../util/clock.ts'
import type { Port } from './port.ts'

/** Entries that are kept: some minutes of a busy modem, hours of a quiet one. */
const most = 1_000

type Entry = { readonly at: number; readonly to: '>' | '<'; readonly octets: string }

const signs: Readonly<Record<string, string>> = { '\r': '␍', '\n': '␊', '\x1a': '␚', '\x1b': '␛', '\0': '␀' }

/**
 * What went over the port of a modem lately, for a bug report: in the form of the transcripts, so that it can be
 * played back. Secrets and messages are masked whole before they are kept.
 */
export class Trace {
  readonly #clock: Clock
  #entries: Entry[] = []
  /** The next line from the modem is somebody's message. */
  #hidesNext = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The port, listened to. */
  of(port: Port): Port {
    this.#note('<', '')
    return {
      ...port,
      write: (data) => {
        this.#note('>', maskedCommand(data))
        port.write(data)
      },
      onData: (listener) =>
        port.onData((data) => {
          this.#note('<', this.#maskedAnswer(Buffer.from(data).toString('latin1')))
          listener(data)
        }),
    }
  }

  /** `> ` to the modem, `< ` from it, `. ` ms of waiting in between. */
  toString(): string {
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

  #note(to: '>' | '<', octets: string): void {
    const at = this.#clock.monotonic()
    const last = this.#entries.at(-1)
    // A serial port hands out what came in pieces of its own.
    if (last !== undefined && last.to === to && to === '<' && at - last.at < 5)
      this.#entries[this.#entries.length - 1] = { at, to, octets: last.octets + octets }
    else this.#entries.push({ at, to, octets })
    if (this.#entries.length > most * 1.2) this.#entries = this.#entries.slice(-most)
  }

  #maskedAnswer(octets: string): string {
    return octets
      .split(/(\r|\n)/)
      .map((line) => {
        if (line === '' || line === '\r' || line === '\n') return line
        const hides = this.#hidesNext
        this.#hidesNext = /^(\+CMG[LR]|\+CMT|\+CDS|\+CBM|\^HCMGR):/.test(line)
        if (hides && !this.#hidesNext && !/^(OK|ERROR|\+C)/.test(line)) return hidden(line)
        return maskedLine(line)
      })
      .join('')
  }
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
