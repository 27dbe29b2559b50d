import type { CallRequest } from '../../message/capabilities.ts'
import { Fault } from '../../message/fault.ts'
import { hasMore, type Segment } from '../../message/segment.ts'
import { refusedUnsent, type SendPermit, type SubmitOutcome } from '../../message/submit-outcome.ts'
import { type Failed, inBackground, logged } from '../../util/background.ts'
import type { Timer } from '../../util/clock.ts'
import type { Filing } from '../filing.ts'
import { IncomingCall } from './calls/incoming-call.ts'
import { Ringing } from './calls/ringing.ts'
import { runUssd } from './calls/ussd.ts'
import { cardTrouble } from './card.ts'
import { Concerns } from './concerns.ts'
import type { Channel, Reply } from './line/channel.ts'
import type { Urc } from './line/urcs.ts'
import { cmsOf } from './messages/causes.ts'
import type { MessageFormat, Submission } from './messages/formats/format.ts'
import { keeps, type MessageSetup } from './messages/message-setup.ts'
import { Receiver } from './messages/receiver.ts'
import { submitSegment, usualSubmitTimes } from './messages/submit-dialogue.ts'
import { type Ask, isUsable, observe, observeOperator, observeStorage, type StorageLevel } from './observe.ts'
import { ServiceCentre } from './service-centre.ts'
import type { ModemFacts } from './shown-state.ts'
import type { Quirks } from './vendors/quirks.ts'
import { Waking } from './waking.ts'

/** Until the modem is polled first. */
const firstLookMs = 2_000
/** Submissions in a row without a prompt, until the modem is started up again. */
const maxUnprompted = 2
/** OKs in a row without a reference, until the wait for one is shortened. */
const bareOksToLearn = 3
const shortTailMs = 1_000
/** During a longer submission a message may be acknowledged too late: TR2M is 12 s at least (TS 24.011 clause 10). */
const longSubmitMs = 10_000
/** Messages in a row without a final result, until the modem is recovered. */
const maxUnanswered = 3
/** Rejections in a row with a cause that persists in this vendor's modems, until the modem is recovered. */
const maxStuck = 2
/** Without a network for this long, the modem is recovered: cells fail for a while, and a cellar has none. */
const withoutNetworkMs = 600_000
/**
 * Storages are full (TS 27.005 clause 3.2.5, TS 23.040 clause 9.2.3.22): some vendors' modems then reject sending, too.
 */
const storageCauses = [208, 211, 322]
/** The card is gone, locked or broken (TS 27.005 clause 3.2.5). */
const cardCauses = [310, 311, 313, 315, 316]
/** Share of a storage in use from which it is read out at once, and from which it is reported. */
const fillingShare = 0.8
const almostFullShare = 0.95
const fullHint =
  'soon it receives nothing more; smshub modem at <gateway> AT+CMGL=4 shows them, AT+CMGD=<index> deletes one'

export interface SessionDeps {
  readonly channel: Channel
  readonly messages: MessageSetup
  readonly quirks: Quirks
  readonly filing: Filing
  /** The number of the service centre (`service-centre.ts`). */
  readonly centre: string | null
  /** Polling interval; polling also detects a modem that stopped responding. */
  readonly heartbeatMs: number
  observed(change: Partial<ModemFacts>): void
  /** An incoming call; null where the number is withheld. */
  called(from: string | null): void
  /** The modem has reported something about the card. */
  cardChanged(sign: string): void
  /** It has to be recovered. */
  over(reason: string): void
  /** Until then the modem may still be starting (monotonic clock). */
  readonly awakeUntil: number
  /** It has to be set up again, though nothing is wrong with it. */
  again(reason: string): void
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void
}

