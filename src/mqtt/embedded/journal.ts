import type { SessionChange, SessionStore } from '../../message/session.ts'
import type { Clock } from '../../util/clock.ts'

const retryMs = 1_000
/** Changes and octets that may wait for the disk before clients have to wait for it. */
const mostWaiting = 20_000
const mostOctets = 16 * 1024 * 1024

/**
 * Writes changes to the disk behind those who make them, many at a time and in their order. A message that was
 * delivered and acknowledged before its turn came is never written.
 */
export class Journal {
  readonly #store: Pick<SessionStore, 'save'>
  readonly #clock: Clock
  #pending: (SessionChange | null)[] = []
  /** Where the changes of a queued packet stand that is not written yet. */
  #unwritten = new Map<number, number[]>()
  #next: Promise<void> | null = null
  #writing: Promise<void> = Promise.resolve()
  #busy = false
  #closed = false
  /** Of what is not written yet. A message that many sessions are owed counts once a batch. */
  #octets = 0
  #counted = new Set<Uint8Array>()

  constructor(store: Pick<SessionStore, 'save'>, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Whether the disk is so far behind that nobody should be let go on before `settled`. */
  get isBehind(): boolean {
    return this.#pending.length > mostWaiting || this.#octets > mostOctets
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

  /** Resolves when everything that was added is durable. */
  settled(): Promise<void> {
    return this.#next === null && !this.#busy ? Promise.resolve() : this.#writing
  }

  /** Writes what is left and takes nothing more. */
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
        // A full disk, mostly: whoever waits for it goes on waiting, and nothing after it overtakes it.
        await new Promise<void>((resolve) => this.#clock.after(retryMs, resolve))
      }
    }
    this.#busy = false
    this.#octets -= octets
  }
}
