import type { CallRequest } from '../../../message/capabilities.ts'
import { refusalOf } from '../../../message/dialable.ts'
import type { SendPermit, SubmitOutcome } from '../../../message/submit-outcome.ts'
import type { Channel } from '../line/channel.ts'
import { type Final, finalIn } from '../line/results.ts'

/** Some vendors answer ATD only when the other side rings. */
const dialTimeoutMs = 30_000
/** Polling of the call. */
const lookIntervalMs = 1_000
const lookTimeoutMs = 3_000
/** Until the other side rings. */
const callSetupMs = 15_000
const hangUpTimeoutMs = 5_000

/** The state of our call in the list of the modem's calls (TS 27.007 clause 7.18). */
type Seen = 'dialling' | 'ringing' | 'answered' | 'gone' | 'unknown'

/**
 * One call that only rings: `ATD<number>;`, a while, `ATH`. To be run inside `channel.exclusive`; `urc` takes the
 * modem's unsolicited lines about calls.
 */
export class Ringing {
  readonly #channel: Channel
  readonly #request: CallRequest
  /** The line with which the call ended: BUSY, NO CARRIER, NO ANSWER. */
  #end: string | null = null
  #wake: () => void = () => {}

  constructor(channel: Channel, request: CallRequest) {
    this.#channel = channel
    this.#request = request
  }

  urc(line: string): void {
    if (!/^(BUSY|NO CARRIER|NO ANSWER|NO DIALTONE)/.test(line)) return
    this.#end = line
    this.#wake()
  }

  async run(permit: () => Promise<SendPermit>): Promise<SubmitOutcome> {
    // The last check before the network: no code and no emergency number is dialled.
    const refusal = refusalOf(this.#request.number, 'call')
    if (refusal !== null) return this.#refused(refusal, null)
    const verdict = await permit().catch((error: Error) => error.message)
    if (verdict !== 'go') return { outcome: 'not_sent', reason: verdict }
    const dialled = await this.#dial()
    if (dialled.kind === 'error') return this.#refused(dialled.text, dialled.number)
    if (dialled.kind === 'lost') return { outcome: 'in_doubt', reason: this.#channel.lost ?? 'the modem has reset' }
    const rang = await this.#watch()
    await this.#hangUp()
    return this.#outcome(rang)
  }

  #dial(): Promise<Final | { kind: 'ended' | 'timeout' | 'lost' }> {
    const command = `ATD${this.#request.number};`
    return new Promise((resolve) => {
      const end = (final: Final | { kind: 'ended' | 'timeout' | 'lost' }) => {
        timer.cancel()
        this.#wake = () => {}
        this.#channel.listen(null)
        resolve(final)
      }
      const timer = this.#channel.clock.after(dialTimeoutMs, () => {
        this.#channel.outOfStep()
        end({ kind: 'timeout' })
      })
      this.#wake = () => end({ kind: 'ended' })
      this.#channel.listen(
        {
          token: (token) => {
            const final = token.kind === 'line' ? finalIn(token.text) : null
            if (final !== null) end(final)
          },
          reset: () => end({ kind: 'lost' }),
          lost: () => end({ kind: 'lost' }),
        },
        { echo: command },
      )
      this.#channel.write(`${command}\r`)
    })
  }

  /** Until it has rung for long enough, or ended. Null where the modem does not report that. */
  async #watch(): Promise<boolean | null> {
    const { clock } = this.#channel
    const begun = clock.monotonic()
    let rangAt: number | null = null
    let knows = true
    while (this.#end === null && this.#channel.gone === null) {
      const seen = knows ? await this.#look() : 'unknown'
      const now = clock.monotonic()
      if (seen === 'unknown') knows = false
      if (seen === 'gone' && now - begun > lookIntervalMs) break
      if (seen === 'answered') return true
      if (seen === 'ringing') rangAt ??= now
      if (rangAt !== null && now - rangAt >= this.#request.seconds * 1000) return true
      if (rangAt === null && now - begun >= this.#request.seconds * 1000 + callSetupMs) return knows ? false : null
      await this.#pause(lookIntervalMs)
    }
    return rangAt !== null
  }

  async #look(): Promise<Seen> {
    const { lines, final } = await this.#channel.command('AT+CLCC', lookTimeoutMs)
    if (final.kind !== 'ok') return 'unknown'
    const states = lines.flatMap((line) => /^\+CLCC: *\d+, *0, *(\d)/.exec(line)?.[1] ?? [])
    if (states.length === 0) return 'gone'
    return states.includes('0') ? 'answered' : states.includes('3') ? 'ringing' : 'dialling'
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#end !== null) return resolve()
      const done = () => {
        timer.cancel()
        this.#wake = () => {}
        resolve()
      }
      const timer = this.#channel.clock.after(ms, done)
      this.#wake = done
    })
  }

  async #hangUp(): Promise<void> {
    if (this.#end !== null || this.#channel.gone !== null) return
    const { final } = await this.#channel.command('ATH', hangUpTimeoutMs)
    if (final.kind !== 'ok') await this.#channel.command('AT+CHUP', hangUpTimeoutMs)
  }

  /** BUSY is a device that rejects the call, which is how most gate openers take it. */
  #outcome(rang: boolean | null): SubmitOutcome {
    if (rang === true || this.#end === 'BUSY' || (rang === null && this.#end === null))
      return { outcome: 'sent', reference: null }
    return {
      outcome: 'in_doubt',
      reason: `it is unknown whether it rang${this.#end === null ? '' : `: ${this.#end}`}`,
    }
  }

  #refused(text: string, number: number | null): SubmitOutcome {
    // 30 and 31: no network, which passes. The rest will be refused again.
    const next = number === 30 || number === 31 ? 'retry' : 'give_up'
    return { outcome: 'refused', cause: { text, scheme: null, code: null, by: 'gateway', accepted: 'no', next } }
  }
}
