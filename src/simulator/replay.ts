import { createServer, type Server, type Socket } from 'node:net'
import { Fault } from '../message/fault.ts'
import type { Clock } from '../util/clock.ts'

/** `> ` input of the modem, `< ` its output, `. ` a delay in ms. */
export type ReplayStep =
  | { readonly do: 'input' | 'output'; readonly text: string }
  | { readonly do: 'wait'; readonly ms: number }

const signs: Readonly<Record<string, string>> = { '␍': '\r', '␊': '\n', '␚': '\x1a', '␛': '\x1b', '␠': ' ', '␀': '\0' }
/** A DELIVER of `hello` from +15551234567, in place of a masked message. */
const sample = '07915121551532F4040B915155214365F700006211227124430005E8329BFD06'

/** The steps of a trace or transcript. Fails with the invalid line. */
export function parseTrace(text: string): ReplayStep[] {
  return text.split('\n').flatMap((line, i): ReplayStep[] => {
    if (line === '' || line.startsWith('#') || /^[a-z]+: /.test(line)) return []
    const [, kind, rest = ''] = /^(>>|[><.]) ?(.*)$/.exec(line) ?? []
    if (kind === '.' && /^\d+$/.test(rest)) return [{ do: 'wait', ms: Number(rest) }]
    const octets = [...rest].map((sign) => signs[sign] ?? sign).join('')
    if (kind === '>' || kind === '>>') return [{ do: 'input', text: octets }]
    if (kind === '<') return [{ do: 'output', text: octets.replace(/«\d+»/g, sample) }]
    throw new Fault('invalid_payload', `line ${i + 1} is not a line of a trace: ${line.slice(0, 60)}`)
  })
}

/**
 * The modem of a trace: gives the traced output for the traced input, in order. Other input gets ERROR, repeated input
 * its earlier answer.
 */
export class ReplayedModem {
  readonly #steps: readonly ReplayStep[]
  readonly #clock: Clock
  #at = 0
  #typed = ''

  constructor(steps: readonly ReplayStep[], clock: Clock) {
    this.#steps = steps
    this.#clock = clock
  }

  /** The remaining steps of the trace. */
  get left(): number {
    return this.#steps.slice(this.#at).filter((step) => step.do === 'input').length
  }

  receive(octets: string, write: (octets: string) => void): void {
    this.#typed += octets
    for (let end = this.#typed.search(/[\r\x1a\x1b]/); end >= 0; end = this.#typed.search(/[\r\x1a\x1b]/)) {
      const unit = this.#typed.slice(0, end + 1)
      this.#typed = this.#typed.slice(end + 1)
      this.#answer(unit, write)
    }
  }

  #answer(unit: string, write: (octets: string) => void): void {
    const fits = (step: ReplayStep) => step.do === 'input' && patternOf(step.text).test(unit)
    let found = this.#steps.findIndex((step, i) => i >= this.#at && fits(step))
    const isAhead = found >= 0
    if (!isAhead) found = this.#steps.findLastIndex(fits)
    if (found < 0) {
      if (unit !== '\x1b') this.#clock.after(1, () => write('\r\nERROR\r\n'))
      return
    }
    let wait = 0
    let next = found + 1
    for (; this.#steps[next] !== undefined && this.#steps[next]?.do !== 'input'; next++) {
      const step = this.#steps[next] as ReplayStep
      if (step.do === 'wait') wait += step.ms
      else if (step.do === 'output') this.#clock.after(wait, () => write(step.text))
    }
    if (isAhead) this.#at = next
  }
}

/** Offers the modem of a trace on TCP. */
export function serveReplay(modem: ReplayedModem, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket: Socket) => {
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('data', (data) => {
        modem.receive(data.toString('latin1'), (octets) => {
          if (socket.writable) socket.write(octets, 'latin1')
        })
      })
    })
    server.once('error', reject)
    server.listen(port, host, () => resolve(server))
  })
}

/** A pattern for a traced command; masked parts match anything. */
function patternOf(text: string): RegExp {
  const literal = (part: string) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(
    `^${text
      .split(/«[^»]*»/)
      .map(literal)
      .join('[^\\r]*')}$`,
  )
}
