import { inBackground } from '../../../util/background.ts'
import type { Timer } from '../../../util/clock.ts'
import type { Channel } from '../line/channel.ts'
import { fieldsIn, numberIn } from '../line/fields.ts'
import { textOfUcs2 } from '../line/ucs2.ts'

/** ms behind a ring in which the number follows (`+CLIP`), where the network tells it. */
const numberTimeoutMs = 1_500
/** ms without another ring behind which a call is over: networks ring every five or six seconds. */
const sameCallMs = 10_000
const hangUpTimeoutMs = 5_000

export interface IncomingCallDeps {
  readonly channel: Channel
  /** What ends a call; the first that the modem takes. */
  readonly hangUp: readonly string[]
  /** Somebody calls; null where the number is withheld. */
  called(from: string | null): void
}

/**
 * Calls that come in: each is told once and ended, for some modems handle no text while it rings. Nobody would take it
 * up.
 */
export class IncomingCall {
  readonly #deps: IncomingCallDeps
  #from: string | null = null
  #isTold = false
  #isEnding = false
  #timer: Timer | null = null

  constructor(deps: IncomingCallDeps) {
    this.#deps = deps
  }

  /** RING, +CRING, +CLIP, NO CARRIER, MISSED_CALL. */
  heard(line: string): void {
    if (/^(RING|\+CRING:)/.test(line)) return this.#rings()
    const [said, type] = fieldsIn(line, '+CLIP:') ?? []
    if (said !== undefined) {
      const number = textOfUcs2(said, 'number')
      // 145: an international number, with or without its plus (TS 27.007 clause 7.11).
      const plus = numberIn(type) === 145 && /^\d/.test(number) ? '+' : ''
      this.#from = number === '' ? null : `${plus}${number}`
      this.#tell()
    } else if (/^(NO CARRIER|MISSED_CALL:)/.test(line)) this.#over()
  }

  /** Forgets it; what rings now rings on. */
  stop(): void {
    this.#timer?.cancel()
  }

  #rings(): void {
    // It has not taken the first word, or did not hear it.
    if (this.#isTold) return this.#end()
    this.#timer ??= this.#deps.channel.clock.after(numberTimeoutMs, () => this.#tell())
  }

  #tell(): void {
    if (!this.#isTold) this.#deps.called(this.#from)
    this.#isTold = true
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
    // It has rung too shortly to tell its number.
    if (this.#timer !== null && !this.#isTold) this.#deps.called(this.#from)
    this.#forget()
  }

  #forget(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#from = null
    this.#isTold = false
  }
}
