import { createHash } from 'node:crypto'
import type { PollForm, RequestForm } from '../../carrier/carrier-api.ts'
import { type FilledRequest, type Filling, fillRequest } from '../../carrier/fill.ts'
import { valuesAt } from '../../carrier/paths.ts'
import { type Brought, broughtIn, documentIn } from '../../carrier/read-webhook.ts'
import { isSame, unproven } from '../../carrier/webhook-proof.ts'
import type { Capabilities, Finding } from '../../message/capabilities.ts'
import type { CarrierHook, HookAnswer } from '../../message/carrier-hook.ts'
import { Fault } from '../../message/fault.ts'
import type { GatewayState } from '../../message/gateway-state.ts'
import type { Segment } from '../../message/segment.ts'
import { refusedUnsent, type SendPermit, type SubmitOutcome } from '../../message/submit-outcome.ts'
import { asError } from '../../util/background.ts'
import type { Clock } from '../../util/clock.ts'
import { Latch } from '../../util/latch.ts'
import type { Gateway, GatewayHandlers } from '../gateway.ts'
import { Rest } from '../rest.ts'
import { UnderWay } from '../under-way.ts'
import { Access } from './http-access.ts'
import { findingsOf } from './http-doctor.ts'
import { type Exchanged, exchange } from './http-exchange.ts'
import { HttpInbox } from './http-inbox.ts'
import type { HttpOptions } from './http-options.ts'
import { documentOf, outcomeOf } from './http-outcome.ts'

/** The wait after a question that failed, at least. */
const failedPollMs = 60_000
/** Age of a text that is asked for: a carrier keeps those of years. */
const maxPolledAgeMs = 86_400_000

