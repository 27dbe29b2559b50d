import { Fault } from '../../message/fault.ts'
import type { RawMessage } from '../../message/raw.ts'
import { temporaryFailure } from '../../smpplink/smpp-link.ts'
import type { Clock } from '../../util/clock.ts'
import { within } from '../deadline.ts'
import type { GatewayHandlers } from '../gateway.ts'
import { hashOf, type Reading, smppForm, storedAnswer, storedPdu } from './decode-smpp.ts'

/** Until a message must be on the disk: SMSCs wait for longer. */
const storeTimeoutMs = 30_000
/** Messages of a connection whose repetition is counted. */
const maxCounted = 10_000

export interface InboxOptions {
  readonly gateway: string
  readonly account: string
  readonly reading: Reading
  readonly clock: Clock
  readonly handlers: GatewayHandlers
}

/** Stores what an SMSC brings. It keeps a message until it has the answer, so nothing is kept here. */
export class SmppInbox {
  readonly #options: InboxOptions
  #connection = ''
  /** How often each message has come on this connection. */
  #counts = new Map<string, number>()

  constructor(options: InboxOptions) {
    this.#options = options
  }

  /** Resolves with the `command_status` of the answer, which leaves after the commit. */
  async message(connection: string, pdu: Uint8Array): Promise<number> {
    const { account, reading } = this.#options
    const hash = hashOf(account, pdu, this.#count(connection, hashOf(account, pdu, 0)))
    const isStored = await this.#store({ slot: connection, body: storedPdu(pdu, reading), hash })
    return isStored ? 0 : temporaryFailure
  }

  /** An answer after its time: it settles the doubt about its segment. */
  async late(id: string, segment: string, to: string): Promise<void> {
    const { isWhole } = this.#options.reading
    await this.#store({
      body: storedAnswer({ id, segment, to, ...(isWhole && { isWhole }) }),
      hash: `late ${segment} ${id}`,
    })
  }

  async #store({ body, hash, ...place }: { body: string; hash: string; slot?: string }): Promise<boolean> {
    const { gateway, account, clock, handlers } = this.#options
    const identity = { hash, mark: null }
    const raw: RawMessage = { gateway, account, source: 'direct', form: smppForm, body, identity, ...place }
    try {
      await within(clock, storeTimeoutMs, handlers.received(raw), tooLong)
      return true
    } catch (error) {
      handlers.log('error', `a message can't be stored yet: ${Fault.from(error).message}`)
      return false
    }
  }

  #count(connection: string, key: string): number {
    if (connection !== this.#connection) {
      this.#connection = connection
      this.#counts = new Map()
    }
    const count = (this.#counts.get(key) ?? 0) + 1
    this.#counts.delete(key)
    this.#counts.set(key, count)
    const [oldest] = this.#counts.keys()
    if (this.#counts.size > maxCounted && oldest !== undefined) this.#counts.delete(oldest)
    return count
  }
}

function tooLong(): Fault {
  return new Fault('internal', `the store took longer than ${storeTimeoutMs / 1000} s`)
}
