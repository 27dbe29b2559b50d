import type { Filing } from '../../filing.ts'
import type { Channel } from '../line/channel.ts'
import { storedAt } from '../line/parse.ts'
import type { MessageSetup } from './message-setup.ts'
import { type Contents, Storages, type StoredMessage } from './storages.ts'

/** With more announcements at once the whole storage is read instead of each message. */
const maxAnnouncements = 3
/**
 * After an announced slot was read empty, messages are read by listing for this long. The answer to +CMGR does not name
 * its slot: with one that comes late, the wrong slot would be deleted.
 */
const doubtMs = 60_000
/** Within this time a full storage is logged once. */
const quietMs = 60_000
/** A modem has three storages. */
const maxStorages = 8
/** Until a storage that counts more than it lists is read slot by slot again, while its count stays the same. */
const inspectIntervalMs = 600_000

const unlisted =
  'the modem neither lists nor counts its messages (AT+CMGL, AT+CPMS?): texts that it stores are not read; smshub modem doctor <gateway>'

const hidden = (used: number, storage: string | null) =>
  `the modem counts ${used} messages${storage === null ? '' : ` in ${storage}`} and shows none of them (AT+CMGL, AT+CMGR): they are not read; smshub modem doctor <gateway>`

/** Found when the gateway started, or received since. */
type Source = 'listed' | 'storage'

interface Place {
  readonly storage: string | null
  readonly index: number
}

export interface ReceiverDeps {
  readonly channel: Channel
  readonly setup: MessageSetup
  readonly filing: Filing
  /** From an announcement until the message can be read. */
  readonly readAfterMs: number
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void
  /** Why texts can't be read; null when they can. */
  unreadable(why: string | null): void
}

/**
 * Empties the storages of a modem, from one start-up to the next: announced messages, and all of them at intervals, as
 * announcements get lost. Reads, stores and deletes one after the other: a slot that is deleted holds what was stored,
 * and nothing received since.
 */
export class Receiver {
  readonly #deps: ReceiverDeps
  readonly #storages: Storages
  /** Storages to be read out. */
  readonly #toSweep = new Set<string | null>()
  #announced: Place[] = []
  /** Storages that were read out since the start-up. */
  readonly #listed = new Set<string | null>()
  /** Storages that have received messages. */
  readonly #used: Set<string | null>
  /** Messages that are on the disk and stay in the modem, by slot: they are not stored again. */
  readonly #kept = new Map<string, string>()
  /** The count of a storage that was read slot by slot, what it has shown, and when. */
  readonly #inspected = new Map<
    string | null,
    { readonly used: number | null; readonly shown: number; readonly at: number }
  >()
  /** Why the messages of a storage can't be read. */
  readonly #unreadable = new Map<string | null, string>()
  #working: Promise<void> | null = null
  #hasEnded = false
  #doubtUntil = Number.NEGATIVE_INFINITY
  #fullLoggedAt = Number.NEGATIVE_INFINITY

  constructor(deps: ReceiverDeps) {
    this.#deps = deps
    this.#storages = new Storages(deps.channel, deps.setup)
    // SR receives reports only where they are stored: then it is one of the storages.
    this.#used = new Set([deps.setup.home, ...deps.setup.storages.filter((name) => name === 'SR')])
  }

  /** `+CMTI` or `+CDSI` came. */
  announced(line: string): void {
    const { storage, index } = storedAt(line)
    if (index === null) return this.full(line)
    const place = { storage: storage ?? this.#deps.setup.home, index }
    if (!this.#used.has(place.storage) && this.#used.size >= maxStorages) return
    this.#used.add(place.storage)
    this.#announced.push(place)
    if (this.#announced.length > maxAnnouncements || this.#doubts) {
      for (const { storage: one } of this.#announced.splice(0)) this.#toSweep.add(one)
    }
    this.#work()
  }

  /** The modem reports a full storage: until there is room it receives nothing. */
  full(line: string): void {
    const now = this.#deps.channel.clock.monotonic()
    if (now - this.#fullLoggedAt > quietMs) {
      this.#fullLoggedAt = now
      this.#deps.log('warn', `the modem could not store a message (${line}): its storages are read out`)
    }
    this.sweepAll()
  }

  /** Reads out every storage, for messages received before. */
  sweepAll(): void {
    // The home last: it stays chosen for the announcements that follow.
    for (const storage of [...this.#deps.setup.storages].reverse()) this.#toSweep.add(storage)
    this.sweep()
  }

  /** Reads out the storages that are in use. */
  sweep(): void {
    for (const storage of this.#used) this.#toSweep.add(storage)
    this.#work()
  }

  /** Deletes nothing more: another SIM may follow. Resolves when what runs has ended. */
  async end(): Promise<void> {
    this.#hasEnded = true
    await this.#working
  }

  #work(): void {
    this.#working ??= this.#empty().finally(() => {
      this.#working = null
      // What was announced while the last one ended.
      if (!this.#isOver && (this.#toSweep.size > 0 || this.#announced.length > 0)) this.#work()
    })
  }

  async #empty(): Promise<void> {
    // A burst of announcements is received completely before the first message is read.
    await Promise.resolve()
    while (!this.#isOver) {
      const [storage] = this.#toSweep
      if (storage !== undefined) await this.#sweep(storage)
      else {
        const place = this.#announced.shift()
        if (place === undefined) return
        await this.#fetch(place)
      }
    }
  }

  get #isOver(): boolean {
    return this.#hasEnded || this.#deps.channel.lost !== null
  }

  async #fetch({ storage, index }: Place): Promise<void> {
    if (this.#doubts) {
      this.#toSweep.add(storage)
      return
    }
    const { channel, readAfterMs } = this.#deps
    if (readAfterMs > 0) await channel.sleep(readAfterMs)
    const message = await this.#storages.read(storage, index)
    if (message === null) {
      this.#doubtUntil = this.#deps.channel.clock.monotonic() + doubtMs
      this.#toSweep.add(storage)
    } else await this.#take(storage, [message])
  }

  get #doubts(): boolean {
    return this.#deps.channel.clock.monotonic() < this.#doubtUntil
  }

