import type { Gateway, GatewayHandlers } from '../../src/gateway/gateway.ts'
import type { Decoder } from '../../src/message/incoming.ts'
import type { RawMessage } from '../../src/message/raw.ts'
import type { Segment } from '../../src/message/segment.ts'
import type { Cause, SendPermit, SubmitOutcome } from '../../src/message/submit-outcome.ts'
import { type Clock, sleep } from '../../src/util/clock.ts'
import { readyLink } from './ready-state.ts'

/** What a carrier does with a segment that it gets. */
export interface CarrierBehaviour {
  /** Segments that it takes at once; what is more is refused as too much. */
  readonly most: number
  /** It takes the segment and never says so. */
  silent(text: string): boolean
  /** Its reports repeat the hub's own name of the segment; then what it is silent about is reported too. */
  readonly repeatsNames: boolean
  /** It refuses the segment for good. */
  rejects(text: string): boolean
  /** ms until it answers, and from then until its report comes; below zero the report comes first. */
  answerMs(): number
  reportMs(): number
  /** Nothing is answered before so many are under way. */
  readonly holdsUntil: number
}

const prompt: CarrierBehaviour = {
  most: Number.POSITIVE_INFINITY,
  silent: () => false,
  repeatsNames: false,
  rejects: () => false,
  answerMs: () => 0,
  reportMs: () => 10,
  holdsUntil: 0,
}

interface Accepted {
  readonly id: string
  readonly to: string
  readonly text: string
}

const tooMuch: Cause = {
  text: 'throttled',
  scheme: 'smpp',
  code: 0x58,
  by: 'carrier',
  accepted: 'no',
  next: 'throttle',
}
const barred: Cause = { ...tooMuch, text: 'destination barred', code: 0x0b, next: 'give_up' }

/** What a carrier brings. */
const form = 'carrier'
type Brought =
  | { readonly kind: 'report'; readonly id: string; readonly to: string; readonly segment?: string }
  | { readonly kind: 'text'; readonly id: string; readonly from: string; readonly text: string }

export const carrierDecoders: Readonly<Record<string, Decoder>> = {
  [form]: (body) => {
    const brought = JSON.parse(body) as Brought
    const nothing = { scts: null, centre: null }
    if (brought.kind === 'report') {
      const recipient = brought.to.replace(/\D/g, '')
      const delivered = { outcome: 'delivered', status: 0, meaning: 'delivered' } as const
      return {
        kind: 'report',
        report: {
          matching: 'message_id',
          reference: brought.id,
          recipient,
          ...nothing,
          ...delivered,
          ...(brought.segment !== undefined && { segment: brought.segment }),
        },
      }
    }
    const from = { number: brought.from.replace(/^\+/, ''), ton: 'international', npi: 1 } as const
    const plain = {
      encoding: 'gsm7',
      mayBeText: false,
      isWapPush: false,
      concat: null,
      route: null,
      damaged: false,
    } as const
    return { kind: 'text', segment: { from, text: brought.text, ...plain, ...nothing } }
  },
}

/** A carrier in memory. It outlives the hubs that use it, and keeps what none of them has taken yet. */
export class Carrier {
  readonly accepted: Accepted[] = []
  readonly #clock: Clock
  readonly behaviour: CarrierBehaviour
  /** Segments that it was given at once, at the most, and refusals for that. */
  mostAtOnce = 0
  throttled = 0
  underWay = 0
  #owed: Brought[] = []
  #receive: ((brought: Brought) => Promise<void>) | null = null
  #held: (() => void)[] = []
  #ids = 0

  constructor(clock: Clock, behaviour: Partial<CarrierBehaviour> = {}) {
    this.#clock = clock
    this.behaviour = { ...prompt, ...behaviour }
  }

  /** Somebody sends a text to it, or it brings the one of this id once more. */
  text(from: string, text: string, id: string): void {
    this.#bring({ kind: 'text', id, from, text })
  }

