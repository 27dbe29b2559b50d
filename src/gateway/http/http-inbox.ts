import { createHash } from 'node:crypto'
import type { Brought } from '../../carrier/read-webhook.ts'
import { Fault } from '../../message/fault.ts'
import type { Clock } from '../../util/clock.ts'
import { within } from '../deadline.ts'
import type { GatewayHandlers } from '../gateway.ts'
import { httpForm } from './decode-http.ts'

/** Until all of a webhook must be on the disk: carriers wait for ten seconds and more. */
const storeTimeoutMs = 10_000
/** Reports and texts that are known without the store: several lists. */
const maxRemembered = 10_000

export interface HttpInboxOptions {
  readonly gateway: string
  readonly account: string
  readonly clock: Clock
  readonly handlers: GatewayHandlers
}

/** Stores what a carrier brings. It repeats what was not acknowledged, and what is repeated is known by its id. */
export class HttpInbox {
  readonly #options: HttpInboxOptions
  /** Hashes of what is on the disk: a list that is asked for holds the same again and again. */
  readonly #stored = new Set<string>()

  constructor(options: HttpInboxOptions) {
    this.#options = options
  }

  /** Whether all of it is on the disk. Of a `list` that is asked for, what is known is not stored again. */
  async store(brought: readonly Brought[], from: 'webhook' | 'list' = 'webhook'): Promise<boolean> {
    const { gateway, account, clock, handlers } = this.#options
    const fresh = brought
      .map((one) => ({ body: JSON.stringify(one), hash: hashOf(account, one) }))
      .filter(({ hash }) => from === 'webhook' || !this.#stored.has(hash))
    const storing = fresh.map(({ body, hash }) => {
      const identity = { hash, mark: 'id' } as const
      return handlers.received({ gateway, account, source: 'direct', form: httpForm, body, identity })
    })
    const tooLong = () => new Fault('internal', `the store took longer than ${storeTimeoutMs / 1_000} s`)
    try {
      await within(clock, storeTimeoutMs, Promise.all(storing), tooLong)
      for (const { hash } of fresh) this.#remember(hash)
      return true
    } catch (error) {
      handlers.log('error', `a webhook can't be stored yet: ${Fault.from(error).message}`)
      return false
    }
  }

  #remember(hash: string): void {
    this.#stored.add(hash)
    const [oldest] = this.#stored
    if (this.#stored.size > maxRemembered && oldest !== undefined) this.#stored.delete(oldest)
  }
}

/** The same id twice is the same text; a report is the same where its state is, too. */
function hashOf(account: string, one: Brought): string {
  const parts = one.kind === 'text' ? [one.id, one.part?.seq ?? 0] : [one.id, one.recipient, one.state, one.words]
  return createHash('sha256')
    .update(JSON.stringify([account, one.kind, ...parts]))
    .digest('base64url')
}
