import { Fault } from '../message/fault.ts'
import type { Identity, RawMessage } from '../message/raw.ts'
import type { Clock } from '../util/clock.ts'
import { Latch } from '../util/latch.ts'
import { within } from './deadline.ts'
import type { GatewayHandlers } from './gateway.ts'

/** Until a message must be on the disk. */
const storeTimeoutMs = 30_000
/** Between attempts to store what the modem no longer has; the last one repeats. */
const retryAfterMs = [1_000, 2_000, 5_000, 15_000, 60_000]
/** Messages that may wait for the disk. */
const maxWaiting = 1_000

/** The form of the messages of a kind of gateway. */
export interface Form {
  readonly name: string
  identify(body: string): Identity
}

interface Waiting {
  readonly body: string
  readonly filed: () => void
}

/** Stores received messages. One that was delivered directly is nowhere else: it is kept here until it is on the disk. */
export class Filing {
  readonly #gateway: string
  readonly #clock: Clock
  readonly #handlers: GatewayHandlers
  readonly #form: Form
  readonly #stopped = new Latch()
  #waiting: Waiting[] = []
  #working: Promise<void> | null = null
  /** Nothing is stored before the first start-up has read it. */
  #account: string | null = null

  constructor(gateway: string, clock: Clock, handlers: GatewayHandlers, form: Form) {
    this.#form = form
    this.#gateway = gateway
    this.#clock = clock
    this.#handlers = handlers
  }

  /** Messages belong to this account from now on. */
  use(account: string): void {
    this.#account = account
    this.#work()
  }

  /** True once a message is on the disk, false when it can't be stored now. */
  async store(body: string, source: RawMessage['source'], slot?: string): Promise<boolean> {
    try {
      await within(this.#clock, storeTimeoutMs, this.#handlers.received(this.#raw(body, source, slot)), tooLong)
      return true
    } catch (error) {
      this.#handlers.log('error', `a message can't be stored yet: ${(error as Error).message}`)
      return false
    }
  }

  /** The stored message was deleted from this slot. */
  deleted(body: string, source: RawMessage['source'], slot: string): void {
    this.#handlers.deleted(this.#raw(body, source, slot))
  }

  #raw(body: string, source: RawMessage['source'], slot?: string): RawMessage {
    const account = this.#account ?? this.#gateway
    const { name: form } = this.#form
    const identity = this.#form.identify(body)
    return { gateway: this.#gateway, account, source, form, body, identity, ...(slot !== undefined && { slot }) }
  }

  /** Keeps a message that was delivered directly until it is on the disk; then calls `filed`. */
  direct(body: string, filed: () => void): void {
    if (this.#stopped.isFired || this.#waiting.length >= maxWaiting)
      return this.#handlers.log('error', `a message is lost: ${this.#waiting.length} others wait for the disk`)
    this.#waiting.push({ body, filed })
    this.#work()
  }

  /** What waits is tried once more; what can't be stored then is lost. */
  async stop(): Promise<void> {
    this.#account ??= this.#gateway
    this.#stopped.fire()
    this.#work()
    await this.#working
    if (this.#waiting.length > 0)
      this.#handlers.log('error', `${this.#waiting.length} messages are lost: the disk did not take them`)
  }

  #work(): void {
    if (this.#account === null || this.#waiting.length === 0) return
    this.#working ??= this.#drain().finally(() => {
      this.#working = null
      if (!this.#stopped.isFired) this.#work()
    })
  }

  async #drain(): Promise<void> {
    for (let failures = 0; this.#waiting.length > 0; ) {
      const last = this.#stopped.isFired
      const batch = this.#waiting.splice(0)
      const filed = await Promise.all(batch.map(({ body }) => this.store(body, 'direct')))
      batch.forEach((message, i) => {
        if (filed[i]) message.filed()
      })
      this.#waiting.unshift(...batch.filter((_, i) => !filed[i]))
      if (last) return
      failures = filed.every(Boolean) ? 0 : failures + 1
      if (failures > 0)
        await this.#stopped.waitUpTo(retryAfterMs[Math.min(failures, retryAfterMs.length) - 1] as number, this.#clock)
    }
  }
}

function tooLong(): Fault {
  return new Fault('internal', `the store took longer than ${storeTimeoutMs / 1000} s`)
}
