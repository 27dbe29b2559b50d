import type { Party } from './party.ts'

/** Everything that can happen to a text in the network. */
export const networkEvents = {
  accepted: 'the service centre accepted it from a modem, whatever the modem answers',
  refused: 'the service centre rejected it; `code` is the cause (TS 24.011 clause 8.2.5.4)',
  injected: 'it is from outside or from a simulated device',
  delivered: 'the recipient received it',
  deferred: 'the recipient is off or full; it is kept until its validity ends',
  lost: 'it is lost without a report',
  expired: 'its validity period ended',
  undeliverable: 'the number is not assigned',
  report_delivered: 'the sender received the delivery report; `code` is TP-ST',
  report_lost: 'the delivery report is lost',
} as const

export type NetworkEventKind = keyof typeof networkEvents

export interface NetworkEvent {
  readonly kind: NetworkEventKind
  /** Wall time in milliseconds since 1970. */
  readonly at: number
  /** Number of the segment in the network; a report has that of its segment. */
  readonly message: number
  readonly from: Party
  readonly to: Party
  /** The PDU in hex: SUBMIT for `accepted` and `refused`, else DELIVER or STATUS-REPORT. */
  readonly pdu: string
  /** The text of this segment; null for binary content and reports. */
  readonly text: string | null
  /** TP-MR of a modem's message; else null. */
  readonly reference: number | null
  readonly code: number | null
}

/** Events, the newest last. */
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
