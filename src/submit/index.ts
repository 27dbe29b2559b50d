import type { Device } from '../device/device.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { Pool } from '../gateway/pool.ts'
import type { EnqueueLimits } from '../ledger/outbox/enqueue.ts'
import type { Item, Refusal } from '../ledger/outbox/new-submission.ts'
import { type Accepted, acceptGet, ownAsker } from '../message/accepted.ts'
import { Fault } from '../message/fault.ts'
import type { Plan, PlannedText } from '../message/planned.ts'
import type { Submitted } from '../message/submitted.ts'
import type { Store } from '../store/store.ts'
import { logged } from '../util/background.ts'
import type { Clock } from '../util/clock.ts'
import { RefusalLog } from '../util/refusal-log.ts'
import { type Checkpoint, Steps } from '../util/steps.ts'
import { type Asked, accept, identityOf } from './accept.ts'
import { refuse } from './asked-columns.ts'
import { type ComposeDeps, compose } from './compose.ts'
import { Deadlines } from './deadlines.ts'
import type { DispatchRules } from './dispatch.ts'
import { GatewayLoop } from './gateway-loop.ts'
import { heldBy, subjectOf } from './made-for.ts'
import { allHeld, isRecipient, type Recipients, toRecipients } from './recipients.ts'

/**
 * SUBMIT: an accepted request -> SMS-SUBMIT
 *
 *   accept     the requests, each with its own id
 *   compose    request and profile -> the text, or a refusal
 *   enqueue    the outbox -- commit --
 *   == now the acknowledgement may leave: PUBACK ==
 *   dispatch   lane, priority, time to live, quota, credits -> the next submissions for a gateway
 *   send       segment by segment -> four outcomes
 *   settle     sent, queued again, given up or in doubt -- commit --
 */
export const submitSteps = ['accept', 'compose', 'enqueue', 'dispatch', 'send', 'settle'] as const
/** Failpoints within `send`: at the prompt, after the mark, after the modem's answer. */
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
  /** The disk has space: without it nothing is accepted and nothing is sent. */
  hasRoom(): boolean
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void
}

export class Submit {
  readonly #deps: SubmitDeps
  readonly #steps: Steps<(typeof submitSteps)[number]>
  readonly #loops = new Map<string, GatewayLoop>()
  readonly #gateways: Gateway[] = []
  /** Routes that are listened to for ready lanes. */
  readonly #routes = new Set<string>()
  readonly deadlines: Deadlines
  readonly #refusals: RefusalLog

  constructor(deps: SubmitDeps) {
    this.#deps = deps
    this.#steps = new Steps('submit', deps.checkpoint)
    this.deadlines = new Deadlines(deps.store, deps.clock, deps.rules, logged(deps.log, 'ending what is over'))
    this.#refusals = new RefusalLog(deps.clock, (line) => deps.log('warn', line))
    deps.store.on('outbox', () => this.look())
  }

