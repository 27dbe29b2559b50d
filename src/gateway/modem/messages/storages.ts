import type { Channel, Reply } from '../line/channel.ts'
import { type Level, levelsIn } from '../line/parse.ts'
import { slotsIn } from '../line/ranges.ts'
import { mayQuote, type Shown } from '../line/shown.ts'
import type { MessageSetup } from './message-setup.ts'
import { readCommands } from './storage-form.ts'

/** A message in a storage of the modem. */
export interface StoredMessage extends Shown {
  readonly index: number
}

/** The contents of a storage, as far as the modem shows them. */
export interface Contents {
  readonly messages: readonly StoredMessage[]
  /** Messages that are listed, drafts too. */
  readonly listed: number
  /** Of `+CPMS`; null where it does not count. */
  readonly level: Level | null
  /** The modem has listed it, even if it is empty. */
  readonly isListed: boolean
}

/** The contents of slots that were read one by one. */
export interface Inspected {
  readonly messages: readonly StoredMessage[]
  /** Drafts too. */
  readonly shown: number
}

/** Slots that are read one by one where a storage lists less than it counts. */
const maxSlots = 255
/** Slots of a storage whose capacity is unknown: some telephones report 0. */
const defaultSlots = 50
/** Attempts at one message whose answer was damaged, and the time between them. */
const maxReadings = 4
const readingIntervalMs = 300

/** Reads and deletes messages in the storages of a modem, each command by itself: submissions go in between. */
export class Storages {
  readonly #channel: Channel
  readonly #setup: MessageSetup
  /** <mem1> of +CPMS; null while it is unknown. */
  #selected: string | null = null

  constructor(channel: Channel, setup: MessageSetup) {
    this.#channel = channel
    this.#setup = setup
  }

  /** Received messages, read or not; null `storage` means a modem that has no choice. */
  async list(storage: string | null): Promise<Contents> {
    const { format } = this.#setup
    let level: Level | null = null
    const { lines, final } = await this.#channel.exclusive(async () => {
      const selection = await this.#select(storage, true)
      if (selection.final.kind !== 'ok') return selection
      level = this.#levelOf(storage, selection.lines)
      if (level === null) level = this.#levelOf(storage, (await this.#channel.command('AT+CPMS?', 5_000)).lines)
      // Half a listing is of use, too: its messages are deleted, and the next one is shorter.
      return this.#channel.command(format.list, 20_000, { mayQuote })
    })
    const messages: StoredMessage[] = []
    const all = format.listed(lines)
    for (const { index, stat, shown } of all) {
      if (stat !== null && stat >= 2) continue
      const message = shown === null ? await this.read(storage, index) : { index, ...shown }
      if (message !== null && !isDraft(message)) messages.push(message)
    }
    return { messages, listed: all.length, level, isListed: final.kind === 'ok' }
  }

  /**
   * Reads the slots one by one, except for known ones: for storages that hold more than they list.
   * `AT+CMGD=?` names the slots in use, or only their range; without a `total` only those that it names are read.
   */
  async inspect(storage: string | null, total: number | null, known: readonly number[]): Promise<Inspected> {
    const used = slotsIn((await this.#in(storage, 'AT+CMGD=?', 5_000)).lines)
    const count = total === null ? 0 : Math.min(total || defaultSlots, maxSlots) + 1
    const slots = used ?? Array.from({ length: count }, (_, i) => i)
    const shown: StoredMessage[] = []
    for (const index of slots.filter((slot) => !known.includes(slot)).slice(0, maxSlots)) {
      if (this.#channel.gone !== null) return { messages: [], shown: 0 }
      const message = await this.read(storage, index)
      if (message !== null) shown.push(message)
    }
    return { messages: shown.filter((message) => !isDraft(message)), shown: shown.length }
  }

  /** Null for an empty slot, whatever a vendor's modem answers for one, and when the modem does not answer. */
  async read(storage: string | null, index: number): Promise<StoredMessage | null> {
    const { format } = this.#setup
    const shown = format.message((await this.#in(storage, format.read(index), 5_000)).lines)
    return shown && { index, ...shown }
  }

  /**
   * Reads a damaged message again, until it is whole or read twice alike: then it is stored like that. `pdu` is null
   * where it can't be decoded; the result is null where it is gone.
   */
  async readAgain(storage: string | null, first: StoredMessage): Promise<StoredMessage | null> {
    let last = first
    for (let reading = 1; reading < maxReadings && this.#channel.gone === null; reading++) {
      if (reading > 1) await this.#channel.sleep(readingIntervalMs)
      const next = (await this.read(storage, first.index)) ?? (await this.#listedAgain(storage, first.index))
      if (next === null) continue
      if (next.doubt === null || (next.pdu !== null && next.pdu === last.pdu)) return { ...next, doubt: null }
      last = next
    }
    return last === first ? null : { ...last, pdu: null }
  }

  /** For vendors whose modems list messages and read no single one. */
  async #listedAgain(storage: string | null, index: number): Promise<StoredMessage | null> {
    const { format } = this.#setup
    const { lines } = await this.#in(storage, format.list, 20_000)
    const found = format.listed(lines).find((one) => one.index === index)
    return found?.shown ? { index, ...found.shown } : null
  }

  /** False when the modem may have kept it. */
  async delete(storage: string | null, index: number): Promise<boolean> {
    return (await this.#in(storage, `AT+CMGD=${index}`, 15_000)).final.kind === 'ok'
  }

  #in(storage: string | null, text: string, ms: number): Promise<Reply> {
    return this.#channel.exclusive(async () => {
      const selection = await this.#select(storage, false)
      return selection.final.kind === 'ok' ? this.#channel.command(text, ms, { mayQuote }) : selection
    })
  }

  /** An index of one storage must never be used in another: one that can't be selected is not read. */
  async #select(storage: string | null, anew: boolean): Promise<Reply> {
    if (storage === null || (storage === this.#selected && !anew)) return { lines: [], final: { kind: 'ok', text: '' } }
    this.#selected = null
    let reply: Reply = { lines: [], final: { kind: 'lost' } }
    for (const text of readCommands(storage, this.#setup)) {
      reply = await this.#channel.command(text, 10_000)
      if (reply.final.kind === 'ok') {
        this.#selected = storage
        return reply
      }
      if (reply.final.kind !== 'error') return reply
    }
    // It may be selected already (TS 27.005 clause 3.2.2).
    const now = await this.#channel.command('AT+CPMS?', 5_000)
    return levelsIn(now.lines)[0]?.storage === storage ? now : reply
  }

  #levelOf(storage: string | null, lines: readonly string[]): Level | null {
    const levels = levelsIn(lines)
    return levels.find((level) => level.storage === storage) ?? levels[0] ?? null
  }
}

/** A draft is no received message; without <stat>, its message type shows it (TS 23.040 clause 9.2.3.1). */
function isDraft({ stat, pdu }: StoredMessage): boolean {
  if (stat !== null) return stat >= 2
  const first =
    pdu === null ? 0 : Number.parseInt(pdu.slice(2 + 2 * Number.parseInt(pdu.slice(0, 2), 16)).slice(0, 2), 16)
  return (first & 3) === 1
}
