import { inBackground } from '../../../util/background.ts'
import type { Clock, Timer } from '../../../util/clock.ts'
import { Framer, type Token } from './framer.ts'
import type { Line, Listener } from './listener.ts'
import type { Port } from './port.ts'
import { type Final, finalIn } from './results.ts'
import { synchronise } from './synchronise.ts'
import { type FirstLine, firstLine, takeLine, timeoutFor } from './two-lines.ts'
import { isMarked, noise, type Urc, urcIn } from './urcs.ts'

/** How a command went: its final result, or none in time, or the port was lost. */
export interface Reply {
  readonly lines: readonly string[]
  readonly final: Final | { readonly kind: 'timeout' } | { readonly kind: 'lost' }
}

export interface CommandOptions {
  /** Some makes leave out the OK: an answer line and this much silence will do (Wavecom's +CPIN), in ms. */
  readonly graceWithoutOk?: number
  /** A result code in digits is accepted: before ATV1. */
  readonly numeric?: boolean
  /** After these lines words of a message come as they are, `OK` and `ERROR` among them: only the last one ends it. */
  readonly mayQuote?: (lines: readonly string[]) => boolean
}

export interface ChannelHandlers {
  /** `body` is what stands behind a line that announces a message. */
  urc(urc: Urc, line: string, body: readonly string[]): void
  /** The modem has started anew. */
  reset(sign: string): void
  lost(reason: string): void
  /** The line was out of step and is brought back. */
  resynchronised(): void
}

/** ms in which some makes say OK behind an error: it must not answer the next command. */
const stragglerMs = 50
/** ms in which a line of a message is followed by the next one. */
const quoteMs = 200
/** What no line begins with. */
const nothing = '\n'
/** Characters of one answer that are kept: a full storage of a thousand messages. */
const maxAnswerLength = 1_048_576

/**
 * One AT command at a time over one port. Every line goes to exactly one place: whoever has the line, or the handler
 * of unsolicited codes. After a silence the next command waits until the two are in step again, so that a late answer
 * is never taken for another one's.
 */
export class Channel implements Line {
  readonly clock: Clock
  /** Null where the line has none that matters. */
  readonly baudRate: number | null
  readonly #port: Port
  readonly #handlers: ChannelHandlers
  readonly #framer = new Framer()
  #listener: Listener | null = null
  /** How marked lines begin that belong to the listener. */
  #prefix = nothing
  #echo: string | null = null
  #first: FirstLine | null = null
  /** Until then the rest of the message must have come. */
  #firstTimer: Timer | null = null
  /** Who waits for the line, the urgent ones first. */
  readonly #queue: { readonly urgent: boolean; readonly begin: () => void }[] = []
  #isTaken = false
  #outOfStep = false
  #lost: string | null = null
  #abandoned: string | null = null
  readonly #sleepers = new Set<() => void>()
  /** The modem echoes and will not stop; where it does not, an echo is a sign of a reset. */
  echoes = true
  /** An echo has come since this was last cleared. */
  echoSeen = false

  constructor(port: Port, clock: Clock, handlers: ChannelHandlers) {
    this.#port = port
    this.clock = clock
    this.baudRate = port.baudRate ?? null
    this.#handlers = handlers
    port.onData((data) => this.#received(data))
    port.onLost((reason) => this.lose(`the port was lost: ${reason}`))
  }

  /** Why nothing goes through any more; null while it does. */
  get lost(): string | null {
    return this.#lost
  }

  /** Why what was begun can't go on: the port is lost, or the modem has started anew. */
  get gone(): string | null {
    return this.#lost ?? this.#abandoned
  }

  /** The modem is set up from the beginning, as after power-on. */
  begin(): void {
    this.#abandoned = null
    this.echoes = true
  }

  /**
   * The modem has started anew: whatever runs ends now, and says nothing more until somebody begins. Half a set-up that
   * went on would choose storages and ways of delivery by answers that a modem with other settings gives.
   */
  abandon(sign: string): void {
    this.#abandoned ??= sign
    this.#listener?.reset(sign)
    this.#wake()
  }

  /** Queues for the line: what runs inside has the modem for itself. What is urgent goes before all that waits. */
  async exclusive<T>(work: () => Promise<T>, { urgent = false }: { urgent?: boolean } = {}): Promise<T> {
    await new Promise<void>((begin) => {
      const behind = this.#queue.findIndex((waiting) => urgent && !waiting.urgent)
      this.#queue.splice(behind < 0 ? this.#queue.length : behind, 0, { urgent, begin })
      this.#next()
    })
    try {
      return await work()
    } finally {
      inBackground(
        () => this.#passOn(),
        ({ message }) => this.lose(message),
      )
    }
  }

  /** The line goes to whoever waits for it next, in order. */
  async #passOn(): Promise<void> {
    try {
      await this.inStep()
    } finally {
      this.#isTaken = false
      this.#next()
    }
  }

