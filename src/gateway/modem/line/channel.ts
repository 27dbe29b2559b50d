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
  /** Some vendors leave out the OK: an answer line and this long without another will do (Wavecom's +CPIN), in ms. */
  readonly graceWithoutOk?: number
  /** A result code in digits is accepted: before ATV1. */
  readonly numeric?: boolean
  /** After these lines the words of a message follow, which may be `OK` and `ERROR`: only the last one ends it. */
  readonly mayQuote?: (lines: readonly string[]) => boolean
}

export interface ChannelHandlers {
  /** `body` is what follows a line that announces a message. */
  urc(urc: Urc, line: string, body: readonly string[]): void
  /** The modem has reset. */
  reset(sign: string): void
  lost(reason: string): void
  /** The line was out of step and is resynchronised. */
  resynchronised(): void
}

/** Some vendors send OK after an error within this time: it must not answer the next command. */
const stragglerMs = 50
/** The next line of a message follows within this time. */
const quoteMs = 200
/** What no line begins with. */
const nothing = '\n'
/** Characters of one answer: a full storage of a thousand messages. */
const maxAnswerLength = 1_048_576

/**
 * One AT command at a time over one port. Every line goes to exactly one place: the listener, or the handler of
 * unsolicited codes. After a timeout the next command waits until both sides are in step again, so that a late answer
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
  /** The prefix of marked lines that belong to the listener. */
  #prefix = nothing
  #echo: string | null = null
  #first: FirstLine | null = null
  /** For the rest of the message. */
  #firstTimer: Timer | null = null
  /** Waiting for the line, the urgent ones first. */
  readonly #queue: { readonly urgent: boolean; readonly begin: () => void }[] = []
  #isTaken = false
  #outOfStep = false
  #lost: string | null = null
  #abandoned: string | null = null
  readonly #sleepers = new Set<() => void>()
  /** The modem echoes and can't be stopped; where it does not, an echo is a sign of a reset. */
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

  /** Why the port is lost; null while it is open. */
  get lost(): string | null {
    return this.#lost
  }

  /** Why what was begun can't go on: the port is lost, or the modem has reset. */
  get gone(): string | null {
    return this.#lost ?? this.#abandoned
  }

  /** The modem is set up from the beginning, as after power-on. */
  begin(): void {
    this.#abandoned = null
    this.echoes = true
  }

  /**
   * The modem has reset: whatever runs ends now, and nothing more is sent before `begin`. A set-up that went on would
   * choose storages and ways of delivery by the answers of a modem with other settings.
   */
  abandon(sign: string): void {
    this.#abandoned ??= sign
    this.#listener?.reset(sign)
    this.#wake()
  }

  /** Queues for the line: `work` has the modem for itself. What is urgent goes before all that waits. */
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

  /** Passes the line on to the next in the queue, in step. */
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
      /** Later lines belong to no command. */
      const giveUp = (final: Reply['final']) => {
        this.outOfStep()
        end(final)
      }
      const wait = (ms: number, act: () => void) => {
        timer?.cancel()
        timer = this.clock.after(ms, act)
      }
      let failed: Final | null = null
      const take = (token: Token) => {
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
          token: take,
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

  /** A further text whose echo is no answer: the PDU after the prompt. */
  expectEcho(text: string): void {
    this.#echo = text
  }

  write(data: string): void {
    if (this.#lost === null) this.#port.write(data)
  }

  /** A late answer may still come: the line is resynchronised before the next command. */
  outOfStep(): void {
    this.#outOfStep = true
  }

  /** Resolves when a command can be sent, or with false when none can. To be called inside `exclusive`. */
  async inStep(): Promise<boolean> {
    if (this.#outOfStep && this.gone === null) await this.synchronise()
    return this.gone === null
  }

  /** Brings the line to a known state, or closes the port. To be called inside `exclusive`. */
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
    // A text begins like that.
    if (this.#first?.shape === 'text' && this.#first.body.length === 0) return
    if (this.#listener !== null) return this.#listener.token(token)
    // An unexpected prompt would swallow the next command: it is cancelled at once.
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
    // An answer without a command: the next command would get the answer of the one before.
    if (final !== null) this.outOfStep()
    if (urc.kind === 'reset') return this.#reset(line)
    // The answer may come in the unsolicited form.
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

  /** No more of the message will come. */
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

/** The prefix of the marked lines of an answer: `+CSQ:` for `AT+CSQ`, `^ICCID:` for `AT^ICCID?`. */
function prefixOf(text: string): string {
  const name = /^AT([+^%#*$_][A-Z0-9]+)/i.exec(text)?.[1]
  return name === undefined ? nothing : `${name}:`
}