  /** Whether a text to this name or number goes to contacts and devices only. */
  isRecipient(to: string, isTopic: boolean): boolean {
    return isRecipient(to, isTopic, this.#deps)
  }

  /** A query by the hub itself: of a property of a device, or of its state where it is empty. */
  ask(device: string, property: string): Promise<Submitted> {
    // Only the quota of the device applies.
    const asker = { ...ownAsker('hub', 'hub'), isAnonymous: true }
    return this.submit(acceptGet(asker, device, property === '' ? null : property))
  }

  /** What texts would be queued; nothing is. What only the store knows is left out: quotas, queues that are full. */
  plan(accepted: Accepted): Plan {
    const { pool, rules, newId } = this.#deps
    const { addressed, doubles } = toRecipients(accept(accepted, newId), this.#deps)
    const texts = addressed.map((one): PlannedText => {
      const { place } = one
      const item = compose(one, this.#deps, rules.now())
      if ('property' in item && 'unknown' in item) throw new Fault('internal', 'a text is no TOGGLE')
      if (item.error !== undefined)
        return { place, to: item.recipient, error: item.error, sendAt: null, segments: [], gateways: [] }
      const { recipient: to, sendAt, segments, route } = item
      return { place, to, error: null, sendAt, segments, gateways: pool.gatewaysOf(route) }
    })
    return { texts, doubles }
  }

  /** Cancels what is scheduled for a device or a contact that is not as it was: for this device, or for any. */
  async review(device: string | null = null): Promise<void> {
    const { store, rules } = this.#deps
    if (device === null && (await store.run('counts', undefined)).scheduled === 0) return
    const held = device === null ? allHeld(this.#deps) : this.held(device, this.#deps.device(device) ?? null)
    await store.run('reviewScheduled', { held, only: device !== null, now: rules.now() })
  }

  /** What holds of a device, or of one that is gone, for reviews of what is scheduled. */
  held(id: string, device: Device | null): Readonly<Record<string, readonly string[]>> {
    return { [subjectOf(['device', id], this.#deps)]: heldBy(device, this.#deps) }
  }

  /** From the request to the disk. When it resolves, the acknowledgement may be sent. */
  async submit(accepted: Accepted): Promise<Submitted> {
    const { store, rules } = this.#deps
    if (!this.#deps.hasRoom())
      throw new Fault('storage_full', 'the disk is full: nothing is accepted until there is space')
    const now = rules.now()
    const asked = this.#steps.runSync('accept', () => accept(accepted, (prefix) => this.#deps.newId(prefix)))
    const { perHour, detailed, atomic, isList, intents } = accepted
    const limits = perHour === null ? this.#deps.limits : { ...this.#deps.limits, clientPerHour: perHour }
    const args = { ...identityOf(accepted, this.#deps), atomic, limits, now }
    const enqueue = (items: readonly Item[], of: readonly Asked[]) => {
      const places = detailed ? { places: of.map(({ place }) => place) } : {}
      const isBatch = (isList || items.length > 1) && intents[0]?.verb === 'text'
      const batch = isBatch ? { batch: this.#deps.newId('bat') } : {}
      const queued = this.#steps.run('enqueue', () => store.run('enqueue', { ...args, ...places, ...batch, items }))
      // Before the commit, which the claim can share then. Among several it is not known whose turn it will be.
      if (this.#loops.size === 1) this.look()
      return queued
    }
    // Nothing is waited for before the call of the store: publishes of one client are queued in their order.
    let items: readonly Item[]
    let { addressed, doubles }: Recipients = { addressed: asked, doubles: new Map() }
    try {
      ;({ addressed, doubles } = toRecipients(asked, this.#deps))
      items = this.#steps.runSync('compose', () => addressed.map((one) => compose(one, this.#deps, now)))
    } catch (error) {
      addressed = asked
      items = this.#defect(accepted, asked, error)
    }
    const defect = (error: unknown) => enqueue(this.#defect(accepted, asked, error), asked)
    const { refused, ...enqueued } = await enqueue(items, addressed).catch(defect)
    for (const line of refused) this.#refusals.add(accepted.origin.client, line)
    return { ...enqueued, doubles }
  }

  /** A defect of the hub is answered, as the client would otherwise repeat the request for ever. */
  #defect({ content }: Accepted, asked: readonly Asked[], error: unknown): Refusal[] {
    const fault = Fault.from(error)
    if (fault.code !== 'internal') throw fault
    this.#deps.log('error', `a request on ${content.place} can't be queued: ${fault.message}`)
    return asked.map(({ request }) => refuse(request, fault))
  }

  /** From the disk to the network: one loop a gateway, for as long as the hub runs. */
  start(gateways: Iterable<Gateway>): void {
    this.deadlines.start()
    this.#gateways.push(...gateways)
    const deps = {
      ...this.#deps,
      steps: this.#steps,
      gateways: this.#gateways,
      passOn: (id: string) => this.#passOn(id),
    }
    for (const gateway of this.#gateways) this.#loops.set(gateway.id, new GatewayLoop(gateway, deps))
    for (const { id } of this.#gateways) for (const { route } of this.#deps.pool.routesOf(id)) this.#hear(route)
    for (const loop of this.#loops.values()) loop.start()
  }

  /** Wakes every gateway. */
  look(): void {
    for (const loop of this.#loops.values()) loop.ring()
  }

  /** The state of a gateway has changed. */
  gatewayChanged(id: string): void {
    this.#loops.get(id)?.ring()
  }

  /** Claims nothing new and lets running submissions end. */
  async stop(): Promise<void> {
    const loops = [...this.#loops.values()].map((loop) => loop.stop())
    await this.deadlines.stop()
    await Promise.all(loops)
  }

  #hear(route: string): void {
    if (this.#routes.has(route)) return
    this.#routes.add(route)
    this.#deps.store.on(`outbox/${route}`, () => this.#wake(route))
  }

  /**
   * A lane of this route is ready: for one gateway, whose turn it is. One that takes all it has room for passes on.
   * Where all are busy, the first that is free again looks by itself.
   */
  #wake(route: string): void {
    const { pool } = this.#deps
    const first = pool.turnOf(route)
    if (first !== null) return this.#loops.get(first)?.ring()
    for (const id of pool.awayOf(route)) {
      this.#loops.get(id)?.ring()
      this.#passOn(id)
    }
  }

  /** There may be more for those that share a route with this gateway. */
  #passOn(id: string): void {
    const [, ...shared] = this.#deps.pool.routesOf(id)
    const firsts = new Set(shared.map(({ route }) => this.#deps.pool.turnOf(route)))
    for (const first of firsts) if (first !== null && first !== id) this.#loops.get(first)?.ring()
  }
}
