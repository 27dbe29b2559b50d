import type { PublishPacket } from 'aedes'
import type { Clock } from '../../util/clock.ts'

export type Incoming = PublishPacket & { messageId?: number | undefined; brokerId?: string; brokerCounter?: number }

/** Recent messages for detecting copies: subscriptions to the same message are served close together. */
const maxRecent = 4_096

/** State of a connection. */
export class Connection {
  readonly id: string
  user: string | null = null
  subscriptions = 0
  readonly #clock: Clock
  #lastHeard: number
  /** The answer to the client's last publish: acknowledgements are sent in the order of the publishes. */
  #tail: Promise<void> = Promise.resolve()
  #gate: Promise<void> | null = null
  #sent = new Set<string>()
  #sentBefore = new Set<string>()

  constructor(id: string, clock: Clock) {
    this.id = id
    this.#clock = clock
    this.#lastHeard = clock.monotonic()
  }

  get silentMs(): number {
    return this.#clock.monotonic() - this.#lastHeard
  }

  heard(): void {
    this.#lastHeard = this.#clock.monotonic()
  }

  /**
   * Does the work of a publish, at once or after a delay, and resolves when it and all before it are done
   * (MQTT-4.6.0-2). Nothing overtakes during a delay: aedes reads no further until its callbacks are called.
   */
  inTurn(pause: Promise<void> | null, work: () => Promise<void> | undefined): Promise<void> {
    const gate = this.#gate
    let done: Promise<void>
    if (pause === null && gate === null) done = work() ?? Promise.resolve()
    else {
      const opened = Promise.all([gate, pause]).then(() => {})
      this.#gate = opened
      done = opened.then(() => {
        if (this.#gate === opened) this.#gate = null
        return work()
      })
    }
    const turn = this.#tail
    this.#tail = Promise.allSettled([turn, done]).then(() => {})
    return Promise.all([done, turn]).then(() => {})
  }

  /** Whether a message was not yet sent here for another subscription. A redelivery is always sent. */
  isNew({ brokerId, brokerCounter, messageId }: Incoming): boolean {
    if (!brokerId) return true
    const key = `${brokerId}:${brokerCounter}`
    const seen = this.#sent.has(key) || this.#sentBefore.has(key)
    if (this.#sent.size >= maxRecent) {
      this.#sentBefore = this.#sent
      this.#sent = new Set()
    }
    this.#sent.add(key)
    return !seen || messageId !== undefined
  }
}

/** Acknowledged and dropped: moves it to a topic without subscribers. */
export function dropped(packet: Incoming): void {
  packet.topic = '$dropped'
  packet.payload = Buffer.alloc(0)
  packet.retain = false
}
