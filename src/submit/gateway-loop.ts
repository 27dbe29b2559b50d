import type { Gateway } from '../gateway/gateway.ts'
import type { Pool } from '../gateway/pool.ts'
import type { Claim } from '../ledger/outbox/claim.ts'
import { Turns } from '../ledger/outbox/turns.ts'
import { Fault } from '../message/fault.ts'
import type { SubmitOutcome } from '../message/submit-outcome.ts'
import type { Store } from '../store/store.ts'
import { type Failed, logged, untilDone } from '../util/background.ts'
import type { Clock } from '../util/clock.ts'
import { Doorbell } from '../util/doorbell.ts'
import type { Checkpoint, Steps } from '../util/steps.ts'
import { Credits } from './credits.ts'
import { type DispatchRules, dispatch } from './dispatch.ts'
import { send } from './send.ts'
import { settle } from './settle.ts'
import { reportWaiting } from './wait.ts'

/** Fallback interval, should the bell not ring. */
const pollMs = 60_000
/** Interval of reporting what waits for an unavailable gateway. */
const reportIntervalMs = 1_000
/** Submissions per claim: other gateways wait for the writer meanwhile. */
const maxClaims = 32
/** After a failure. */
const retryMs = 1_000
/** Time per segment up to which a gateway gets its next submission ahead, to lose no time between two. */
const quickMs = 100

export interface LoopDeps {
  readonly store: Store
  readonly clock: Clock
  readonly checkpoint: Checkpoint
  readonly rules: DispatchRules
  readonly pool: Pool
  /** ms from the request of a permit to the first octet: later, nothing is written. */
  readonly permitMs?: number | undefined
  readonly steps: Steps<'dispatch' | 'send' | 'settle'>
  /** All gateways of the hub. */
  readonly gateways: readonly Gateway[]
  hasRoom(): boolean
  /** There may be more for gateways that share a route with this one. */
  passOn(gateway: string): void
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void
}

/** Submits from the disk through one gateway while the hub runs, as much at once as its window allows. */
export class GatewayLoop {
  readonly #gateway: Gateway
  readonly #deps: LoopDeps
  readonly #failed: Failed
  readonly #bell: Doorbell
  readonly #turns = new Turns()
  readonly #credits: Credits
  /** Submissions that have not ended, or whose outcomes are not stored yet. */
  readonly #underWay = new Set<Promise<void>>()
  /** Claimed while the gateway was busy, and not submitted yet. */
  #ahead: Claim | null = null
  /** Duration of the last submission, per segment. */
  #lastMs = Number.POSITIVE_INFINITY
  /** Monotonic time of the last report of what waits. */
  #reportedAt = Number.NEGATIVE_INFINITY
  #running = true
  #ended: Promise<void> = Promise.resolve()

  constructor(gateway: Gateway, deps: LoopDeps) {
    this.#gateway = gateway
    this.#deps = deps
    this.#failed = logged(deps.log, `sending through ${gateway.id}`)
    this.#bell = new Doorbell(deps.clock)
    this.#credits = new Credits(Math.min(gateway.window, deps.rules.window(gateway.id)), deps.clock)
  }

  start(): void {
    this.#ended = this.#run()
  }

  /** Triggers a check of the queue. */
  ring(): void {
    this.#bell.ring()
  }