  async #sweep(storage: string | null): Promise<void> {
    this.#toSweep.delete(storage)
    this.#announced = this.#announced.filter((place) => place.storage !== storage)
    const contents = await this.#storages.list(storage)
    const source = this.#listed.has(storage) ? 'storage' : 'listed'
    this.#listed.add(storage)
    await this.#take(storage, contents.messages, source)
    if (this.#hides(storage, contents)) await this.#inspect(storage, contents, source)
    if (!this.#used.has(storage) || this.#isOver) return
    const why = this.#whyUnreadable(storage, contents)
    if (why === null) this.#unreadable.delete(storage)
    else this.#unreadable.set(storage, why)
    const [first = null] = this.#unreadable.values()
    this.#deps.unreadable(first)
  }

  #whyUnreadable(storage: string | null, { listed, level, isListed }: Contents): string | null {
    const { setup } = this.#deps
    if (level === null) return isListed || storage !== setup.home || !setup.stores ? null : unlisted
    if (level.used === 0 || listed > 0) return null
    const inspected = this.#inspected.get(storage)
    return inspected?.used === level.used && inspected.shown > 0 ? null : hidden(level.used, storage)
  }

  /** It counts more than it lists, or does not count; and was not inspected lately. */
  #hides(storage: string | null, { listed, level }: Contents): boolean {
    const used = level?.used ?? null
    if (this.#isOver || (used === null ? listed > 0 : used <= listed)) return false
    const last = this.#inspected.get(storage)
    const now = this.#deps.channel.clock.monotonic()
    return last === undefined || last.used !== used || now - last.at > inspectIntervalMs
  }

  /**
   * Reads slot by slot. The answer to +CMGR does not name its slot: a message counts when its slot was read twice with
   * the same result.
   */
  async #inspect(storage: string | null, { level, messages }: Contents, source: Source): Promise<void> {
    const at = this.#deps.channel.clock.monotonic()
    const known = messages.map(({ index }) => index)
    const { messages: found, shown } = await this.#storages.inspect(storage, level?.total ?? null, known)
    this.#inspected.set(storage, { used: level?.used ?? null, shown, at })
    for (const message of found) {
      const again = await this.#storages.read(storage, message.index)
      if (again !== null && contentOf(again) === contentOf(message)) await this.#take(storage, [again], source)
    }
  }

  /** To the disk first, and then out of the modem. */
  async #take(storage: string | null, messages: readonly StoredMessage[], source: Source = 'storage'): Promise<void> {
    const sure: StoredMessage[] = []
    for (const message of messages) {
      const isKnown = this.#kept.get(slotOf(storage, message)) === contentOf(message)
      const read = message.doubt === null || isKnown ? message : await this.#storages.readAgain(storage, message)
      if (read !== null) sure.push(read)
    }
    const filed = await Promise.all(sure.map((message) => this.#file(storage, message, source)))
    // From the highest down: some vendors' modems move the others up.
    const done = sure.filter((_, i) => filed[i]).sort((a, b) => b.index - a.index)
    for (const message of done) await this.#delete(storage, message)
  }

  /** Whether it may be deleted. */
  async #file(storage: string | null, message: StoredMessage, source: Source): Promise<boolean> {
    if (this.#hasEnded) return false
    const slot = slotOf(storage, message)
    const isKnown = this.#kept.get(slot) === contentOf(message)
    if (message.pdu === null || message.doubt !== null) {
      if (!isKnown) await this.#keep(slot, message)
      return false
    }
    return isKnown || this.#deps.filing.store(message.pdu, source, slot)
  }

  /** An undecodable message is stored as received, and stays in the modem: a person has to look at it. */
  async #keep(slot: string, message: StoredMessage): Promise<void> {
    const { raw, doubt } = message
    if (!(await this.#deps.filing.store(raw, 'storage'))) return
    this.#kept.set(slot, contentOf(message))
    this.#deps.log('warn', `the message in slot ${slot} of the modem can't be read and stays there: ${doubt}`)
  }

  async #delete(storage: string | null, message: StoredMessage): Promise<void> {
    if (this.#isOver) return
    const slot = slotOf(storage, message)
    if (!(await this.#storages.delete(storage, message.index))) {
      this.#kept.set(slot, contentOf(message))
      return
    }
    this.#kept.delete(slot)
    if (message.pdu !== null) this.#deps.filing.deleted(message.pdu, 'storage', slot)
  }
}

function slotOf(storage: string | null, { index }: StoredMessage): string {
  return `${storage}:${index}`
}

/** The part that does not change by reading: the first line shows whether it was read. */
function contentOf({ pdu, raw }: StoredMessage): string {
  return pdu ?? raw.slice(raw.indexOf('\n') + 1)
}
