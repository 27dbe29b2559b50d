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

/** The slow look behind the bell, in ms. */
const slowLook = 60_000
/** ms between two looks at what waits for a gateway that is away. */
const betweenTelling = 1_000
/** Submissions that are taken out of the queue at once: others wait for the writer meanwhile. */
const mostAtOnce = 32
/** ms behind a look that failed. */
const againMs = 1_000
/** ms a segment: a gateway that is as quick gets a submission ahead, to lose no time between two. */
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
  /** All of the hub. */
  readonly gateways: readonly Gateway[]
  hasRoom(): boolean
  /** There may be more for those that share a route with this gateway. */
  passOn(gateway: string): void
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void
}

/** From the disk to the network through one gateway, for as long as the hub runs: as much at once as its window holds. */
export class GatewayLoop {
  readonly #gateway: Gateway
  readonly #deps: LoopDeps
  readonly #failed: Failed
  readonly #bell: Doorbell
  readonly #turns = new Turns()
  readonly #credits: Credits
  /** Hand-overs and outcomes that have not ended, or are not stored yet. */
  readonly #underWay = new Set<Promise<void>>()
  /** Taken out of the queue while the gateway was busy, and not handed over yet. */
  #ahead: Claim | null = null
  /** ms that the last submission took, a segment. */
  #lastMs = Number.POSITIVE_INFINITY
  /** When what waits for it was looked at last. */
  #toldAt = Number.NEGATIVE_INFINITY
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

  /** Looks whether there is something to do. */
  ring(): void {
    this.#bell.ring()
  }

  /** Takes nothing new out of the queue and lets running hand-overs end. */
  async stop(): Promise<void> {
    this.#running = false
    this.#bell.ring()
    await this.#ended
    this.#returnAhead()
    // What becomes of a hand-over is stored behind it.
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  async #run(): Promise<void> {
    while (this.#running) {
      const seen = this.#bell.rings
      const wait = await this.#work().catch((error: unknown) => {
        this.#failed(Fault.from(error))
        return againMs
      })
      if (wait > 0) await this.#bell.wait(seen, wait)
    }
  }

  /** As much as there is room for; answers how long to wait before the next look, in ms. */
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
    // A credit that comes back rings.
    if (!this.#deps.hasRoom() || room === 0) return slowLook
    if (rest > 0) {
      pool.blocked(gateway.id, rest)
      passOn(gateway.id)
      return rest
    }
    const limit = Math.min(room, mostAtOnce)
    const { claims, blockedUntil } = await steps.run('dispatch', () =>
      dispatch(store, gateway, this.#turns, rules, pool, limit),
    )
    for (const claim of claims) {
      if (this.#credits.free > 0 || this.#ahead !== null) this.#handOver(claim)
      else this.#ahead = claim
    }
    const blocked = blockedUntil === null ? null : blockedUntil - rules.now()
    if (blocked !== null) pool.blocked(gateway.id, blocked)
    // It is another one's turn now.
    if (blocked !== null || claims.length === limit) passOn(gateway.id)
    if (blocked !== null) return Math.max(1_000, Math.min(slowLook, blocked))
    return claims.length === limit ? 0 : slowLook
  }

  #handOver(claim: Claim): void {
    const { store, rules, permitMs = 3_000, checkpoint, pool, clock, steps, log } = this.#deps
    const gateway = this.#gateway
    const round = this.#credits.take()
    const began = clock.monotonic()
    pool.began(gateway.id, this.#credits.free === 0)
    const sending = { store, gateway, claim, rules, permitMs, checkpoint, clock, log }
    const handed = { gateway, claim, owner: rules.owner }
    const sent = steps.run('send', () =>
      send(sending, (part) => {
        const { commit, pause } = settle(store, handed, part, rules.now())
        // Not awaited: the next claim shares its commit, and the modem is not idle for it.
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

  /** Nothing of it was handed over: it goes back into the queue, for whichever gateway takes it. */
  #returnAhead(): void {
    const claim = this.#ahead
    if (claim === null) return
    this.#ahead = null
    const { store, rules } = this.#deps
    const { id, account } = this.#gateway
    const part = { seq: claim.seq, part: 1, gateway: id, account, now: rules.now(), ...rules.owner }
    this.#persist(() => store.run('requeue', { ...part, retryAt: part.now, error: null }), claim.commandId)
  }

  /** How much at once the gateway takes. */
  #learn(handover: SubmitOutcome, round: number): void {
    if (handover.outcome === 'sent') this.#credits.accepted()
    if (handover.outcome === 'refused' && handover.cause.next === 'throttle') this.#credits.throttled(round)
  }

  /** What waits for a gateway that is away is told so; answers how long to wait before the next look, in ms. */
  async #away(): Promise<number> {
    const { store, pool, gateways, rules, clock } = this.#deps
    const soon = this.#toldAt + betweenTelling - clock.monotonic()
    // Whatever is queued rings: not each is worth a look at all that wait.
    if (soon > 0) return soon
    this.#toldAt = clock.monotonic()
    const isMore = await reportWaiting(this.#gateway, { store, pool, gateways, now: rules.now() })
    return isMore ? betweenTelling : slowLook
  }

  /** What the network said is known here only until it is on the disk: so it is tried until it is. */
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
