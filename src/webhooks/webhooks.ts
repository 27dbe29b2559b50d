import { lookup } from 'node:dns/promises'
import { Fault } from '../message/fault.ts'
import { isoTime } from '../message/result.ts'
import type { Store } from '../store/store.ts'
import type { Clock } from '../util/clock.ts'
import { type Answer, Caller, type Resolve } from './endpoint-call.ts'
import { Guard } from './guard.ts'
import { Sender } from './sender.ts'
import { newSecret, signedHeaders } from './signature.ts'

/** Tests of endpoints at once. */
const maxPings = 4

export interface WebhooksDeps {
  readonly store: Store
  readonly clock: Clock
  now(): number
  newId(prefix: string): string
  readonly allowNetworks: readonly string[]
  /** PEM certificates of the owner's own authorities. */
  readonly ca: string | null
  readonly version: string
  /** The system's resolver, unless a test has one of its own. */
  readonly resolve?: Resolve | undefined
  log(level: 'warn', message: string): void
}

/** The system's resolver knows the names of the local network, too. */
const resolveBySystem: Resolve = (host) => lookup(host, { all: true })

/** Events for programs, as signed calls to their endpoints (Standard Webhooks). */
export class Webhooks {
  readonly #deps: WebhooksDeps
  readonly #guard: Guard
  readonly #caller: Caller
  readonly #sender: Sender
  #pings = 0

  constructor(deps: WebhooksDeps) {
    this.#deps = deps
    const { clock, ca, version, resolve = resolveBySystem } = deps
    this.#guard = new Guard(deps.allowNetworks)
    this.#caller = new Caller({ guard: this.#guard, clock, resolve, ca, userAgent: `smshub/${version}` })
    this.#sender = new Sender({ ...deps, caller: this.#caller })
  }

  start(): void {
    this.#sender.start()
  }

  stop(): Promise<void> {
    return this.#sender.stop()
  }

  newId(): string {
    return this.#deps.newId('wh').toLowerCase()
  }

  newSecret(): string {
    return newSecret()
  }

  /** What is wrong with the URL of an endpoint; null when nothing is. */
  problemOf(url: string): string | null {
    return this.#guard.problemOf(url)
  }

  /** Sends a test to an endpoint, enabled or not, and resolves with what became of it. It is not repeated. */
  async ping(id: string): Promise<Answer> {
    if (this.#pings >= maxPings)
      throw new Fault('rate_limited', `${maxPings} webhooks are being tested already: wait for their answers`)
    this.#pings++
    try {
      const target = await this.#deps.store.run('webhookTarget', { id, now: this.#deps.now() })
      return await this.#ping(id, target)
    } finally {
      this.#pings--
    }
  }

  #ping(webhook: string, { url, secrets }: { url: string; secrets: readonly string[] }): Promise<Answer> {
    const { now, newId } = this.#deps
    const at = now()
    const body = JSON.stringify({ type: 'hub.ping', timestamp: isoTime(at), data: { webhook } })
    const headers = signedHeaders({ id: newId('msg'), timestamp: Math.floor(at / 1_000), body }, secrets)
    return this.#caller.post({ url, headers, body })
  }
}
