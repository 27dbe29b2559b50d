import type { PublishPacket } from 'aedes'
import type { Clock } from '../../util/clock.ts'

export type Incoming = PublishPacket & { messageId?: number | undefined; brokerId?: string; brokerCounter?: number }

/** Messages by which a second copy is known: two subscriptions that take the same one are served close together. */
const remembered = 4_096

/** What the broker knows of one connection. */
export class Connection {
  readonly id: string
  user: string | null = null
  subscriptions = 0
  readonly #clock: Clock
  #lastHeard: number
  /** The answer to the client's last publish: acknowledgements leave in the order of the publishes. */
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
   * Does the work of one publish, at once or behind a pause, and resolves when it and all before it are done
   * (MQTT-4.6.0-2). Behind a pause nothing overtakes: aedes reads no further until its callbacks have come.
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

  /** Whether a message has not gone out here yet by another subscription. What is sent again on purpose always goes. */
  isNew({ brokerId, brokerCounter, messageId }: Incoming): boolean {
    if (!brokerId) return true
    const key = `${brokerId}:${brokerCounter}`
    const seen = this.#sent.has(key) || this.#sentBefore.has(key)
    if (this.#sent.size >= remembered) {
      this.#sentBefore = this.#sent
      this.#sent = new Set()
    }
    this.#sent.add(key)
    return !seen || messageId !== undefined
  }
}

/** Acknowledged and gone: nobody can subscribe to this topic. */
export function dropped(packet: Incoming): void {
  packet.topic = '$dropped'
  packet.payload = Buffer.alloc(0)
  packet.retain = false
}
