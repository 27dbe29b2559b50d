import type { Party } from './party.ts'

/** Everything that can happen to a text in the network. */
export const networkEvents = {
  accepted: 'the service centre took it from a modem: from now on it acts, whatever the modem answers',
  refused: 'the service centre did not take it; `code` is the cause (TS 24.011 clause 8.2.5.4)',
  injected: 'it came from outside or from a simulated device',
  delivered: 'the recipient took it',
  deferred: 'the recipient is off or full; it is kept until its validity ends',
  lost: 'it will never arrive, and nobody is told',
  expired: 'its validity ended first',
  undeliverable: 'nobody has the number',
  report_delivered: 'the sender took the delivery report; `code` is TP-ST',
  report_lost: 'the delivery report will never arrive',
} as const

export type NetworkEventKind = keyof typeof networkEvents

export interface NetworkEvent {
  readonly kind: NetworkEventKind
  /** Wall time in milliseconds since 1970. */
  readonly at: number
  /** Counts the segments that entered the network; a report has the number of the segment that it is about. */
  readonly message: number
  readonly from: Party
  readonly to: Party
  /** Hex as it was handed over: SUBMIT for `accepted` and `refused`, else DELIVER or STATUS-REPORT. */
  readonly pdu: string
  /** The text of this segment; null for binary content and reports. */
  readonly text: string | null
  /** TP-MR of what a modem sent; null for the rest. */
  readonly reference: number | null
  readonly code: number | null
}

/** What happened, the newest last. */
export class NetworkLog {
  readonly #limit: number
  readonly #watchers = new Set<(event: NetworkEvent) => void>()
  #events: NetworkEvent[] = []

  /** Keeps at least `limit` events. */
  constructor(limit: number) {
    this.#limit = limit
  }

  get events(): readonly NetworkEvent[] {
    return this.#events
  }

  of(kind: NetworkEventKind): readonly NetworkEvent[] {
    return this.#events.filter((event) => event.kind === kind)
  }

  add(event: NetworkEvent): void {
    this.#events.push(event)
    if (this.#events.length >= 2 * this.#limit) this.#events = this.#events.slice(-this.#limit)
    for (const watcher of this.#watchers) watcher(event)
  }

  /** Calls back with each event from now on, until the returned function is called. */
  watch(watcher: (event: NetworkEvent) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }
}
