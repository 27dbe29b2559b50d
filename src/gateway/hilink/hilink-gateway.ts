import type { Capabilities, Finding } from '../../message/capabilities.ts'
import type { CommonState, GatewayState } from '../../message/gateway-state.ts'
import type { Segment } from '../../message/segment.ts'
import { type Cause, refusedUnsent, type SendPermit, type SubmitOutcome } from '../../message/submit-outcome.ts'
import { asError } from '../../util/background.ts'
import { type Clock, sleep } from '../../util/clock.ts'
import { Latch } from '../../util/latch.ts'
import type { Gateway, GatewayHandlers } from '../gateway.ts'
import { exchange } from '../http/http-exchange.ts'
import { HttpInbox } from '../http/http-inbox.ts'
import { Rest } from '../rest.ts'
import { UnderWay } from '../under-way.ts'
import { findingsOf, type Seen, troubleOf } from './hilink-doctor.ts'
import { deleteRequest, listedIn, listRequest } from './hilink-inbox.ts'
import type { HilinkOptions } from './hilink-options.ts'
import { HilinkSession, hilinkCodes, type Reply } from './hilink-session.ts'
import { sendRequest, valueOfElement } from './hilink-xml.ts'

/** For one answer: the page of the box is slow while it sends. */
const answerMs = 20_000
/** Between two looks at how far it has come with a text. */
const statusMs = 1_000
const maxCharacters = 700

/** What the errors of `send-sms` mean: with each of them the box has not taken the text. */
const nextOf: Readonly<Record<number, Cause['next']>> = {
  [hilinkCodes.wrongFormat]: 'give_up',
  [hilinkCodes.loginNeeded]: 'pause',
  [hilinkCodes.wrongUser]: 'pause',
  [hilinkCodes.wrongPassword]: 'pause',
  [hilinkCodes.wrongAccount]: 'pause',
  [hilinkCodes.lockedOut]: 'pause',
}

/** States of the SIM in `pin/status`. */
const simStates: Readonly<Record<string, CommonState['status']>> = {
  255: 'no_sim',
  256: 'no_sim',
  260: 'sim_locked',
  261: 'sim_locked',
}

/** A stick or router of Huawei with a HiLink page. It has one SIM, and reports the end of one text at a time. */
export class HilinkGateway implements Gateway {
  readonly id: string
  readonly account: string
  readonly matching = 'message_id'
  readonly takesTexts = true
  readonly window = 1
  readonly can: Partial<Capabilities> = {
    examine: async () => this.#examine(),
    look: async () => {
      await this.#alone(() => this.#look())
    },
  }
  readonly #options: HilinkOptions
  readonly #clock: Clock
  readonly #session: HilinkSession
  readonly #stopping = new AbortController()
  readonly #stopped = new Latch()
  readonly #rest: Rest
  readonly #underWay: UnderWay
  #handlers!: GatewayHandlers
  #inbox!: HttpInbox
  #polling: Promise<void> = Promise.resolve()
  /** The box answers one after the other. */
  #turn: Promise<unknown> = Promise.resolve()
  #status: CommonState['status'] = 'initializing'
  #seen: Seen = { reply: null, service: null, trouble: null }