  /** A hub is there: it gets what is owed to it. null where it has gone. */
  connect(receive: ((brought: Brought) => Promise<void>) | null): void {
    this.#receive = receive
    if (receive !== null) for (const brought of this.#owed.splice(0)) this.#bring(brought)
  }

  async submit({ id, to, content }: Segment): Promise<SubmitOutcome> {
    const { behaviour } = this
    const text = content.alphabet === 'data' ? content.data : content.text
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.underWay)
    try {
      await this.#hold()
      if (this.underWay > behaviour.most) {
        this.throttled++
        return { outcome: 'refused', cause: tooMuch }
      }
      if (behaviour.rejects(text)) return { outcome: 'refused', cause: barred }
      // Hexadecimal, as some do that report in decimal.
      const number = BigInt(2) ** BigInt(63) + BigInt(++this.#ids)
      this.accepted.push({ id: number.toString(16).toUpperCase(), to, text })
      const isSilent = behaviour.silent(text)
      const [answerMs, reportMs] = [behaviour.answerMs(), behaviour.reportMs()]
      const report = {
        kind: 'report',
        id: number.toString(10),
        to,
        ...(behaviour.repeatsNames && { segment: id }),
      } as const
      if (!isSilent || behaviour.repeatsNames)
        this.#clock.after(Math.max(0, answerMs + reportMs), () => this.#bring(report))
      if (isSilent) return { outcome: 'in_doubt', reason: 'no answer within 60 s' }
      await sleep(this.#clock, answerMs)
      return { outcome: 'sent', reference: number.toString(16).toUpperCase() }
    } finally {
      this.underWay--
    }
  }

  /** Until enough are under way; from then on nobody waits. */
  async #hold(): Promise<void> {
    if (this.mostAtOnce < this.behaviour.holdsUntil) await new Promise<void>((resolve) => this.#held.push(resolve))
    else for (const go of this.#held.splice(0)) go()
  }

  #bring(brought: Brought): void {
    const receive = this.#receive
    if (receive === null) this.#owed.push(brought)
    else receive(brought).catch(() => this.#owed.push(brought))
  }
}

/** The hub's end of a carrier. */
export class CarrierGateway implements Gateway {
  readonly id: string
  readonly account: string
  readonly matching = 'message_id'
  readonly window: number
  readonly state = readyLink
  readonly can = {}
  readonly #carrier: Carrier
  #isOpen = false
  #handlers: GatewayHandlers | null = null

  constructor(id: string, carrier: Carrier, window = 500) {
    this.id = id
    this.account = `account of ${id}`
    this.window = window
    this.#carrier = carrier
  }

  get ready(): boolean {
    return this.#isOpen
  }

  validitySeconds(wanted: number): number {
    return Math.ceil(wanted)
  }

  start(handlers: GatewayHandlers): void {
    this.#handlers = handlers
    this.open()
  }

  /** Its connection is there. */
  open(): void {
    const { received, changed } = this.#handlers as GatewayHandlers
    this.#isOpen = true
    this.#carrier.connect((brought) => received(this.#raw(brought)))
    changed()
  }

  async submit(segment: Segment, permit: () => Promise<SendPermit>): Promise<SubmitOutcome> {
    const verdict = await permit()
    return verdict === 'go' ? this.#carrier.submit(segment) : { outcome: 'not_sent', reason: verdict }
  }

  pause(): void {}

  async stop(): Promise<void> {
    this.close()
  }

  /** Its connection is gone: it takes nothing more. */
  close(): void {
    this.#isOpen = false
    this.#carrier.connect(null)
    this.#handlers?.changed()
  }

  #raw(brought: Brought): RawMessage {
    const identity = { hash: `${this.account} ${brought.kind} ${brought.id}`, mark: 'id' } as const
    return { gateway: this.id, account: this.account, source: 'direct', form, body: JSON.stringify(brought), identity }
  }
}
