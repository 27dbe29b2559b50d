import type { Gateway } from '../gateway/gateway.ts'
import type { Pool } from '../gateway/pool.ts'
import type { Enqueued, EnqueueLimits } from '../ledger/outbox/enqueue.ts'
import type { Item, Refusal } from '../ledger/outbox/new-submission.ts'
import { type Accepted, acceptGet, ownAsker } from '../message/accepted.ts'
import { Fault } from '../message/fault.ts'
import type { Store } from '../store/store.ts'
import { inBackground, logged, untilDone } from '../util/background.ts'
import type { Clock } from '../util/clock.ts'
import { Doorbell } from '../util/doorbell.ts'
import { type Checkpoint, Steps } from '../util/steps.ts'
import { type Asked, accept, identityOf } from './accept.ts'
import { type ComposeDeps, compose, refuse } from './compose.ts'
import { Deadlines } from './deadlines.ts'
import { type DispatchRules, dispatch, Turns } from './dispatch.ts'
import { isRecipient, toRecipients } from './recipients.ts'
import { RefusalLog } from './refusal-log.ts'
import { send } from './send.ts'
import { settle } from './settle.ts'
import { tellWaiting } from './wait.ts'

/**
 * SUBMIT: what a door has accepted -> SMS-SUBMIT
 *
 *   accept     what is asked for, each under an id of its own
 *   compose    request and profile -> the text, or a refusal
 *   enqueue    the outbox -- commit --
 *   == now the acknowledgement may leave: PUBACK ==
 *   dispatch   lane, priority, time to live, quota -> the next submission for a gateway
 *   send       segment by segment -> four outcomes
 *   settle     sent, queued again, given up or in doubt -- commit --
 */
export const submitSteps = ['accept', 'compose', 'enqueue', 'dispatch', 'send', 'settle'] as const
/** Where a hand-over can break off between the steps: at the prompt, behind the mark, behind the modem's answer. */
export const sendPoints = ['prompted', 'marked', 'answered'] as const

export interface SubmitDeps extends ComposeDeps {
  readonly store: Store
  readonly clock: Clock
  readonly checkpoint: Checkpoint
  readonly limits: EnqueueLimits
  readonly rules: DispatchRules
  readonly pool: Pool
  /** ms from the request of a permit to the first octet: later, nothing is written. */
  readonly permitMs?: number | undefined
  /** The disk has room: without it nothing is taken in and nothing is sent. */
  hasRoom(): boolean
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void
}

/** The slow look behind the bell, in ms. */
const slowLook = 60_000
/** ms between two looks at what waits for a gateway that is away. */
const betweenTelling = 1_000

export class Submit {
  readonly #deps: SubmitDeps
  readonly #steps: Steps<(typeof submitSteps)[number]>
  readonly #bell: Doorbell
  readonly #loops: Promise<void>[] = []
  /** Outcomes that are not stored yet. */
  readonly #persisting = new Set<Promise<void>>()
  readonly #gateways: Gateway[] = []
  /** When what waits for a gateway was looked at last. */
  readonly #toldAt = new Map<string, number>()
  readonly deadlines: Deadlines
  readonly #refusals: RefusalLog
  #running = true