  constructor(options: HilinkOptions, clock: Clock) {
    const { id, address, user, password, gapMs } = options
    const timeoutMs = Math.min(answerMs, options.timeoutMs)
    this.id = id
    this.account = `${id}@${new URL(address).host}`
    this.#options = options
    this.#clock = clock
    this.#rest = new Rest(clock, () => this.#handlers.changed())
    this.#underWay = new UnderWay(clock, this.#rest, gapMs)
    const { signal } = this.#stopping
    this.#session = new HilinkSession(address, user, password, (request, permit) =>
      exchange(request, { timeoutMs, ca: null, clock, signal, permit }),
    )
  }

  get state(): GatewayState {
    return {
      status: this.#status,
      last_error: this.#seen.trouble,
      recovering: null,
      recoveries: {},
      link: { address: this.#options.address, peer: 'HiLink', connected_at: null },
    }
  }

  get ready(): boolean {
    return ['ready', 'degraded'].includes(this.#status) && !this.#stopping.signal.aborted && this.#rest.isOver
  }

  start(handlers: GatewayHandlers): void {
    this.#handlers = handlers
    const { id: gateway, account } = this
    this.#inbox = new HttpInbox({ gateway, account, clock: this.#clock, handlers })
    this.#polling = this.#poll()
  }

  /** It takes the validity of its own settings. */
  validitySeconds(wanted: number): number {
    return wanted
  }

  async submit(segment: Segment, permit: () => Promise<SendPermit>): Promise<SubmitOutcome> {
    const outcome = await this.#underWay.add(this.#alone(() => this.#submit(segment, permit)))
    this.#note({
      trouble: outcome.outcome === 'refused' ? outcome.cause.text : 'reason' in outcome ? outcome.reason : null,
    })
    return outcome
  }

  pause(ms: number, reason: string): void {
    this.#note({ trouble: reason })
    this.#rest.for(ms)
  }

  async stop(): Promise<void> {
    this.#stopped.fire()
    await this.#underWay.finish()
    this.#stopping.abort()
    await Promise.all([this.#underWay.finish(), this.#polling])
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(work)
    this.#turn = Promise.allSettled([next])
    return next
  }

  async #submit({ to, content }: Segment, permit: () => Promise<SendPermit>): Promise<SubmitOutcome> {
    if (content.alphabet === 'data') return refusedUnsent('hub', 'HiLink takes texts only')
    if (content.text.length > maxCharacters)
      return refusedUnsent('hub', `HiLink takes at most ${maxCharacters} characters`)
    const asked: { verdict: SendPermit | null } = { verdict: null }
    const body = sendRequest(to, content.text, content.alphabet === 'ucs2', new Date(this.#clock.wall()))
    const until = this.#clock.monotonic() + this.#options.timeoutMs
    const reply = await this.#session.post('sms/send-sms', body, async () => {
      asked.verdict = await permit()
      return asked.verdict === 'go'
    })
    if (asked.verdict === 'expired') return { outcome: 'not_sent', reason: 'expired' }
    if (reply.kind === 'unsent') return { outcome: 'not_sent', reason: reply.reason }
    if (reply.kind === 'doubt') return { outcome: 'in_doubt', reason: reply.reason }
    if (reply.kind === 'error') return refusal(troubleOf(reply), nextOf[reply.code] ?? 'retry', reply.code)
    return this.#end(to, content.text, until)
  }

  /** The box has taken the text, and reports how it ended; it names no text, so that there must be no other one. */
  async #end(to: string, text: string, until: number): Promise<SubmitOutcome> {
    while (this.#clock.monotonic() < until && !this.#stopping.signal.aborted) {
      const reply = await this.#session.get('sms/send-status')
      if (reply.kind === 'ok' && valueOfElement(reply.xml, 'Phone') === '') {
        const names = (element: string) =>
          (valueOfElement(reply.xml, element) ?? '').split(',').some((one) => digitsOf(one) === digitsOf(to))
        if (names('SucPhone')) return { outcome: 'sent', reference: null }
        // Some parts of a long one may have gone out.
        if (names('FailPhone'))
          return text.length <= 70
            ? refusal('the box could not send it', 'retry', null)
            : { outcome: 'in_doubt', reason: 'the box could not send all of it' }
      }
      await sleep(this.#clock, statusMs)
    }
    return { outcome: 'in_doubt', reason: 'the box has taken it, and does not report an end' }
  }

  async #poll(): Promise<void> {
    while (!this.#stopped.isFired) {
      await this.#alone(() => this.#look()).catch((error: unknown) => {
        this.#handlers.log('warn', `it can't be asked: ${asError(error).message}`)
      })
      await this.#stopped.waitUpTo(this.#options.pollMs, this.#clock)
    }
  }

  /** How it is, and what has come. */
  async #look(): Promise<void> {
    const pin = orUnknown(await this.#session.get('pin/status'))
    const sim = pin.kind === 'ok' ? simStates[valueOfElement(pin.xml, 'SimState') ?? ''] : undefined
    const status = pin.kind === 'ok' ? orUnknown(await this.#session.get('monitoring/status')) : pin
    const service = status.kind === 'ok' ? valueOfElement(status.xml, 'ServiceStatus') : null
    const reply = pin.kind === 'ok' && status.kind === 'error' ? status : pin
    const was = this.#status
    this.#status = sim ?? statusOf(reply, service)
    this.#note({ reply, service, ...(reply.kind !== 'ok' && { trouble: troubleOf(reply) }) })
    if (was !== this.#status) this.#handlers.changed()
    if (reply.kind === 'ok') await this.#collect()
  }

  /** A text is deleted when it is on the disk. */
  async #collect(): Promise<void> {
    const reply = await this.#session.post('sms/sms-list', listRequest)
    if (reply.kind !== 'ok') return this.#handlers.log('warn', `its inbox can't be read: ${troubleOf(reply)}`)
    for (const { index, text } of listedIn(reply.xml)) {
      if (this.#stopped.isFired) return
      if (text === null) this.#handlers.log('debug', 'a delivery report does not name its text')
      else if (!(await this.#inbox.store([text]))) return
      const deleted = await this.#session.post('sms/delete-sms', deleteRequest(index))
      if (deleted.kind !== 'ok')
        return this.#handlers.log('warn', `a text is stored, and can't be deleted from the box: ${troubleOf(deleted)}`)
    }
  }

  #note(seen: Partial<Seen>): void {
    const was = this.#seen.trouble
    this.#seen = { ...this.#seen, ...seen }
    if (was !== this.#seen.trouble) this.#handlers.changed()
  }

  async #examine(): Promise<Finding[]> {
    await this.#alone(() => this.#look())
    return findingsOf(this.#options, this.#status, this.#seen)
  }
}

const digitsOf = (number: string): string => number.replace(/\D/g, '')

/** What a box lacks is not known of it. */
const orUnknown = (reply: Reply): Reply =>
  reply.kind === 'error' && reply.code === hilinkCodes.notSupported ? { kind: 'ok', xml: '' } : reply

function refusal(text: string, next: Cause['next'], code: number | null): SubmitOutcome {
  const cause = { text, scheme: code === null ? null : 'http', code, by: 'gateway', accepted: 'no', next } as const
  return { outcome: 'refused', cause }
}

/** `ServiceStatus` 2 is a network that may be used. */
function statusOf(reply: Reply, service: string | null): CommonState['status'] {
  if (reply.kind === 'unsent' || reply.kind === 'doubt') return 'offline'
  if (reply.kind === 'error') return 'error'
  return service === null || service === '2' ? 'ready' : 'degraded'
}
