import type { GatewayState } from '../../message/gateway-state.ts'
import type { Handover, SegmentOrder } from '../../message/handover.ts'
import type { Timer } from '../../util/clock.ts'
import type { Leave, RingOrder } from '../gateway.ts'
import type { Channel } from './channel.ts'
import type { Filing } from './filing.ts'
import { keeps, type MessageSetup } from './message-setup.ts'
import { type Ask, observe, observeOperator } from './observe.ts'
import { Receiver } from './receiver.ts'
import { Ringing } from './ringing.ts'
import { submitSegment, usualSubmitTimes } from './submit-dialogue.ts'
import type { Urc } from './urcs.ts'

/** ms until the first look at the modem. */
const firstLook = 2_000
/** Hand-overs in a row that the modem did not ask for, until it is started up again (facts: modems, T20). */
const mostUnasked = 2
/** Bare OKs that no reference followed, until nobody waits long for one any more. */
const bareOksToLearn = 3
const shortTail = 1_000

export interface SessionRooms {
  readonly channel: Channel
  readonly messages: MessageSetup
  readonly filing: Filing
  /** ms between looks at the modem, which also find one that fell silent. */
  readonly heartbeatMs: number
  observed(change: Partial<GatewayState>): void
  /** The modem must be started up again. */
  over(reason: string): void
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void
}

/** A modem from one start-up to the next: sends, receives, and looks after it in between. */
export class Session {
  readonly #rooms: SessionRooms
  readonly #channel: Channel
  readonly #receiver: Receiver
  #beat: Timer | null = null
  #hasEnded = false
  #sending = 0
  #unasked = 0
  #bareOks = 0
  #knowsOperator = false
  #ringing: Ringing | null = null

  constructor(rooms: SessionRooms) {
    this.#rooms = rooms
    this.#channel = rooms.channel
    const { channel, messages: setup, filing, log } = rooms
    this.#receiver = new Receiver({ channel, setup, filing, log })
  }

  /** Reads what came while nobody listened, and begins to look. */
  start(): void {
    this.#receiver.sweepAll()
    this.#beat = this.#channel.clock.after(firstLook, () => void this.#look())
  }

  async send(order: SegmentOrder, leave: () => Promise<Leave>): Promise<Handover> {
    this.#sending++
    try {
      return await this.#channel.exclusive(() => this.#handOver(order, leave))
    } finally {
      this.#sending--
    }
  }

  /** A call has the modem for itself: texts wait until it has ended. */
  async ring(order: RingOrder, leave: () => Promise<Leave>): Promise<Handover> {
    this.#sending++
    try {
      return await this.#channel.exclusive(async () => {
        if (this.#hasEnded || !(await this.#channel.inStep()))
          return { outcome: 'not_sent', reason: 'the modem is not ready' }
        this.#ringing = new Ringing(this.#channel, order)
        return this.#ringing.run(leave)
      })
    } finally {
      this.#ringing = null
      this.#sending--
    }
  }

  /** A line that nobody asked for. */
  urc({ kind }: Urc, line: string): void {
    switch (kind) {
      case 'stored':
        return this.#receiver.announced(line)
      case 'full':
        return this.#receiver.full(line)
      case 'call':
        return this.#ringing?.heard(line)
      case 'late':
        // This make says it late: it must be waited for, or it would be taken for the next message's.
        this.#bareOks = Number.NEGATIVE_INFINITY
        return
      default:
        this.#rooms.log('debug', `unsolicited: ${line}`)
    }
  }

  /** A message that came directly is on the disk: the network may forget it (TS 27.005 clause 3.4.4). */
  acknowledge(): void {
    if (!this.#rooms.messages.acknowledges || this.#hasEnded) return
    void this.#channel.exclusive(async () => {
      if (this.#hasEnded) return
      const { final } = await this.#channel.command('AT+CNMA=0', 5_000)
      // 340: it expects none. Anything else: a make that knows the command of text mode only.
      if (final.kind === 'error' && final.number !== 340) await this.#channel.command('AT+CNMA', 5_000)
    })
  }

  /** Nothing new from here on. Resolves when what runs has ended, and the line is left in order. */
  async end(): Promise<void> {
    this.#hasEnded = true
    this.#beat?.cancel()
    await this.#receiver.end()
    await this.#channel.exclusive(async () => {})
  }

  async #handOver(order: SegmentOrder, leave: () => Promise<Leave>): Promise<Handover> {
    if (this.#hasEnded) return { outcome: 'not_sent', reason: 'the modem is not ready' }
    if (!(await this.#channel.inStep())) return { outcome: 'not_sent', reason: this.#channel.lost ?? '' }
    const acknowledged = this.#bareOks >= bareOksToLearn ? shortTail : usualSubmitTimes.acknowledged
    const times = { ...usualSubmitTimes, acknowledged }
    const { handover, prompted, lateReference } = await submitSegment(this.#channel, order, leave, times)
    if (handover.outcome === 'sent') this.#bareOks = handover.reference === null ? this.#bareOks + 1 : 0
    if (lateReference) this.#bareOks = Number.NEGATIVE_INFINITY
    this.#unasked = prompted || handover.outcome !== 'not_sent' ? 0 : this.#unasked + 1
    if (this.#unasked === mostUnasked) this.#rooms.over('the modem does not ask for messages')
    return handover
  }

  /** Signal and registration, whether the modem still is as it was set up, and the net below lost announcements. */
  async #look(): Promise<void> {
    const { messages, observed, over } = this.#rooms
    const ask: Ask = (text, ms) => this.#channel.exclusive(() => this.#channel.command(text, ms))
    const seen = await observe(ask)
    const kept = messages.indications === null || keeps(messages.indications, await ask('AT+CNMI?', 5_000))
    if (this.#hasEnded) return
    if (!kept) return over('the modem has forgotten how to tell messages')
    observed(seen)
    this.#receiver.sweep()
    if (!this.#knowsOperator && this.#sending === 0) {
      const operator = await observeOperator(ask)
      if (this.#hasEnded) return
      this.#knowsOperator = operator.operator !== null
      observed(operator)
    }
    this.#beat = this.#channel.clock.after(this.#rooms.heartbeatMs, () => void this.#look())
  }
}
