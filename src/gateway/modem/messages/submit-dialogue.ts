import type { SendPermit, SubmitOutcome } from '../../../message/submit-outcome.ts'
import { inBackground } from '../../../util/background.ts'
import type { Timer } from '../../../util/clock.ts'
import type { Channel } from '../line/channel.ts'
import type { Token } from '../line/framer.ts'
import type { Listener } from '../line/listener.ts'
import { type Final, finalIn } from '../line/results.ts'
import type { Quirks } from '../vendors/quirks.ts'
import { causeOf } from './causes.ts'
import type { Submission } from './formats/format.ts'
import { type Event, isTidy, type Outcome, type State, table } from './submit-table.ts'

/** Timeout of each state, in ms. */
export type SubmitTimes = Readonly<Record<State, number>>

export const usualSubmitTimes: SubmitTimes = {
  asked: 5_000,
  objected: 100,
  // The commit of the hub; a modem keeps its prompt open for longer.
  prompted: 30_000,
  // Longer than any network takes.
  written: 120_000,
  failed: 100,
  referenced: 5_000,
  acknowledged: 5_000,
}

const timeouts: Readonly<Record<State, string>> = {
  asked: 'the modem did not ask for the message',
  objected: '',
  prompted: 'the hub took too long to let the message go',
  written: 'no answer from the modem after the message was written',
  failed: '',
  referenced: '',
  acknowledged: '',
}

export interface Submitted {
  readonly outcome: SubmitOutcome
  /** The modem sent its prompt. */
  readonly prompted: boolean
  /** A reference came that belongs to an earlier message. */
  readonly lateReference: boolean
}

/** Sends one segment. To be called inside `channel.exclusive`, in step. */
export function submitSegment(
  channel: Channel,
  submission: Submission,
  permit: () => Promise<SendPermit>,
  times: SubmitTimes = usualSubmitTimes,
  causes: Quirks['causes'] = {},
): Promise<Submitted> {
  return new Promise((resolve) => new SubmitDialogue(channel, submission, permit, times, causes, resolve).begin())
}

class SubmitDialogue implements Listener {
  readonly #channel: Channel
  readonly #submission: Submission
  readonly #permit: () => Promise<SendPermit>
  readonly #times: SubmitTimes
  readonly #causes: Quirks['causes']
  readonly #resolve: (submitted: Submitted) => void
  #state: State = 'asked'
  #timer: Timer | null = null
  #outcome: Outcome | null = null
  /** The permit is being asked for: until it is answered or times out, the outcome is held back. */
  #isAsking = false
  #reference: string | null = null
  #error: Extract<Final, { kind: 'error' }> | null = null
  #reason = ''
  #wasPrompted = false
  #lateReference = false
  #wasTaken = false

  constructor(
    channel: Channel,
    submission: Submission,
    permit: () => Promise<SendPermit>,
    times: SubmitTimes,
    causes: Quirks['causes'],
    resolve: (submitted: Submitted) => void,
  ) {
    this.#channel = channel
    this.#submission = submission
    this.#permit = permit
    this.#times = times
    this.#causes = causes
    this.#resolve = resolve
  }

  begin(): void {
    const { command, prefix } = this.#submission
    this.#channel.listen(this, { prefix, echo: command })
    this.#enter('asked')
    this.#channel.write(`${command}\r`)
  }

  token(token: Token): void {
    if (token.kind === 'prompt') return this.#on('prompt')
    const reference = this.#submission.reference.exec(token.text)?.[1]
    if (reference !== undefined) {
      if (table[this.#state].reference === 'ignore') this.#lateReference = this.#state !== 'referenced'
      else this.#reference = String(Number(reference) & 0xff)
      this.#on('reference')
      // Its OK has come before it.
      if (this.#wasTaken) this.#on('ok')
      return
    }
    const final = finalIn(token.text)
    if (final === null) return
    if (final.kind === 'error' && table[this.#state].error !== 'ignore') this.#error = final
    if (final.kind === 'ok' && this.#state === 'written' && !this.#submission.okAccepts) {
      this.#wasTaken = true
      return
    }
    this.#on(final.kind)
  }

  reset(sign: string): void {
    this.#on('reset', `the modem has reset (${sign})`)
  }

  lost(reason: string): void {
    this.#on('lost', reason)
  }

  #on(event: Event, reason = ''): void {
    if (this.#outcome !== null) return
    const next = table[this.#state][event]
    if (next === 'ignore') return
    if (next in table) return this.#enter(next as State)
    this.#reason = reason
    this.#outcome = next as Outcome
    if (!isTidy(this.#state, event)) this.#channel.outOfStep()
    if (!this.#isAsking || event === 'timeout') this.#end(this.#outcome)
  }

  #enter(state: State): void {
    this.#state = state
    this.#timer?.cancel()
    this.#timer = this.#channel.clock.after(this.#times[state], () => this.#timedOut())
    if (state === 'prompted')
      inBackground(
        () => this.#ask(),
        ({ message }) => this.lost(message),
      )
    if (state === 'written') this.#write()
  }

  #timedOut(): void {
    // The answer to `permit` is overdue, and the dialogue has ended meanwhile.
    if (this.#outcome !== null) return this.#end(this.#outcome)
    this.#on('timeout', `${timeouts[this.#state]} within ${this.#times[this.#state] / 1000} s`)
  }

  /** After the prompt: the hub marks the segment as written, or keeps it. */
  async #ask(): Promise<void> {
    this.#wasPrompted = true
    this.#isAsking = true
    let verdict: SendPermit | Error
    try {
      verdict = await this.#permit()
    } catch (error) {
      verdict = error as Error
    }
    if (!this.#isAsking) return
    this.#isAsking = false
    if (this.#outcome !== null) this.#end(this.#outcome)
    else if (verdict === 'go') this.#on('go')
    else this.#on('stay', verdict instanceof Error ? verdict.message : verdict)
  }

  #write(): void {
    this.#channel.expectEcho(this.#submission.body)
    this.#channel.write(`${this.#submission.body}\x1a`)
  }

  #end(outcome: Outcome): void {
    this.#isAsking = false
    this.#timer?.cancel()
    this.#channel.listen(null)
    const { prompted, lateReference } = { prompted: this.#wasPrompted, lateReference: this.#lateReference }
    this.#resolve({ outcome: this.#outcomeOf(outcome), prompted, lateReference })
  }

  #outcomeOf(outcome: Outcome): SubmitOutcome {
    switch (outcome) {
      case 'sent':
        return { outcome, reference: this.#reference }
      case 'refused':
        return { outcome, cause: causeOf(this.#error!, this.#state === 'failed', this.#causes) }
      case 'not_sent':
      case 'in_doubt':
        return { outcome, reason: this.#reason }
    }
  }
}
