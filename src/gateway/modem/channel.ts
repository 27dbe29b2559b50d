import type { Clock, Timer } from '../../util/clock.ts'
import { Framer, type Token } from './framer.ts'
import type { Port } from './port.ts'
import { type Final, finalIn } from './results.ts'
import { type Urc, urcIn } from './urcs.ts'

export interface Command {
  readonly text: string
  /** How its answer lines begin; `''` for answers without a prefix; left out for commands that answer OK only. */
  readonly prefix?: string
  readonly timeout: number
  /** Some makes leave out the OK: an answer line and this much silence will do (Wavecom's +CPIN). */
  readonly graceWithoutOk?: number
  /** A result code in digits is accepted: before ATV1. */
  readonly numeric?: boolean
}

/** How a command went: its final result, or none in time, or the port was lost. */
export type Reply = {
  readonly lines: readonly string[]
  readonly final: Final | { readonly kind: 'timeout' } | { readonly kind: 'lost' }
}

/** What a dialogue of more than one line hears. Returning true keeps the token from everybody else. */
export interface Listener {
  token(token: Token): boolean
  lost(reason: string): void
}

export interface ChannelHandlers {
  urc(urc: Urc, line: string, second: string | null): void
  lost(reason: string): void
  /** Every byte in both directions, for traces. */
  trace?(direction: '>' | '<', data: string): void
}

/** How many other lines may come between a two-line URC and its PDU. */
const patience = 6

/**
 * One AT command at a time over one port. Every line goes to exactly one place: the running command, the running
 * dialogue, or the handler of unsolicited codes.
 */
export class Channel {
  readonly #port: Port
  readonly #clock: Clock
  readonly #handlers: ChannelHandlers
  readonly #framer = new Framer()
  #listener: Listener | null = null
  /** The first line of a two-line URC that waits for its PDU. */
  #first: { urc: Urc; line: string; left: number } | null = null
  #prefix: string | null = null
  #echo: string | null = null
  #tail: Promise<unknown> = Promise.resolve()
  #lost = false
  /** When the modem was last heard, in monotonic ms. */
  lastHeard = 0
  /** Echo was seen although it had been switched off: the modem has reset. */
  echoSeen = false

  constructor(port: Port, clock: Clock, handlers: ChannelHandlers) {
    this.#port = port
    this.#clock = clock
    this.#handlers = handlers
    port.onData((data) => this.#received(data))
    port.onLost((reason) => {
      this.#lost = true
      const listener = this.#listener
      this.#listener = null
      listener?.lost(reason)
      handlers.lost(reason)
    })
  }

  get lost(): boolean {
    return this.#lost
  }

  /** Queues for the line: what runs inside has the modem for itself. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(work, work)
    this.#tail = turn.catch(() => {})
    return turn
  }

  /** Sends a command and waits for its end. To be called inside `exclusive`. */
  command(command: Command): Promise<Reply> {
    return new Promise((resolve) => {
      const lines: string[] = []
      let grace: Timer | null = null
      if (this.#lost) return resolve({ lines, final: { kind: 'lost' } })
      const finish = (final: Reply['final']) => {
        timer.cancel()
        grace?.cancel()
        this.listen(null)
        resolve({ lines, final })
      }
      const timer = this.#clock.after(command.timeout, () => finish({ kind: 'timeout' }))
      this.listen(
        {
          token: (token) => {
            if (token.kind === 'prompt') return false
            const final =
              finalIn(token.text) ??
              (command.numeric && token.text === '0' ? ({ kind: 'ok', text: '0' } as const) : null)
            if (final !== null) finish(final)
            else {
              lines.push(token.text)
              if (command.graceWithoutOk !== undefined) {
                grace?.cancel()
                grace = this.#clock.after(command.graceWithoutOk, () => finish({ kind: 'ok', text: '' }))
              }
            }
            return true
          },
          lost: () => finish({ kind: 'lost' }),
        },
        command.prefix ?? (command.numeric ? '' : '+'),
        command.text,
      )
      this.write(`${command.text}\r`)
    })
  }

  /** Takes over the line for a dialogue; `prefix` says which marked lines are its own, `echo` what may be echoed. */
  listen(listener: Listener | null, prefix: string | null = null, echo: string | null = null): void {
    this.#listener = listener
    this.#prefix = listener === null ? null : prefix
    this.#echo = echo
  }

  /** A further text whose echo is no answer: the PDU behind the prompt. */
  expectEcho(text: string): void {
    this.#echo = text
  }

  write(data: string): void {
    this.#handlers.trace?.('>', data)
    if (!this.#lost) this.#port.write(data)
  }

  /** Forgets half a line and half a message. */
  reset(): void {
    this.#framer.reset()
    this.#first = null
  }

  #received(data: Buffer): void {
    this.lastHeard = this.#clock.monotonic()
    this.#handlers.trace?.('<', data.toString('latin1'))
    for (const token of this.#framer.push(data)) this.#dispatch(token)
  }

  #dispatch(token: Token): void {
    if (token.kind === 'prompt') {
      this.#listener?.token(token)
      return
    }
    const line = token.text
    if (this.#echo !== null && isEcho(line, this.#echo)) {
      this.#echo = null
      this.echoSeen = true
      return
    }
    if (this.#first !== null && this.#second(this.#first, line)) return
    const urc = finalIn(line) === null || this.#listener === null ? urcIn(line, this.#prefix) : null
    if (urc === null && this.#listener?.token(token)) return
    if (urc?.twoLines) {
      this.#first = { urc, line, left: patience }
      return
    }
    if (urc !== null) this.#handlers.urc(urc, line, null)
  }

  /** The PDU of a two-line URC: hex of the length that its first line announced; a text-mode text is any line. */
  #second(first: { urc: Urc; line: string; left: number }, line: string): boolean {
    const announced = announcedLength(first.line)
    const fits = announced === null ? finalIn(line) === null : isPdu(line, announced)
    if (fits) {
      this.#first = null
      this.#handlers.urc(first.urc, first.line, line)
      return true
    }
    first.left--
    if (first.left === 0) this.#first = null
    return false
  }
}

/** TPDU octets that `+CMT: [alpha],<length>` and `+CDS: <length>` announce; null in text mode. */
function announcedLength(line: string): number | null {
  const last = /(?:^|[:,])\s*(\d{1,3})\s*$/.exec(line)?.[1]
  return last === undefined ? null : Number(last)
}

/** Whether a line is a PDU whose TPDU has this many octets; clones pad it or count a little wrong. */
function isPdu(line: string, tpduLength: number): boolean {
  if (!/^[0-9A-Fa-f]+$/.test(line) || line.length % 2 !== 0) return false
  const smsc = Number.parseInt(line.slice(0, 2), 16)
  return line.length / 2 - 1 - smsc >= tpduLength
}

function isEcho(line: string, sent: string): boolean {
  return line === sent.trim() || line === `> ${sent.trim()}` || line.replace(/\x1a$/, '') === sent.trim()
}
