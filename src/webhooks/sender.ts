import type { DueDelivery } from '../ledger/webhooks/due.ts'
import type { DeliveryOutcome } from '../ledger/webhooks/settle-delivery.ts'
import type { Store } from '../store/store.ts'
import { asError, inBackground, untilDone } from '../util/background.ts'
import { type Clock, sleep } from '../util/clock.ts'
import { Doorbell } from '../util/doorbell.ts'
import type { Answer, Caller } from './endpoint-call.ts'
import { nextWaitMs, retryAfterMs, slowWaitMs } from './schedule.ts'
import { signedHeaders } from './signature.ts'

/** Events of this time share a commit. */
const collectMs = 25
/** Time without an event or a delivery that is due after which the store is asked: bells can be lost. */
const sweepIntervalMs = 60_000
const retryMs = 1_000
/** Longest time that a stop waits for answers. */
const stopTimeoutMs = 2_000

/** The receiver asks to be called less often. */
const slowing: readonly (number | null)[] = [429, 502, 504]
/** The endpoint is gone for good. */
const goneStatus = 410

export interface SenderDeps {
  readonly store: Store
  readonly clock: Clock
  now(): number
  readonly caller: Caller
  log(level: 'warn', message: string): void
}

/**
 * Makes deliveries of events and calls the endpoints. What is due, how many at once and in which order is decided in
 * the store; here is only what is in flight. A crash repeats that, with the same ids.
 */
export class Sender {
  readonly #deps: SenderDeps
  readonly #bell: Doorbell
  /** In flight, by number. */
  readonly #flying = new Map<number, { readonly webhook: string; readonly ended: Promise<void> }>()
  /** Whether any endpoint may take events: without one, events ask nothing of the store. */
  #isOpen = true
  #isRunning = true
  #ended: Promise<void> = Promise.resolve()
  #unsubscribe: readonly (() => void)[] = []

  constructor(deps: SenderDeps) {
    this.#deps = deps
    this.#bell = new Doorbell(deps.clock)
  }

  start(): void {
    const { store } = this.#deps
    const changed = () => {
      this.#isOpen = true
      this.#bell.ring()
    }
    this.#unsubscribe = [
      store.on('webhooks', changed),
      store.on('times', changed),
      store.onEmitted(() => {
        if (this.#isOpen) this.#bell.ring()
      }),
    ]
    this.#ended = this.#run()
  }

  async stop(): Promise<void> {
    for (const off of this.#unsubscribe) off()
    const { clock, caller } = this.#deps
    this.#isRunning = false
    this.#bell.ring()
    await this.#ended
    const answers = Promise.all([...this.#flying.values()].map(({ ended }) => ended))
    await Promise.race([answers, sleep(clock, stopTimeoutMs)])
    caller.stop()
    await answers
  }

  async #run(): Promise<void> {
    while (this.#isRunning) {
      const seen = this.#bell.rings
      try {
        const waitMs = await this.#step(seen)
        if (waitMs > 0) await this.#bell.wait(seen, waitMs)
        if (this.#bell.rings !== seen && this.#isRunning) await sleep(this.#deps.clock, collectMs)
      } catch (error) {
        this.#deps.log('warn', `deliveries: ${asError(error).message}`)
        await this.#bell.wait(this.#bell.rings, retryMs)
      }
    }
  }

  /** Resolves with how long there is nothing to do, in ms. `seen`: the rings that it answers. */
  async #step(seen: number): Promise<number> {
    const { store, now } = this.#deps
    const flying = [...this.#flying].map(([seq, { webhook }]) => ({ seq, webhook }))
    const { due, next, isOpen, more } = await store.run('dueDeliveries', { now: now(), flying })
    // What has changed since is not in the answer.
    this.#isOpen = isOpen || this.#bell.rings !== seen
    for (const delivery of due) this.#begin(delivery)
    if (more) return 0
    return Math.min(sweepIntervalMs, next === null ? sweepIntervalMs : Math.max(1, next - now()))
  }

  #begin(delivery: DueDelivery): void {
    const { seq, webhook } = delivery
    const failed = ({ message }: Error) => this.#deps.log('warn', `webhook ${webhook}: ${message}`)
    const ended = new Promise<void>((resolve) => {
      inBackground(async () => {
        try {
          await this.#deliver(delivery, failed)
        } finally {
          this.#flying.delete(seq)
          this.#bell.ring()
          resolve()
        }
      }, failed)
    })
    this.#flying.set(seq, { webhook, ended })
  }

  async #deliver(delivery: DueDelivery, failed: (error: Error) => void): Promise<void> {
    const { store, clock, now, caller, log } = this.#deps
    const { url, body, id, secrets } = delivery
    const headers = signedHeaders({ id, timestamp: Math.floor(now() / 1_000), body }, secrets)
    const answer = await caller.post({ url, headers, body })
    // It was cut off: it is sent again after the next start.
    if (caller.isStopped && answer.status === null) return
    const outcome = this.#outcomeOf(delivery, answer)
    const settle = async () => {
      const notice = await store.run('settleDelivery', outcome)
      if (notice !== null) log('warn', noticed(notice))
    }
    await untilDone(clock, settle, () => this.#isRunning, failed)
  }

  #outcomeOf({ seq, attempts, slow }: DueDelivery, answer: Answer): DeliveryOutcome {
    const { clock, now } = this.#deps
    const at = now()
    const { status, error, text, tookMs } = answer
    const asked = retryAfterMs(answer.retryAfter ?? undefined, at)
    const isSlow = slowing.includes(status)
    const waitMs = nextWaitMs(attempts + 1, clock.random(), asked)
    return {
      seq,
      now: at,
      verdict: error === null ? 'delivered' : status === goneStatus ? 'gone' : 'failed',
      answer: { status, error, text, took_ms: tookMs },
      retryAt: waitMs === null ? null : at + waitMs,
      heldUntil: isSlow ? at + slowWaitMs(slow, asked) : null,
    }
  }
}

const noticed = ({ webhook, since, error, disabled, disabled_at: at }: Readonly<Record<string, unknown>>): string =>
  disabled === true
    ? `webhook ${webhook} is disabled: ${error}. Enable it, then replay what it has missed: smshub webhook enable, replay`
    : `webhook ${webhook} has failed since ${since}, and will be disabled at ${at}: ${error}`