  #next(): void {
    if (this.#isTaken) return
    const first = this.#queue.shift()
    if (first === undefined) return
    this.#isTaken = true
    first.begin()
  }

  /** Sends a command and waits for its end. To be called inside `exclusive`. */
  async command(text: string, timeout: number, options: CommandOptions = {}): Promise<Reply> {
    if (!(await this.inStep())) return { lines: [], final: { kind: 'lost' } }
    return new Promise((resolve) => {
      const lines: string[] = []
      let kept = 0
      let timer: Timer
      /** A result code that is a line of the message if another one follows. */
      let quoted: { readonly final: Final; readonly at: number } | null = null
      const end = (final: Reply['final']) => {
        timer.cancel()
        this.listen(null)
        resolve({ lines: quoted === null ? lines : lines.slice(0, quoted.at), final })
      }
      /** Whatever it still says belongs to nobody. */
      const giveUp = (final: Reply['final']) => {
        this.outOfStep()
        end(final)
      }
      const wait = (ms: number, act: () => void) => {
        timer?.cancel()
        timer = this.clock.after(ms, act)
      }
      let failed: Final | null = null
      const hear = (token: Token) => {
        if (token.kind === 'prompt' || failed !== null) return
        const final = options.numeric && token.text === '0' ? ({ kind: 'ok', text: '0' } as const) : finalIn(token.text)
        const isQuotable = final !== null && (options.mayQuote?.(lines) ?? false)
        if (isQuotable) quoted = { final, at: lines.length }
        else if (final?.kind === 'ok') return end(final)
        else if (final !== null) {
          failed = final
          return wait(stragglerMs, () => end(final))
        }
        kept += token.text.length
        if (kept <= maxAnswerLength) lines.push(token.text)
        const last = quoted?.final
        if (last !== undefined) return wait(quoteMs, () => end(last))
        if (options.graceWithoutOk !== undefined) wait(options.graceWithoutOk, () => giveUp({ kind: 'ok', text: '' }))
      }
      this.listen(
        {
          token: hear,
          reset: () => giveUp(failed ?? { kind: 'timeout' }),
          lost: () => end(failed ?? { kind: 'lost' }),
        },
        { prefix: prefixOf(text), echo: text },
      )
      wait(timeout, () => giveUp({ kind: 'timeout' }))
      this.write(`${text}\r`)
    })
  }

  /** Takes over the line for a dialogue, or gives it back. Marked lines with another prefix are not for it. */
  listen(listener: Listener | null, of: { readonly prefix?: string; readonly echo: string } | null = null): void {
    this.#listener = listener
    this.#prefix = of?.prefix ?? nothing
    this.#echo = of?.echo ?? null
  }

  /** A further text whose echo is no answer: the PDU behind the prompt. */
  expectEcho(text: string): void {
    this.#echo = text
  }

