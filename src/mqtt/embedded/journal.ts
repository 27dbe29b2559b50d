import type { SessionChange, SessionStore } from '../../message/broker-session.ts'
import type { Clock } from '../../util/clock.ts'

const retryMs = 1_000
/** Pending changes and octets above which clients have to wait for the disk. */
const maxPending = 20_000
const maxPendingOctets = 16 * 1024 * 1024

/**
 * Writes changes to the disk asynchronously, in batches and in order. A message that is delivered and acknowledged
 * before it is written is left out.
 */
export class Journal {
  readonly #store: Pick<SessionStore, 'save'>
  readonly #clock: Clock
  #pending: (SessionChange | null)[] = []
  /** Positions of the pending changes of queued packets. */
  #unwritten = new Map<number, number[]>()
  #next: Promise<void> | null = null
  #writing: Promise<void> = Promise.resolve()
  #busy = false
  #closed = false
  /** Octets of pending changes. A message for many sessions counts once per batch. */
  #octets = 0
  #counted = new Set<Uint8Array>()

  constructor(store: Pick<SessionStore, 'save'>, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Whether the disk is so far behind that clients have to wait for `settled`. */
  get isBehind(): boolean {
    return this.#pending.length > maxPending || this.#octets > maxPendingOctets
  }

  add(change: SessionChange): void {
    this.#count(change)
    const seq = change.kind === 'enqueue' ? change.packet.seq : 'seq' in change ? change.seq : null
    const places = seq === null ? undefined : this.#unwritten.get(seq)
    if (change.kind === 'dequeue' && places !== undefined) {
      for (const place of places) this.#pending[place] = null
      this.#unwritten.delete(change.seq)
      return
    }
    if (change.kind === 'enqueue') this.#unwritten.set(change.packet.seq, [this.#pending.length])
    else places?.push(this.#pending.length)
    this.#pending.push(change)
    if (this.#next === null) {
      const before = this.#writing
      this.#next = new Promise<void>((resolve) => setImmediate(resolve)).then(() => before).then(() => this.#write())
      this.#writing = this.#next
    }
  }

  /** Resolves when all changes added so far are durable. */
  settled(): Promise<void> {
    return this.#next === null && !this.#busy ? Promise.resolve() : this.#writing
  }

  /** Writes the rest and accepts no more changes. */
  async close(): Promise<void> {
    await Promise.race([this.settled(), new Promise<void>((resolve) => this.#clock.after(2_000, resolve))])
    this.#closed = true
  }

  #count(change: SessionChange): void {
    const payload =
      change.kind === 'enqueue' ? change.packet.body?.payload : change.kind === 'retain' ? change.message.payload : null
    if (payload === null || payload === undefined || this.#counted.has(payload)) return
    this.#counted.add(payload)
    this.#octets += payload.length
  }

  async #write(): Promise<void> {
    const changes = this.#pending.filter((change) => change !== null)
    this.#pending = []
    const octets = this.#octets
    this.#counted = new Set()
    this.#unwritten = new Map()
    this.#next = null
    if (changes.length === 0) {
      this.#octets -= octets
      return
    }
    this.#busy = true
    while (!this.#closed) {
      try {
        await this.#store.save(changes)
        break
      } catch {
        // Usually a full disk: those who wait for it keep waiting, and nothing overtakes it.
        await new Promise<void>((resolve) => this.#clock.after(retryMs, resolve))
      }
    }
    this.#busy = false
    this.#octets -= octets
  }
}