  constructor(deps: SubmitDeps) {
    this.#deps = deps
    this.#steps = new Steps('submit', deps.checkpoint)
    this.#bell = new Doorbell(deps.clock)
    this.deadlines = new Deadlines(deps.store, deps.clock, deps.rules, logged(deps.log, 'ending what is over'))
    this.#refusals = new RefusalLog(deps.clock, (line) => deps.log('warn', line))
    deps.store.on('outbox', () => this.#bell.ring())
  }

  /** Whether a text to this name or number goes to contacts and devices, and to nobody else. */
  isRecipient(to: string, isTopic: boolean): boolean {
    return isRecipient(to, isTopic, this.#deps)
  }

  /** The hub's own question: for a property of a device, or for its state where it is empty. */
  ask(device: string, property: string): Promise<Enqueued> {
    // Nobody's quota but the device's own.
    const asker = { ...ownAsker('hub', 'hub'), isAnonymous: true }
    return this.submit(acceptGet(asker, device, property === '' ? null : property))
  }

  /** From the door to the disk. Resolved, the acknowledgement may leave. */
  async submit(accepted: Accepted): Promise<Enqueued> {
    const { store, rules, limits } = this.#deps
    if (!this.#deps.hasRoom())
      throw new Fault('storage_full', 'the disk is full: nothing is taken in until there is room')
    const now = rules.now()
    const asked = this.#steps.runSync('accept', () => accept(accepted, (prefix) => this.#deps.newId(prefix)))
    const identity = identityOf(accepted)
    const enqueue = (items: readonly Item[]) => {
      const queued = this.#steps.run('enqueue', () => store.run('enqueue', { ...identity, items, limits, now }))
      // Before the commit, which the claim can share then. A ring wakes every gateway: among several, the commit's will do.
      if (this.#loops.length === 1) this.#bell.ring()
      return queued
    }
    // Nothing is waited for before the call of the store: publishes of one client are queued in their order.
    let items: readonly Item[]
    try {
      const addressed = toRecipients(asked, this.#deps)
      items = this.#steps.runSync('compose', () => addressed.map((one) => compose(one, this.#deps, now)))
    } catch (error) {
      items = this.#defect(accepted, asked, error)
    }
    const enqueued = await enqueue(items).catch((error: unknown) => enqueue(this.#defect(accepted, asked, error)))
    for (const refused of enqueued.refused) this.#refusals.add(accepted.origin.client, refused)
    return enqueued
  }

  /** A defect of ours: without an answer the client would send it again for ever. */
  #defect({ content }: Accepted, asked: readonly Asked[], error: unknown): Refusal[] {
    const fault = Fault.from(error)
    if (fault.code !== 'internal') throw fault
    this.#deps.log('error', `what was asked of ${content.place} can't be taken in: ${fault.message}`)
    return asked.map(({ request }) => refuse(request, fault))
  }

  /** From the disk to the network: one loop a gateway, for as long as the hub runs. */
  start(gateways: Iterable<Gateway>): void {
    this.deadlines.start()
    this.#gateways.push(...gateways)
    for (const gateway of this.#gateways) this.#loops.push(this.#serve(gateway))
  }

  /** Gateways have become ready, or something else makes it worth to look. */
  look(): void {
    this.#bell.ring()
  }

  /** Takes nothing new out of the queue and lets running hand-overs end. */
  async stop(): Promise<void> {
    this.#running = false
    this.#bell.ring()
    await this.deadlines.stop()
    await Promise.all(this.#loops)
    await Promise.all(this.#persisting)
  }

  async #serve(gateway: Gateway): Promise<void> {
    const turns = new Turns()
    while (this.#running) {
      const seen = this.#bell.rings
      const wait = await this.#work(gateway, turns).catch((error: unknown) => {
        this.#deps.log('error', `sending through ${gateway.id}: ${Fault.from(error).message}`)
        return 1_000
      })
      if (wait > 0) await this.#bell.wait(seen, wait)
    }
  }

  /** One submission; answers how long to wait before the next look, in ms. */
  async #work(gateway: Gateway, turns: Turns): Promise<number> {
    const { store, rules, permitMs = 3_000, checkpoint, pool, clock, log } = this.#deps
    pool.noted(gateway.id, gateway.ready)
    if (!gateway.ready) return this.#away(gateway)
    if (!this.#deps.hasRoom()) return slowLook
    const { claim, blockedUntil } = await this.#steps.run('dispatch', () =>
      dispatch(store, gateway, turns, rules, pool),
    )
    if (claim === null && blockedUntil !== null) pool.blocked(gateway.id, blockedUntil - rules.now())
    if (claim === null)
      return blockedUntil === null ? slowLook : Math.max(1_000, Math.min(slowLook, blockedUntil - rules.now()))
    pool.began(gateway.id)
    // It is another one's turn now.
    if (this.#loops.length > 1) this.#bell.ring()
    await this.#steps
      .run('send', () =>
        send({ store, gateway, claim, rules, permitMs, checkpoint, clock, log }, (sent) => {
          const { commit, pause } = settle(store, { gateway, claim, owner: rules.owner }, sent, rules.now())
          // Not awaited: the next claim shares its commit, and the modem is not idle for it.
          this.#persist(commit, claim.commandId)
          if (pause !== null) gateway.pause(pause.ms, pause.reason)
        }),
      )
      .finally(() => pool.ended(gateway.id))
    return 0
  }

  /** What waits for a gateway that is away is told so; answers how long to wait before the next look, in ms. */
  async #away(gateway: Gateway): Promise<number> {
    const { store, pool, rules, clock } = this.#deps
    const told = this.#toldAt.get(gateway.id) ?? Number.NEGATIVE_INFINITY
    const soon = told + betweenTelling - clock.monotonic()
    // Whatever is queued rings: not each is worth a look at all that wait.
    if (soon > 0) return soon
    this.#toldAt.set(gateway.id, clock.monotonic())
    const isMore = await tellWaiting(gateway, { store, pool, gateways: this.#gateways, now: rules.now() })
    return isMore ? betweenTelling : slowLook
  }

  /** What the network said is known here only until it is on the disk: so it is tried until it is. */
  #persist(commit: () => Promise<void>, commandId: string): void {
    const failed = logged(this.#deps.log, `what became of ${commandId} can't be stored`)
    const stored = () => untilDone(this.#deps.clock, commit, () => this.#running, failed)
    inBackground(async () => {
      const work = this.#steps.run('settle', stored)
      this.#persisting.add(work)
      await work.finally(() => this.#persisting.delete(work))
    }, failed)
  }
}