/** A modem from one start-up to the next: sends, receives and polls it. */
export class Session {
  readonly #deps: SessionDeps
  readonly #failed: Failed
  readonly #channel: Channel
  readonly #receiver: Receiver
  readonly #centre: ServiceCentre
  readonly #concerns: Concerns
  #beat: Timer | null = null
  #hasEnded = false
  #sending = 0
  #unprompted = 0
  #bareOks = 0
  #unanswered = 0
  /** Polls in a row that found the storage full. */
  #fullLooks = 0
  #stuck = 0
  #hasBroadcast = false
  #registeredAt: number
  #knowsOperator = false
  #ringing: Ringing | null = null
  readonly #incoming: IncomingCall
  readonly #waking: Waking
  /** Settings of the format that the modem has. */
  #formatSettings: readonly string[] = []
  #keepsLinks = true

  constructor(deps: SessionDeps) {
    this.#deps = deps
    this.#failed = logged(deps.log, 'the modem')
    this.#channel = deps.channel
    this.#registeredAt = deps.channel.clock.monotonic()
    const { channel, messages: setup, filing, log, quirks } = deps
    this.#waking = new Waking({
      channel,
      refused: setup.refused,
      until: deps.awakeUntil,
      taken: (command) => deps.again(`the modem takes ${command} now`),
    })
    this.#incoming = new IncomingCall({ channel, hangUp: quirks.hangUp, called: deps.called })
    this.#concerns = new Concerns((change) => {
      if (!this.#hasEnded) deps.observed(change)
    })
    this.#centre = new ServiceCentre({ channel, concerns: this.#concerns, log }, deps.centre)
    this.#receiver = new Receiver({
      channel,
      setup,
      filing,
      log,
      readAfterMs: quirks.readAfterMs,
      unreadable: (why) => this.#concerns.set('reading', why),
    })
  }

  /** Reads what was received before, and begins to poll. */
  start(): void {
    this.#centre.start()
    this.#receiver.sweepAll()
    this.#beat = this.#channel.clock.after(firstLookMs, () => this.#beats())
    inBackground(() => this.#waking.run(), this.#failed)
  }

  /** Submissions are under way. */
  get isSending(): boolean {
    return this.#sending > 0
  }

  /** Resolves when the running submission has ended. */
  sent(): Promise<void> {
    return this.#channel.exclusive(async () => {})
  }

  /** The modem reports that it is ready. */
  awake(): void {
    this.#waking.awake()
  }

  /** The problem of the card now; null where there is none. */
  async card(): Promise<string | null> {
    return cardTrouble(await this.#channel.exclusive(() => this.#channel.command('AT+CPIN?', 5_000)))
  }

  async submit(segment: Segment, permit: () => Promise<SendPermit>): Promise<SubmitOutcome> {
    this.#sending++
    try {
      return await this.#channel.exclusive(() => this.#submit(segment, permit))
    } finally {
      this.#sending--
    }
  }

  /** A call has the modem for itself: texts wait until it has ended. */
  async call(request: CallRequest, permit: () => Promise<SendPermit>): Promise<SubmitOutcome> {
    this.#sending++
    try {
      return await this.#channel.exclusive(async () => {
        if (this.#hasEnded || !(await this.#channel.inStep()))
          return { outcome: 'not_sent', reason: 'the modem is not ready' }
        this.#ringing = new Ringing(this.#channel, request)
        return this.#ringing.run(permit)
      })
    } finally {
      this.#ringing = null
      this.#sending--
    }
  }

  /** A session with the network, which has the modem for itself. Resolves with its last text. */
  ussd(codes: readonly string[]): Promise<string> {
    const { messages, quirks } = this.#deps
    return this.#channel.exclusive(() => {
      if (this.#hasEnded) throw new Fault('modem_error', 'the modem is not ready')
      return runUssd(this.#channel, codes, quirks, messages.format.name === 'text')
    })
  }

  /** An unsolicited line. */
  urc({ kind }: Urc, line: string): void {
    switch (kind) {
      case 'broadcast':
        if (!this.#hasBroadcast)
          this.#deps.log('info', 'the cell broadcasts: such messages are for nobody and not kept')
        this.#hasBroadcast = true
        return
      case 'stored':
        return this.#receiver.announced(line)
      case 'full':
        return this.#receiver.full(line)
      case 'call':
        return (this.#ringing ?? this.#incoming).urc(line)
      case 'late':
        // This vendor's reference comes late: without a wait it would be taken for the next message's.
        this.#bareOks = Number.NEGATIVE_INFINITY
        return
      default:
        this.#deps.log('debug', `unsolicited: ${line}`)
    }
  }

  /** How messages are written and read. */
  get format(): MessageFormat {
    return this.#deps.messages.format
  }

  /** A directly delivered message is on the disk: the network may forget it (TS 27.005 clause 3.4.4). */
  acknowledge(): void {
    // 340: it expects none. Anything else: the modem has the command of text mode only.
    this.#answer('AT+CNMA=0', async ({ final }) => {
      if (final.kind === 'error' && final.number !== 340) await this.#channel.command('AT+CNMA', 5_000)
    })
  }

  /** What was received is no message: the network still has it, and may send it again. */
  refuse(): void {
    this.#answer('AT+CNMA=2')
  }

  #answer(text: string, behind: (reply: Reply) => Promise<void> = async () => {}): void {
    if (!this.#deps.messages.acknowledges || this.#hasEnded) return
    const answered = async () => {
      if (!this.#hasEnded) await behind(await this.#channel.command(text, 5_000))
    }
    // It is due within seconds, and the next message takes as long.
    inBackground(() => this.#channel.exclusive(answered, { urgent: true }), this.#failed)
  }

  /** Starts nothing more. Resolves when what runs has ended, with the line in step. */
  async end(): Promise<void> {
    this.#hasEnded = true
    this.#beat?.cancel()
    this.#incoming.stop()
    this.#waking.end()
    await this.#receiver.end()
    await this.#channel.exclusive(async () => {})
  }

  async #submit(segment: Segment, permit: () => Promise<SendPermit>): Promise<SubmitOutcome> {
    if (this.#hasEnded) return { outcome: 'not_sent', reason: 'the modem is not ready' }
    if (!(await this.#channel.inStep())) return { outcome: 'not_sent', reason: this.#channel.lost ?? '' }
    const { format } = this.#deps.messages
    const { submitMs, causes, stuckWith } = this.#deps.quirks
    let submission: Submission
    try {
      submission = format.submission(segment)
    } catch (error) {
      const { message } = Fault.from(error)
      // PDU mode may become available within a minute.
      if (format.name !== 'pdu' && this.#waking.isOpen)
        return { outcome: 'not_sent', reason: `the modem is still starting: ${message}` }
      return refusedUnsent('gateway', message)
    }
    await this.#prepare(submission.before, hasMore(segment))
    const acknowledged = this.#bareOks >= bareOksToLearn ? shortTailMs : usualSubmitTimes.acknowledged
    const times = { ...usualSubmitTimes, written: submitMs, acknowledged }
    const since = this.#channel.clock.monotonic()
    const { outcome, prompted, lateReference } = await submitSegment(this.#channel, submission, permit, times, causes)
    if (this.#channel.clock.monotonic() - since > longSubmitMs) this.#lookBack()
    const code = outcome.outcome === 'refused' ? cmsOf(outcome.cause) : null
    if (outcome.outcome === 'refused') {
      const { text } = outcome.cause
      if (storageCauses.includes(code ?? 0)) this.#receiver.full(text)
      await this.#centre.refused(code)
      if (cardCauses.includes(code ?? 0)) this.#deps.cardChanged(text)
    }
    if (outcome.outcome === 'sent') this.#centre.sent()
    if (outcome.outcome === 'sent') this.#bareOks = outcome.reference === null ? this.#bareOks + 1 : 0
    if (lateReference) this.#bareOks = Number.NEGATIVE_INFINITY
    this.#unprompted = prompted || outcome.outcome !== 'not_sent' ? 0 : this.#unprompted + 1
    this.#unanswered = outcome.outcome === 'in_doubt' ? this.#unanswered + 1 : 0
    this.#stuck = stuckWith.includes(code ?? 0) ? this.#stuck + 1 : 0
    if (this.#stuck === maxStuck) this.#deps.over('the modem rejects every message with the same cause')
    if (this.#unanswered === maxUnanswered) this.#deps.over('the modem accepts messages and stops responding')
    if (this.#unprompted === maxUnprompted) this.#deps.over('the modem does not prompt for messages')
    return outcome
  }

  /** Settings of the format, and one radio link for all parts of a message (TS 27.005 clause 3.5.6). */
  async #prepare(before: readonly string[], more: boolean): Promise<void> {
    for (const text of before) {
      if (this.#formatSettings.includes(text)) continue
      if ((await this.#channel.command(text, 5_000)).final.kind === 'ok') this.#formatSettings = before
    }
    if (!more || !this.#keepsLinks) return
    const { final } = await this.#channel.command('AT+CMMS=1', 5_000)
    this.#keepsLinks = final.kind === 'ok'
  }

  /**
   * A message that was delivered directly during a long submission was acknowledged too late: the modem then delivers
   * nothing more and reports nothing (TS 27.005 clause 3.4.1). That is checked at once.
   */
  #lookBack(): void {
    const { acknowledges, indications } = this.#deps.messages
    if (!acknowledges || indications === null) return
    const lookBack = async () => {
      if (this.#hasEnded || keeps(indications, await this.#channel.command('AT+CNMI?', 5_000))) return
      this.#deps.log('warn', 'the modem had stopped delivering messages: it is set up for that again')
      const { final } = await this.#channel.command(`AT+CNMI=${indications}`, 5_000)
      if (final.kind !== 'ok') this.#deps.over('the modem delivers no messages any more')
    }
    inBackground(() => this.#channel.exclusive(lookBack), this.#failed)
  }

  /** Signal and registration, whether the settings still hold, and messages whose announcements were lost. */
  async look(): Promise<void> {
    const { messages, observed, over } = this.#deps
    const ask: Ask = (text, ms) => this.#channel.exclusive(() => this.#channel.command(text, ms))
    const seen = { ...(await observe(ask)), ...(await observeStorage(ask)) }
    await this.#centre.look(ask)
    const kept = messages.indications === null || keeps(messages.indications, await ask('AT+CNMI?', 5_000))
    if (this.#hasEnded) return
    if (!kept) return over('the modem has lost the settings for reporting messages')
    // Without a card there is no network either: that is reported at once, not after the search.
    const lacks = isUsable(seen.network) ? null : cardTrouble(await ask('AT+CPIN?', 5_000))
    if (this.#hasEnded) return
    if (lacks !== null) return over(lacks)
    observed(seen)
    this.#levelled(seen)
    const now = this.#channel.clock.monotonic()
    if (isUsable(seen.network)) this.#registeredAt = now
    else if (now - this.#registeredAt > withoutNetworkMs) return over('the modem has found no network for ten minutes')
    if (!this.#knowsOperator && this.#sending === 0) {
      const operator = await observeOperator(ask)
      if (this.#hasEnded) return
      this.#knowsOperator = operator.operator !== null
      observed(operator)
    }
  }

  /**
   * Reads out a storage that fills up. One that is still full at the next poll holds messages that can't be read or
   * deleted.
   */
  #levelled({ storage_used: used, storage_total: total }: StorageLevel): void {
    const level = used === null || total === null ? 0 : used / total
    if (level < fillingShare) this.#receiver.sweep()
    else this.#receiver.sweepAll()
    this.#fullLooks = level < almostFullShare ? 0 : this.#fullLooks + 1
    const isFull = this.#fullLooks > 1
    this.#concerns.set('storage', isFull ? `${used} of ${total} messages remain in the modem: ${fullHint}` : null)
  }

  #beats(): void {
    const look = async () => {
      try {
        await this.look()
      } finally {
        if (!this.#hasEnded) this.#beat = this.#channel.clock.after(this.#deps.heartbeatMs, () => this.#beats())
      }
    }
    inBackground(look, this.#failed)
  }
}
