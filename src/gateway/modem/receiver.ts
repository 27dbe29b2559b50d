import type { Channel } from './channel.ts'
import type { Filing } from './filing.ts'
import type { MessageSetup } from './message-setup.ts'
import { type StoredMessage, storedAt } from './parse.ts'
import { Storages } from './storages.ts'

/** More announcements than this at once, and the whole storage is read instead of each message. */
const storm = 3
/**
 * ms behind an announced slot that read empty in which messages are read by listing. Nothing in the answer to +CMGR
 * says which slot it is about: one that comes behind its OK would be filed and the next slot deleted unread.
 */
const doubt = 60_000
/** ms in which a modem that has no room is told of once. */
const quietFor = 60_000
/** Storages that messages may come to: a modem has three. */
const mostStorages = 8

interface Place {
  readonly storage: string | null
  readonly index: number
}

export interface ReceiverRooms {
  readonly channel: Channel
  readonly setup: MessageSetup
  readonly filing: Filing
  /** ms behind an announcement until the message can be read. */
  readonly readAfterMs: number
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void
}

/**
 * Empties the storages of a modem, from a start-up to the next: what was announced, and all of them now and then, for
 * announcements get lost (facts: modems, section 8.4). Reads, files and deletes one after the other: a slot that is
 * deleted holds what was filed, and nothing that has come since.
 */
export class Receiver {
  readonly #rooms: ReceiverRooms
  readonly #storages: Storages
  /** Storages to be read out. */
  readonly #toSweep = new Set<string | null>()
  #announced: Place[] = []
  /** Storages that messages have come to. */
  readonly #used: Set<string | null>
  /** What is on the disk and the modem would not delete: it is not filed again. */
  readonly #kept = new Map<string, string>()
  #working: Promise<void> | null = null
  #hasEnded = false
  #doubtUntil = Number.NEGATIVE_INFINITY
  #saidFull = Number.NEGATIVE_INFINITY

  constructor(rooms: ReceiverRooms) {
    this.#rooms = rooms
    this.#storages = new Storages(rooms.channel, rooms.setup.format)
    // Reports come to SR only where they are stored: then it is one of the storages.
    this.#used = new Set([rooms.setup.home, ...rooms.setup.storages.filter((name) => name === 'SR')])
  }

  /** `+CMTI` or `+CDSI` came. */
  announced(line: string): void {
    const { storage, index } = storedAt(line)
    if (index === null) return this.full(line)
    const place = { storage: storage ?? this.#rooms.setup.home, index }
    if (!this.#used.has(place.storage) && this.#used.size >= mostStorages) return
    this.#used.add(place.storage)
    this.#announced.push(place)
    if (this.#announced.length > storm || this.#doubts) {
      for (const { storage: one } of this.#announced.splice(0)) this.#toSweep.add(one)
    }
    this.#work()
  }

  /** The modem says that it has no room: until there is some it receives nothing. */
  full(line: string): void {
    const now = this.#rooms.channel.clock.monotonic()
    if (now - this.#saidFull > quietFor) {
      this.#saidFull = now
      this.#rooms.log('warn', `the modem could not store a message (${line}): its storages are read out`)
    }
    this.sweepAll()
  }

  /** Reads out every storage: what came while nobody listened. */
  sweepAll(): void {
    // The home last: it stays chosen for the announcements that follow.
    for (const storage of [...this.#rooms.setup.storages].reverse()) this.#toSweep.add(storage)
    this.sweep()
  }

  /** Reads out the storages that are in use. */
  sweep(): void {
    for (const storage of this.#used) this.#toSweep.add(storage)
    this.#work()
  }

  /** Deletes nothing more: what follows may be another SIM. Resolves when what runs has ended. */
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
    // A burst of announcements comes as one: it is heard out before the first is read.
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
    return this.#hasEnded || this.#rooms.channel.lost !== null
  }

  async #fetch({ storage, index }: Place): Promise<void> {
    if (this.#doubts) return void this.#toSweep.add(storage)
    const { channel, readAfterMs } = this.#rooms
    if (readAfterMs > 0) await channel.sleep(readAfterMs)
    const message = await this.#storages.read(storage, index)
    if (message === null) {
      this.#doubtUntil = this.#rooms.channel.clock.monotonic() + doubt
      this.#toSweep.add(storage)
    } else if (await this.#file(storage, message)) await this.#delete(storage, message)
  }

  get #doubts(): boolean {
    return this.#rooms.channel.clock.monotonic() < this.#doubtUntil
  }

  async #sweep(storage: string | null): Promise<void> {
    this.#toSweep.delete(storage)
    this.#announced = this.#announced.filter((place) => place.storage !== storage)
    const messages = await this.#storages.list(storage)
    const filed = await Promise.all(messages.map((message) => this.#file(storage, message)))
    // From the highest down: some makes move the others up (facts: modems, section 8.5).
    const done = messages.filter((_, i) => filed[i]).sort((a, b) => b.index - a.index)
    for (const message of done) await this.#delete(storage, message)
  }

  async #file(storage: string | null, { index, pdu }: StoredMessage): Promise<boolean> {
    if (this.#hasEnded) return false
    const slot = `${storage}:${index}`
    if (pdu === null) return this.#unreadable(slot)
    if (this.#kept.get(slot) === pdu) return true
    return this.#rooms.filing.store(pdu, 'storage')
  }

  /** It stays where it is: somebody must look at it. */
  #unreadable(slot: string): false {
    if (this.#kept.has(slot)) return false
    this.#kept.set(slot, '')
    this.#rooms.log('warn', `the message in slot ${slot} of the modem is no PDU and stays there`)
    return false
  }

  async #delete(storage: string | null, { index, pdu }: StoredMessage): Promise<void> {
    if (this.#isOver) return
    const slot = `${storage}:${index}`
    if (pdu === null) return
    if (await this.#storages.delete(storage, index)) this.#kept.delete(slot)
    else this.#kept.set(slot, pdu)
  }
}
