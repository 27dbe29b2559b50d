/** Octets that may wait for one client to read them, and for all of them together. */
const mostOfOne = 16 * 1024 * 1024
const mostOfAll = 128 * 1024 * 1024
/** What a message that waits takes beside its octets. */
const messageOctets = 1_024

/** What is needed of a client. */
interface Reader {
  readonly conn: { readonly writableNeedDrain: boolean; readonly writableLength: number; readonly destroyed: boolean }
}

interface Backlog {
  readonly messages: number
  readonly octets: number
}

const nothing: Backlog = { messages: 0, octets: 0 }

/** What was sent to clients that read too slowly, and waits in memory. */
export class Unread<Client extends Reader> {
  readonly #backlogs = new Map<Client, Backlog>()
  #octets = 0

  /** A message is about to be sent to a client. Answers who has to be put out to make room for it; null for nobody. */
  add(client: Client): Client | null {
    if (this.#weigh(client, 1).octets > mostOfOne) return client
    if (this.#octets <= mostOfAll) return null
    // Some have read on since they were weighed.
    for (const other of [...this.#backlogs.keys()]) this.#weigh(other)
    return this.#octets > mostOfAll ? this.#largest() : null
  }

  #weigh(client: Client, more = 0): Backlog {
    const { conn } = client
    const before = this.#backlogs.get(client) ?? nothing
    this.#octets -= before.octets
    if (conn.destroyed || !conn.writableNeedDrain) {
      this.#backlogs.delete(client)
      return nothing
    }
    const messages = before.messages + more
    const backlog = { messages, octets: conn.writableLength + messages * messageOctets }
    this.#backlogs.set(client, backlog)
    this.#octets += backlog.octets
    return backlog
  }

  #largest(): Client | null {
    let [largest, most] = [null as Client | null, 0]
    for (const [client, { octets }] of this.#backlogs) if (octets > most) [largest, most] = [client, octets]
    return largest
  }
}
