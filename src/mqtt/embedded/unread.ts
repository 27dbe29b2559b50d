/** Unread octets per client, and of all clients together. */
const maxPerClientOctets = 16 * 1024 * 1024
const maxTotalOctets = 128 * 1024 * 1024
/** Memory of a waiting message in addition to its octets. */
const messageOctets = 1_024

/** The required part of a client. */
interface Reader {
  readonly conn: { readonly writableNeedDrain: boolean; readonly writableLength: number; readonly destroyed: boolean }
}

interface Backlog {
  readonly messages: number
  readonly octets: number
}

const nothing: Backlog = { messages: 0, octets: 0 }

/** Messages in memory for clients that read too slowly. */
export class Unread<Client extends Reader> {
  readonly #backlogs = new Map<Client, Backlog>()
  #octets = 0

  /** A message is about to be sent to a client. Returns the client to disconnect to make room for it, or null. */
  add(client: Client): Client | null {
    if (this.#weigh(client, 1).octets > maxPerClientOctets) return client
    if (this.#octets <= maxTotalOctets) return null
    // Some may have read since they were measured.
    for (const other of [...this.#backlogs.keys()]) this.#weigh(other)
    return this.#octets > maxTotalOctets ? this.#largest() : null
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
    let [largest, mostOctets] = [null as Client | null, 0]
    for (const [client, { octets }] of this.#backlogs) if (octets > mostOctets) [largest, mostOctets] = [client, octets]
    return largest
  }
}
