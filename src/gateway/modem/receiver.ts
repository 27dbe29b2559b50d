import { type Clock, sleep } from '../../util/clock.ts'
import type { GatewayHandlers } from '../gateway.ts'
import type { Channel } from './channel.ts'
import { listedMessages, readMessage, type StoredMessage, storedAt } from './parse.ts'
import type { Identity } from './startup.ts'
import type { Urc } from './urcs.ts'

/** More announcements than this at once, and the whole storage is read instead of each message. */
const storm = 3

/** Brings texts and reports from a modem to the disk, and only then lets the modem forget them. */
export class Receiver {
  readonly #gateway: string
  readonly #identity: Identity
  readonly #channel: Channel
  readonly #clock: Clock
  readonly #handlers: GatewayHandlers
  #announced: { storage: string | null; index: number }[] = []
  #working: Promise<void> | null = null
  #storage: string | null = null

  constructor(gateway: string, identity: Identity, channel: Channel, clock: Clock, handlers: GatewayHandlers) {
    this.#gateway = gateway
    this.#identity = identity
    this.#channel = channel
    this.#clock = clock
    this.#handlers = handlers
  }

  urc(urc: Urc, line: string, second: string | null): void {
    switch (urc.kind) {
      case 'stored':
      case 'report_stored': {
        const { storage, index } = storedAt(line)
        if (index === null) return this.#full(line)
        this.#announced.push({ storage, index })
        return this.#work()
      }
      case 'direct':
      case 'report':
        if (second !== null) void this.#file(second, 'direct')
        return
      case 'full':
        return this.#full(line)
      default:
        this.#handlers.log('debug', `unsolicited: ${line}`)
    }
  }

  /** Reads every storage of the modem: what came while nobody listened. */
  async sweepAll(): Promise<void> {
    const storages = this.#identity.storages.filter((name) => name === 'SM' || name === 'ME')
    const home = storages[0] ?? null
    for (const storage of storages.slice(1)) await this.#sweep(storage)
    await this.#sweep(home)
  }

  /** Reads the storage in use once more: the net below announcements that get lost. */
  sweep(): Promise<void> {
    return this.#sweep(null)
  }

  #full(line: string): void {
    this.#handlers.log('warn', `the modem's storage is full (${line}); reading it out`)
    void this.sweepAll()
  }

  #work(): void {
    this.#working ??= this.#drain().finally(() => {
      this.#working = null
      if (this.#announced.length > 0 && !this.#channel.lost) this.#work()
    })
  }

  async #drain(): Promise<void> {
    // Announcements come in bursts: let the burst end before choosing how to read it.
    await Promise.resolve()
    const announced = this.#announced
    this.#announced = []
    if (announced.length > storm) return this.#sweep(announced[0]?.storage ?? null)
    for (const { storage, index } of announced) await this.#fetch(storage, index)
  }

  async #fetch(storage: string | null, index: number): Promise<void> {
    const message = await this.#channel.exclusive(async () => {
      await this.#use(storage)
      const { lines } = await this.#channel.command({ text: `AT+CMGR=${index}`, prefix: '+CMGR:', timeout: 5_000 })
      return readMessage(lines)
    })
    // An empty slot: somebody was faster, a sweep perhaps.
    if (message === null) return
    if (await this.#file(message.pdu, 'storage')) await this.#delete(storage, [index])
  }

  async #sweep(storage: string | null): Promise<void> {
    const messages = await this.#channel.exclusive(async () => {
      await this.#use(storage)
      const { lines } = await this.#channel.command({ text: 'AT+CMGL=4', prefix: '+CMGL:', timeout: 20_000 })
      return listedMessages(lines)
    })
    const received = messages.filter(({ stat }) => stat === null || stat < 2)
    const filed = await Promise.all(received.map((message) => this.#file(message.pdu, 'storage')))
    const gone = received.filter((_: StoredMessage, i: number) => filed[i]).map(({ index }) => index)
    await this.#delete(storage, gone)
  }

  /** Deletes from the highest index down: some makes move the others up (facts: modems, section 8.5). */
  async #delete(storage: string | null, indexes: readonly number[]): Promise<void> {
    if (indexes.length === 0) return
    await this.#channel.exclusive(async () => {
      await this.#use(storage)
      for (const index of [...indexes].sort((a, b) => b - a)) {
        await this.#channel.command({ text: `AT+CMGD=${index}`, timeout: 15_000 })
      }
    })
  }

  /** Selects the storage to read from, where it is another one than the last. */
  async #use(storage: string | null): Promise<void> {
    if (storage === null || storage === this.#storage) return
    const { final } = await this.#channel.command({ text: `AT+CPMS="${storage}"`, prefix: '+CPMS:', timeout: 10_000 })
    if (final.kind === 'ok') this.#storage = storage
  }

  /**
   * True once the message is on the disk. What lies in a storage stays there until then; what came directly is kept
   * here and tried again, for the modem has forgotten it.
   */
  async #file(pdu: string, source: 'direct' | 'storage'): Promise<boolean> {
    for (let wait = 1_000; ; wait = Math.min(60_000, wait * 2)) {
      try {
        await this.#handlers.received({ gateway: this.#gateway, sim: this.#identity.sim ?? this.#gateway, source, pdu })
        return true
      } catch (error) {
        this.#handlers.log('error', `a text can't be stored yet: ${(error as Error).message}`)
        if (source === 'storage') return false
        await sleep(this.#clock, wait)
      }
    }
  }
}