  write(data: string): void {
    if (this.#lost === null) this.#port.write(data)
  }

  /** Something may still be said that answers nothing: before the next command the line is brought back in step. */
  outOfStep(): void {
    this.#outOfStep = true
  }

  /** Resolves when a command can be sent, or with false when none can. To be called inside `exclusive`. */
  async inStep(): Promise<boolean> {
    if (this.#outOfStep && this.gone === null) await this.synchronise()
    return this.gone === null
  }

  /** Brings the line to a known state, or gives the port up. To be called inside `exclusive`. */
  async synchronise(): Promise<void> {
    this.#outOfStep = false
    this.#handlers.resynchronised()
    this.#framer.reset()
    this.#flush()
    if (!(await synchronise(this))) this.lose('the modem does not answer AT')
  }

  /** Waits `ms`, or until the port is lost or what was begun is abandoned. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#lost !== null) return resolve()
      const wake = () => {
        timer.cancel()
        this.#sleepers.delete(wake)
        resolve()
      }
      const timer = this.clock.after(ms, wake)
      this.#sleepers.add(wake)
    })
  }

  /** Ends everything that runs here. */
  lose(reason: string): void {
    if (this.#lost !== null) return
    this.#flush()
    this.#lost = reason
    const listener = this.#listener
    this.listen(null)
    listener?.lost(reason)
    this.#wake()
    this.#handlers.lost(reason)
  }

  #wake(): void {
    for (const wake of [...this.#sleepers]) wake()
  }

  #received(data: Uint8Array): void {
    for (const token of this.#framer.push(data)) {
      if (this.#lost !== null) return
      if (token.kind === 'prompt') this.#prompted(token)
      else this.#line(token, token.text)
    }
  }

  #prompted(token: Token): void {
    // How somebody's text begins.
    if (this.#first?.shape === 'text' && this.#first.body.length === 0) return
    if (this.#listener !== null) return this.#listener.token(token)
    // A prompt that nobody asked for would swallow the next command: it is taken back at once.
    if (this.#outOfStep) return
    this.outOfStep()
    inBackground(
      () => this.exclusive(async () => {}),
      ({ message }) => this.lose(message),
    )
  }

  #line(token: Token, line: string): void {
    if (line === this.#echo) return this.#echoed(line)
    const final = finalIn(line)
    const urc = urcIn(line, this.#listener === null ? null : this.#prefix)
    const answers = final !== null && (this.#listener !== null || this.#first?.shape !== 'text')
    if (this.#isOfMessage(line, answers || isMarked(line) || (urc !== null && urc !== noise))) return
    if (this.#listener !== null && final !== null) return this.#listener.token(token)
    if (urc === null) return this.#listener?.token(token)
    // The answer to nothing: whatever is asked next would get the answer before it.
    if (final !== null) this.outOfStep()
    if (urc.kind === 'reset') return this.#reset(line)
    // Who has asked for it may get it in the form that nobody has asked for.
    if (urc.kind === 'registration' && line.startsWith(this.#prefix)) this.#listener?.token(token)
    const first = urc.twoLines ? firstLine(urc, line) : null
    if (first === null) return this.#handlers.urc(urc, line, [])
    this.#flush()
    this.#first = first
    this.#awaitLine(first)
  }

  #awaitLine(first: FirstLine): void {
    this.#firstTimer?.cancel()
    this.#firstTimer = this.clock.after(timeoutFor(first), () => this.#flush())
  }

  #isOfMessage(line: string, isOther: boolean): boolean {
    if (this.#first === null) return false
    const holdsPdus = this.#prefix === '+CMGL:' || this.#prefix === '+CMGR:'
    const took = takeLine(this.#first, line, { isBusy: this.#listener !== null, holdsPdus, isOther })
    if (took === 'whole' || took === 'over') this.#flush()
    else if (took === 'part') this.#awaitLine(this.#first)
    return took === 'whole' || took === 'part'
  }

  /** What has come of a message is all that there will be. */
  #flush(): void {
    const first = this.#first
    this.#firstTimer?.cancel()
    this.#first = null
    if (first !== null) this.#handlers.urc(first.urc, first.line, first.body)
  }

  #echoed(line: string): void {
    this.#echo = null
    this.echoSeen = true
    if (!this.echoes) this.#reset(`it echoes again: ${line}`)
  }

  #reset(sign: string): void {
    this.#listener?.reset(sign)
    this.#handlers.reset(sign)
  }
}

/** How the marked lines of an answer begin: `+CSQ:` for `AT+CSQ`, `^ICCID:` for `AT^ICCID?`. */
function prefixOf(text: string): string {
  const name = /^AT([+^%#*$_][A-Z0-9]+)/i.exec(text)?.[1]
  return name === undefined ? nothing : `${name}:`
}
