import { join } from 'node:path'
import type { OperationName } from '../../src/ledger/operations.ts'
import type { Due } from '../../src/ledger/webhooks/due.ts'
import type { DeliveryOutcome } from '../../src/ledger/webhooks/settle-delivery.ts'
import type { WebhookSettings } from '../../src/ledger/webhooks/webhook-list.ts'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { ulid } from '../../src/util/ulid.ts'
import { Webhooks } from '../../src/webhooks/webhooks.ts'
import { FakeClock, settle } from '../fake-clock.ts'
import { temporaryFolder } from './folder.ts'
import { second } from './ledger.ts'
import { until } from './patience.ts'
import { Receiver } from './receiver.ts'
import { online, plainSettings } from './webhook-ledger.ts'

export const testSecret = 'whsec_c21zaHViLWZhY3RzLWRlbW8tc2VjcmV0LTMyYnl0ZSE='

/** Small enough that a call which begins within it is far from its end, ms. */
const stepMs = 50
/** Steps without a call after which none is under way to begin. */
const quietSteps = 4

/** Webhooks on a real store and real sockets, with the test's clock. They can be stopped and started again. */
export class WebhookRun {
  readonly clock: FakeClock
  readonly log: string[] = []
  /** An operation of the store that is to fail once, as on a full disk. */
  rejects: OperationName | null = null
  /** The most calls of each webhook at once. */
  readonly most = new Map<string, number>()
  webhooks!: Webhooks
  #store!: SqliteStore
  #begun = 0
  readonly #path = join(temporaryFolder(), 'hub.db')
  readonly #flying = new Map<number, string>()
  readonly #receivers: Receiver[] = []

  private constructor(seed: number) {
    // The library that verifies signatures compares with the time of this machine.
    this.clock = new FakeClock(seed, Date.now())
  }

  static async start(seed = 1): Promise<WebhookRun> {
    const run = new WebhookRun(seed)
    await run.open()
    return run
  }

  readonly now = (): number => Math.floor(this.clock.wall())

  get store(): Store {
    return this.#store
  }

  async open(): Promise<void> {
    const { clock, now, log } = this
    this.#store = await SqliteStore.open({ path: this.#path, durable: false, thread: false, now })
    const { run } = this.#store
    this.#store.run = ((name: never, args: never) => this.#ran(run, name, args)) as typeof run
    this.webhooks = new Webhooks({
      store: this.#store,
      clock,
      now,
      newId: (prefix) => `${prefix}_${ulid(now(), () => clock.random())}`,
      allowNetworks: ['127.0.0.0/8'],
      ca: null,
      version: 'test',
      log: (_, message) => log.push(message),
    })
    this.webhooks.start()
    await clock.advance(2 * stepMs)
  }

  async close(): Promise<void> {
    let isOver = false
    const stopped = this.webhooks.stop().finally(() => {
      isOver = true
    })
    while (!isOver) await this.clock.advance(second)
    await stopped
    await this.#store.close()
    this.#flying.clear()
  }

  async end(): Promise<void> {
    await this.close()
    for (const one of this.#receivers.splice(0)) await one.stop()
  }

  async receiver(...of: Parameters<typeof Receiver.start>): Promise<Receiver> {
    const one = await Receiver.start(...of)
    this.#receivers.push(one)
    return one
  }

  /** Nobody listens there any more. */
  async down(receiver: Receiver): Promise<void> {
    await receiver.stop()
    this.#receivers.splice(this.#receivers.indexOf(receiver), 1)
  }

  hook(id: string, url: string, over: Partial<WebhookSettings> = {}) {
    const settings = { ...plainSettings, url, ...over }
    return this.#store.run('addWebhook', { id, settings, secret: testSecret, now: this.now() })
  }

  /** Events of devices of these names. */
  emit(...devices: string[]) {
    return this.#store.run('emit', devices.map(online))
  }

  deliveriesOf(webhook: string) {
    const all = { state: null, since: 0, until: this.now() + 1, before: null, limit: 100 }
    return this.#store.read('deliveries', { webhook, ...all })
  }

  /** Calls that were begun and whose ends are not in the store yet. */
  inFlight(webhook?: string): number {
    return [...this.#flying.values()].filter((one) => webhook === undefined || one === webhook).length
  }

  /** Until every call that was begun has ended and is in the store. */
  calm(): Promise<void> {
    return until(
      async () => {
        await settle()
        return this.inFlight() === 0
      },
      () => `${this.inFlight()} calls are in flight`,
    )
  }

  /** Time passes, and stands still while a call is in flight: how fast this machine is makes no difference. */
  async pass(ms: number): Promise<void> {
    const end = this.clock.monotonic() + ms
    for (let quiet = 0, begun = this.#begun; ; quiet++) {
      await this.calm()
      const left = end - this.clock.monotonic()
      if (left <= 0) return
      if (begun !== this.#begun) quiet = 0
      begun = this.#begun
      const idle = quiet < quietSteps ? stepMs : await this.#idleMs()
      await this.clock.advance(Math.min(left, Math.max(stepMs, idle)))
    }
  }

  /** Time within which no call begins. */
  async #idleMs(): Promise<number> {
    let next = Number.POSITIVE_INFINITY
    for (const { id, ordered } of await this.#store.read('webhooks', { id: null, now: this.now() })) {
      const times = (await this.deliveriesOf(id)).flatMap(({ nextAt }) => (nextAt === null ? [] : [Date.parse(nextAt)]))
      // In order, the others wait for the oldest.
      next = Math.min(next, ...(ordered ? times.slice(-1) : times))
    }
    return next - this.now() - second
  }

  async #ran(run: Store['run'], name: OperationName, args: never): Promise<unknown> {
    if (this.rejects === name) {
      this.rejects = null
      throw new Error('the disk is full')
    }
    const value: unknown = await run.call(this.#store, name, args)
    if (name === 'dueDeliveries') for (const { seq, webhook } of (value as Due).due) this.#began(seq, webhook)
    if (name === 'settleDelivery') this.#flying.delete((args as DeliveryOutcome).seq)
    return value
  }

  #began(seq: number, webhook: string): void {
    this.#begun++
    this.#flying.set(seq, webhook)
    this.most.set(webhook, Math.max(this.inFlight(webhook), this.most.get(webhook) ?? 0))
  }
}