/** An account at a carrier with an HTTP interface, as the hub sees it. */
export class HttpGateway implements Gateway {
  readonly id: string
  readonly account: string
  readonly matching = 'message_id'
  readonly takesTexts = true
  readonly window: number
  readonly can: Partial<Capabilities> = { examine: async () => this.#examine() }
  readonly #options: HttpOptions
  readonly #clock: Clock
  readonly #access: Access
  readonly #stopping = new AbortController()
  readonly #stopped = new Latch()
  readonly #rest: Rest
  readonly #underWay: UnderWay
  /** How far each question has come. */
  readonly #cursors = new Map<PollForm, number>()
  readonly #polls: Promise<void>[] = []
  #handlers!: GatewayHandlers
  #inbox!: HttpInbox
  #trouble: string | null = null
  /** The last exchange with the carrier; null before the first. */
  #last: Exchanged | null = null

  constructor(options: HttpOptions, clock: Clock) {
    this.id = options.id
    this.account = `${options.account.user ?? options.id}@${new URL(options.api.base).host}`
    this.window = options.window
    this.#options = options
    this.#clock = clock
    this.#access = new Access(options.api, options.account)
    this.#rest = new Rest(clock, () => this.#handlers.changed())
    this.#underWay = new UnderWay(clock, this.#rest, options.gapMs)
  }

  get state(): GatewayState {
    return {
      status: this.#last?.kind === 'unsent' ? 'degraded' : 'ready',
      last_error: this.#trouble,
      recovering: null,
      recoveries: {},
      link: {
        address: new URL(this.#options.api.base).origin,
        peer: this.#options.api.name,
        connected_at: null,
        under_way: this.#underWay.count,
        window: this.window,
      },
    }
  }

  get ready(): boolean {
    return !this.#stopping.signal.aborted && this.#rest.isOver
  }

  start(handlers: GatewayHandlers): void {
    this.#handlers = handlers
    const { id: gateway, account } = this
    this.#inbox = new HttpInbox({ gateway, account, clock: this.#clock, handlers })
    if (this.#options.hookUrl === null || this.#options.pollSeconds !== null)
      for (const poll of this.#options.api.poll) this.#polls.push(this.#ask(poll))
  }

  validitySeconds(wanted: number): number {
    const range = this.#options.api.validity
    // It decides by itself, and a text may be late.
    return range === null ? wanted : Math.min(Math.max(wanted, range[0]), range[1])
  }

  async submit(segment: Segment, permit: () => Promise<SendPermit>): Promise<SubmitOutcome> {
    const outcome = await this.#underWay.add(this.#submit(segment, permit))
    this.#note(troubleOf(outcome))
    return outcome
  }

  pause(ms: number, reason: string): void {
    this.#note(reason)
    this.#rest.for(ms)
  }

  async stop(): Promise<void> {
    this.#stopped.fire()
    await this.#underWay.finish()
    this.#stopping.abort()
    await Promise.all([this.#underWay.finish(), ...this.#polls])
  }

  async hook(token: string, hook: CarrierHook): Promise<HookAnswer | null> {
    const { api, signingSecret, hookUrl } = this.#options
    if (hookUrl === null || !isSame(token, hookUrl.slice(hookUrl.lastIndexOf('/') + 1))) return null
    const plain = 'text/plain; charset=utf-8'
    if (this.#stopping.signal.aborted) return { status: 503, type: plain, body: 'the hub is stopping' }
    const query = hook.url.indexOf('?')
    const signed = { ...hook, url: hookUrl + (query === -1 ? '' : hook.url.slice(query)) }
    try {
      const reason = unproven(signed, api.signature, signingSecret, this.#clock.wall())
      if (reason !== null) {
        this.#handlers.log('warn', `a webhook is not taken: ${reason}`)
        return { status: 403, type: plain, body: reason }
      }
      const ref = new URL(signed.url).searchParams.get('ref')
      const brought = broughtIn(documentIn(signed), api).map((one) =>
        one.kind === 'report' ? { ...one, ref: one.ref ?? ref } : one,
      )
      if (brought.length === 0) this.#handlers.log('debug', 'a webhook brings no report and no text')
      if (await this.#inbox.store(brought)) return { status: 200, ...api.answer }
      return { status: 503, type: plain, body: 'it can not be stored yet' }
    } catch (error) {
      const { message } = Fault.from(error)
      this.#handlers.log('warn', `a webhook can't be read: ${message}`)
      return { status: 400, type: plain, body: message }
    }
  }

  async #submit({ id, to, content, validitySeconds, report }: Segment, permit: () => Promise<SendPermit>) {
    const { api, hookUrl } = this.#options
    if (content.alphabet === 'data') return refusedUnsent('hub', `${api.name} takes texts only`)
    if (content.text.length > api.max_characters)
      return refusedUnsent('hub', `${api.name} takes at most ${api.max_characters} characters`)
    const names = { ref: id, ref_number: numberOf(id) }
    const filled = this.#filled({
      ...names,
      to: api.number === 'plus' ? to : to.replace(/^\+/, api.number === 'zeros' ? '00' : ''),
      text: content.text,
      unicode: content.alphabet === 'ucs2' ? 1 : 0,
      alphabet: content.alphabet === 'ucs2' ? 'unicode' : 'gsm-7bit',
      text_type: content.alphabet === 'ucs2' ? 'unicode' : 'text',
      ttl: Math.round(validitySeconds),
      ttl_ms: Math.round(validitySeconds) * 1_000,
      expires_at: new Date(this.#clock.wall() + validitySeconds * 1_000).toISOString(),
      // The name of the text is in the address, as most carriers do not repeat it otherwise.
      report_url: report && hookUrl !== null ? `${hookUrl}?ref=${id}` : null,
    })
    const asked: { verdict: SendPermit } = { verdict: 'stop' }
    const exchanged = await this.#exchange(filled, async () => {
      asked.verdict = await permit()
      return asked.verdict === 'go'
    })
    if (exchanged.kind === 'unsent' && asked.verdict === 'expired')
      return { outcome: 'not_sent', reason: 'expired' } as const
    return outcomeOf(exchanged, api, names)
  }

  #filled(values: Filling, form = this.#options.api.send): FilledRequest {
    const { api, account } = this.#options
    return fillRequest(api.base, form, { ...account, ...values })
  }

  async #exchange(filled: FilledRequest, permit: () => Promise<boolean>): Promise<Exchanged> {
    const { timeoutMs, ca } = this.#options
    const signal = this.#stopping.signal
    const exchanged = await this.#access.exchange(filled, permit, (request, may) =>
      exchange(request, { timeoutMs, ca, clock: this.#clock, signal, permit: may }),
    )
    this.#last = exchanged
    return exchanged
  }

  /** Asks for reports and texts, again and again. What is repeated is known by its id. */
  async #ask(poll: PollForm): Promise<void> {
    const { every } = poll
    const ms = (this.#options.pollSeconds ?? every) * 1_000
    while (!this.#stopped.isFired) {
      const isGood = await this.#askOnce(poll).catch((error: unknown) => {
        this.#handlers.log('warn', `it can't be asked: ${asError(error).message}`)
        return false
      })
      await this.#stopped.waitUpTo(isGood ? ms : Math.max(ms, failedPollMs), this.#clock)
    }
  }

  /** Whether it has answered. */
  async #askOnce(poll: PollForm): Promise<boolean> {
    const after = this.#cursors.get(poll) ?? 0
    const answer = await this.#exchange(this.#filled({ after }, poll.request), async () => true)
    if (answer.kind !== 'answer' || answer.status !== 200 || answer.body === null) {
      const reason = answer.kind === 'answer' ? `it answered ${answer.status}` : answer.reason
      this.#handlers.log('warn', `reports and texts can't be fetched: ${reason}`)
      return false
    }
    const since = this.#clock.wall() - maxPolledAgeMs
    const document = documentOf(answer.body, poll.reads)
    const brought = broughtIn(document, poll, since)
    if (!(await this.#inbox.store(brought, 'list'))) return true
    const marks = poll.cursor === undefined ? [] : valuesAt(document, poll.cursor).map(Number).filter(Number.isFinite)
    // Behind an empty answer all is asked for: a box that was reset counts from the beginning again.
    this.#cursors.set(poll, Math.max(0, ...marks))
    if (poll.remove !== undefined) await this.#remove(brought, poll.remove)
    return true
  }

  /** Deletes texts from the box: they are on the disk. One that stays is known by its id when it comes again. */
  async #remove(brought: readonly Brought[], request: RequestForm): Promise<void> {
    for (const one of brought) {
      if (one.kind !== 'text' || one.place === undefined || this.#stopped.isFired) continue
      const answer = await this.#exchange(this.#filled({ id: one.place }, request), async () => true)
      if (answer.kind === 'answer' && answer.status === 200) continue
      return this.#handlers.log('warn', 'a text is stored, and can not be deleted from the box')
    }
  }

  #note(trouble: string | null): void {
    if (trouble === this.#trouble) return
    this.#trouble = trouble
    this.#handlers.changed()
  }

  #examine(): Finding[] {
    return findingsOf({ options: this.#options, last: this.#last, trouble: this.#trouble })
  }
}

/** The name of a text as a number, for those that take no other: 31 bits. */
const numberOf = (id: string): number => createHash('sha256').update(id).digest().readUInt32BE() >>> 1

function troubleOf(outcome: SubmitOutcome): string | null {
  if (outcome.outcome === 'refused') return outcome.cause.text
  return outcome.outcome === 'sent' ? null : outcome.reason
}
