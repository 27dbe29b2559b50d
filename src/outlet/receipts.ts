import type { WaitingEvent } from '../ledger/events/waiting.ts'
import type { Store } from '../store/store.ts'
import { inBackground, untilDone } from '../util/background.ts'
import type { Clock } from '../util/clock.ts'

/** Acknowledgements are collected for this time, to share a commit: nobody waits for it. */
const collectMs = 25
const retryMs = 1_000

export interface ReceiptsDeps {
  readonly store: Store
  readonly clock: Clock
  /** The name of the outlet. */
  readonly outlet: string
  wanted(): boolean
  log(level: 'warn', message: string): void
}

/** The events that an outlet has taken or refused, until the store has it. */
export class Receipts {
  readonly #deps: ReceiptsDeps
  readonly #taken = new Set<number>()
  readonly #parking = new Set<number>()
  #isDue = false

  constructor(deps: ReceiptsDeps) {
    this.#deps = deps
  }

  /** Events that still wait according to the store. */
  get seqs(): number[] {
    return [...this.#taken, ...this.#parking]
  }

  taken(seq: number): void {
    this.#taken.add(seq)
    this.#flushIn(collectMs)
  }

  refused({ seq, kind, subject }: WaitingEvent, reason: string): void {
    const { store, clock, outlet, wanted, log } = this.#deps
    const failed = ({ message }: Error) => log('warn', `${kind} ${subject} can't be parked: ${message}`)
    const park = () => store.run('parkEvent', { outlet, seq, reason })
    this.#parking.add(seq)
    inBackground(async () => {
      await untilDone(clock, park, wanted, failed)
      this.#parking.delete(seq)
    }, failed)
  }

  /** Writes the acknowledgements. */
  async flush(): Promise<void> {
    const seqs = [...this.#taken]
    if (seqs.length === 0) return
    await this.#deps.store.run('acknowledge', { outlet: this.#deps.outlet, seqs })
    for (const seq of seqs) this.#taken.delete(seq)
    if (this.#taken.size > 0) this.#flushIn(collectMs)
  }

  #flushIn(ms: number): void {
    if (this.#isDue) return
    this.#isDue = true
    this.#deps.clock.after(ms, () => {
      this.#isDue = false
      inBackground(
        () => this.flush(),
        ({ message }) => {
          this.#deps.log('warn', `acknowledged events can't be deleted: ${message}`)
          this.#flushIn(retryMs)
        },
      )
    })
  }
}
