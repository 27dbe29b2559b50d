import { inBackground } from '../../../util/background.ts'
import type { Timer } from '../../../util/clock.ts'
import type { Channel } from '../line/channel.ts'
import { fieldsIn, numberIn } from '../line/fields.ts'
import { textOfUcs2 } from '../line/ucs2.ts'

/** For the caller's number (`+CLIP`) after a ring, where the network sends it. */
const numberTimeoutMs = 1_500
/** A call is over after this long without a ring: networks ring every five or six seconds. */
const sameCallMs = 10_000
const hangUpTimeoutMs = 5_000

export interface IncomingCallDeps {
  readonly channel: Channel
  /** Commands that end a call; the first that the modem accepts counts. */
  readonly hangUp: readonly string[]
  /** An incoming call; null where the number is withheld. */
  called(from: string | null): void
}

/**
 * Incoming calls: each is reported once and rejected, as some modems handle no text while it rings.
 */
export class IncomingCall {
  readonly #deps: IncomingCallDeps
  #from: string | null = null
  #isReported = false
  #isEnding = false
  #timer: Timer | null = null

  constructor(deps: IncomingCallDeps) {
    this.#deps = deps
  }

  /** RING, +CRING, +CLIP, NO CARRIER, MISSED_CALL. */
  urc(line: string): void {
    if (/^(RING|\+CRING:)/.test(line)) return this.#rings()
    const [caller, type] = fieldsIn(line, '+CLIP:') ?? []
    if (caller !== undefined) {
      const number = textOfUcs2(caller, 'number')
      // 145: an international number, with or without its plus (TS 27.007 clause 7.11).
      const plus = numberIn(type) === 145 && /^\d/.test(number) ? '+' : ''
      this.#from = number === '' ? null : `${plus}${number}`
      this.#report()
    } else if (/^(NO CARRIER|MISSED_CALL:)/.test(line)) this.#over()
  }

  /** A call that rings now rings on. */
  stop(): void {
    this.#timer?.cancel()
  }

  #rings(): void {
    // It has not carried out the first command.
    if (this.#isReported) return this.#end()
    this.#timer ??= this.#deps.channel.clock.after(numberTimeoutMs, () => this.#report())
  }

  #report(): void {
    if (!this.#isReported) this.#deps.called(this.#from)
    this.#isReported = true
    this.#end()
  }

  #end(): void {
    const { channel, hangUp } = this.#deps
    this.#timer?.cancel()
    this.#timer = channel.clock.after(sameCallMs, () => this.#forget())
    if (this.#isEnding) return
    this.#isEnding = true
    const work = async () => {
      for (const text of hangUp) {
        if ((await channel.command(text, hangUpTimeoutMs)).final.kind === 'ok') return
      }
    }
    const end = async () => {
      try {
        await channel.exclusive(work, { urgent: true })
      } finally {
        this.#isEnding = false
      }
    }
    inBackground(end, ({ message }) => channel.lose(message))
  }

  #over(): void {
    // It rang too briefly for its number.
    if (this.#timer !== null && !this.#isReported) this.#deps.called(this.#from)
    this.#forget()
  }

  #forget(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#from = null
    this.#isReported = false
  }
}