  /** Claims nothing new and waits for running submissions. */
  async stop(): Promise<void> {
    this.#running = false
    this.#bell.ring()
    await this.#ended
    this.#returnAhead()
    // Outcomes are stored after the submissions have ended.
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  async #run(): Promise<void> {
    while (this.#running) {
      const seen = this.#bell.rings
      const wait = await this.#work().catch((error: unknown) => {
        this.#failed(Fault.from(error))
        return retryMs
      })
      if (wait > 0) await this.#bell.wait(seen, wait)
    }
  }

  /** Submits as much as there is room for; returns the time until the next check, in ms. */
  async #work(): Promise<number> {
    const { store, rules, pool, steps, passOn } = this.#deps
    const gateway = this.#gateway
    pool.noted(gateway.id, gateway.ready)
    if (!gateway.ready) {
      this.#returnAhead()
      passOn(gateway.id)
      return Math.min(await this.#away(), pool.untilFailover(gateway.id))
    }
    const { free, rest } = this.#credits
    const room = free + (this.#ahead === null && this.#lastMs <= quickMs ? 1 : 0)
    // Returned credits ring the bell.
    if (!this.#deps.hasRoom() || room === 0) return pollMs
    if (rest > 0) {
      pool.blocked(gateway.id, rest)
      passOn(gateway.id)
      return rest
    }
    const limit = Math.min(room, maxClaims)
    const { claims, blockedUntil } = await steps.run('dispatch', () =>
      dispatch(store, gateway, this.#turns, rules, pool, limit),
    )
    for (const claim of claims) {
      if (this.#credits.free > 0 || this.#ahead !== null) this.#handOver(claim)
      else this.#ahead = claim
    }
    const blocked = blockedUntil === null ? null : blockedUntil - rules.now()
    if (blocked !== null) pool.blocked(gateway.id, blocked)
    // The next gateway's turn.
    if (blocked !== null || claims.length === limit) passOn(gateway.id)
    if (blocked !== null) return Math.max(1_000, Math.min(pollMs, blocked))
    return claims.length === limit ? 0 : pollMs
  }

  #handOver(claim: Claim): void {
    const { store, rules, permitMs = 3_000, checkpoint, pool, clock, steps, log } = this.#deps
    const gateway = this.#gateway
    const round = this.#credits.take()
    const began = clock.monotonic()
    pool.began(gateway.id, this.#credits.free === 0)
    const sending = { store, gateway, claim, rules, permitMs, checkpoint, clock, log }
    const handed = { gateway, claim, owner: rules.owner }
    const cost = claim.ring === null ? rules.cost(gateway.id, claim.recipient) : 0
    const sent = steps.run('send', () =>
      send(sending, (part) => {
        const { commit, pause } = settle(store, handed, part, rules.now(), cost)
        // Not awaited: the next claim shares its commit, and the modem is not idle meanwhile.
        this.#persist(commit, claim.commandId)
        this.#learn(part.handover, round)
        if (pause !== null) gateway.pause(pause.ms, pause.reason)
      }),
    )
    const work = sent.finally(() => {
      this.#lastMs = (clock.monotonic() - began) / claim.segments.length
      this.#credits.giveBack()
      pool.ended(gateway.id, this.#credits.free === 0)
      this.#handOverAhead()
      this.#bell.ring()
    })
    this.#track(work, this.#failed)
  }

  #handOverAhead(): void {
    const claim = this.#ahead
    if (claim === null || this.#credits.free === 0) return
    if (!this.#running || !this.#gateway.ready || this.#credits.rest > 0) return this.#returnAhead()
    this.#ahead = null
    this.#handOver(claim)
  }

  /** Nothing of it was submitted: requeues it, for any gateway. */
  #returnAhead(): void {
    const claim = this.#ahead
    if (claim === null) return
    this.#ahead = null
    const { store, rules } = this.#deps
    const { id, account } = this.#gateway
    const part = { seq: claim.seq, part: 1, gateway: id, account, now: rules.now(), ...rules.owner }
    this.#persist(() => store.run('requeue', { ...part, retryAt: part.now, error: null }), claim.commandId)
  }

  /** Adapts the window to what the gateway accepts. */
  #learn(handover: SubmitOutcome, round: number): void {
    if (handover.outcome === 'sent') this.#credits.accepted()
    if (handover.outcome === 'refused' && handover.cause.next === 'throttle') this.#credits.throttled(round)
  }

  /** Reports what waits for an unavailable gateway; returns the time until the next check, in ms. */
  async #away(): Promise<number> {
    const { store, pool, gateways, rules, clock } = this.#deps
    const soon = this.#reportedAt + reportIntervalMs - clock.monotonic()
    // Every queued submission rings: not each is worth a check of all that wait.
    if (soon > 0) return soon
    this.#reportedAt = clock.monotonic()
    const isMore = await reportWaiting(this.#gateway, { store, pool, gateways, now: rules.now() })
    return isMore ? reportIntervalMs : pollMs
  }

  /** The network's answer exists only here until it is durable, so storing it is retried until it is. */
  #persist(commit: () => Promise<void>, commandId: string): void {
    const failed = logged(this.#deps.log, `what became of ${commandId} can't be stored`)
    const stored = () => untilDone(this.#deps.clock, commit, () => this.#running, failed)
    this.#track(this.#deps.steps.run('settle', stored), failed)
  }

  #track(work: Promise<void>, failed: Failed): void {
    const ended = work.catch(failed).finally(() => this.#underWay.delete(ended))
    this.#underWay.add(ended)
  }
}
