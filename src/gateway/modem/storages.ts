import type { Channel, Reply } from './channel.ts'
import type { MessageFormat } from './formats/format.ts'
import type { StoredMessage } from './parse.ts'

/** Reads and deletes messages in the storages of a modem, each command in a turn of its own: sends go in between. */
export class Storages {
  readonly #channel: Channel
  readonly #format: MessageFormat
  /** <mem1> of +CPMS; null while nobody knows. */
  #selected: string | null = null

  constructor(channel: Channel, format: MessageFormat) {
    this.#channel = channel
    this.#format = format
  }

  /** What was received and lies there, read or not; null `storage` means a modem that has no choice. */
  async list(storage: string | null): Promise<StoredMessage[]> {
    // Half a listing is worth filing too: what it holds is deleted, and the next one is shorter.
    const { lines } = await this.#in(storage, this.#format.list, 20_000)
    const messages: StoredMessage[] = []
    for (const { index, stat, pdu } of this.#format.listed(lines)) {
      if (stat !== null && stat >= 2) continue
      if (pdu !== undefined) messages.push({ index, stat, pdu })
      else {
        const message = await this.read(storage, index)
        if (message !== null) messages.push(message)
      }
    }
    return messages
  }

  /** Null for an empty slot, whatever a make answers for one (facts: modems, T27), and when the modem does not answer. */
  async read(storage: string | null, index: number): Promise<StoredMessage | null> {
    const message = this.#format.message((await this.#in(storage, this.#format.read(index), 5_000)).lines)
    return message && { index, ...message }
  }

  /** False when the modem may have kept it. */
  async delete(storage: string | null, index: number): Promise<boolean> {
    return (await this.#in(storage, `AT+CMGD=${index}`, 15_000)).final.kind === 'ok'
  }

  /** An index of one storage must never be used in another: without its storage the command is not sent. */
  #in(storage: string | null, text: string, ms: number): Promise<Reply> {
    return this.#channel.exclusive(async () => {
      if (storage !== null && storage !== this.#selected) {
        this.#selected = null
        const { final } = await this.#channel.command(`AT+CPMS="${storage}"`, 10_000)
        if (final.kind !== 'ok') return { lines: [], final }
        this.#selected = storage
      }
      return this.#channel.command(text, ms)
    })
  }
}
