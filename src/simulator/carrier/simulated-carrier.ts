import { generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CarrierApi, HookExample, PollForm, ReportState } from '../../carrier/carrier-api.ts'
import { authorization } from '../../carrier/fill.ts'
import type { Hook } from '../../carrier/webhook-proof.ts'
import { Fault } from '../../message/fault.ts'
import { inBackground } from '../../util/background.ts'
import { type Clock, sleep } from '../../util/clock.ts'
import { happens, within } from '../network/behaviour.ts'
import { type CarrierBehaviour, type CarrierFault, calmCarrier } from './carrier-behaviour.ts'
import {
  acceptance,
  hasState,
  idLike,
  listOf,
  type ReportNotice,
  reportHook,
  type TextNotice,
  textHook,
} from './carrier-documents.ts'
import { type CarrierRequest, type Places, placesIn } from './read-request.ts'
import { type SigningKey, signedHook } from './sign-webhook.ts'

/** A text that it has accepted. */
export interface CarrierMessage {
  readonly id: string
  /** With a plus. */
  readonly to: string
  /** As the client wrote it; empty without one. */
  readonly from: string
  readonly text: string
}

export interface CarrierOptions {
  readonly clock: Clock
  readonly api: CarrierApi
  /** What the client has: `user`, `secret`, and what webhooks are signed with. */
  readonly account: { readonly user: string; readonly secret: string; readonly signingSecret: string }
  readonly behaviour?: Partial<CarrierBehaviour>
  /** The network behind it; without one, everything is delivered at once. */
  carry?(message: CarrierMessage, ended: (state: ReportState) => void): void
  /** For a log. */
  note?(
    kind: 'accepted' | 'refused' | 'report' | 'text' | 'unacknowledged',
    detail: Readonly<Record<string, unknown>>,
  ): void
}

const maxRequestOctets = 1_048_576
/** Messages, reports and texts that are kept for those who look. */
const maxKept = 100_000
const maxListed = 100
/** A webhook that is not acknowledged is sent again, after this time and then the double each. */
const firstRetryMs = 500
const maxTries = 10
const hookTimeoutMs = 10_000

/** The status of an answer where the documentation shows none. */
const faultStatus = { unavailable: 503, limited: 429, refused: 400, unpaid: 402, failed: 500 } as const
const outcomeOf = { limited: 'throttle', refused: 'give_up', unpaid: 'pause' } as const

/** The interface of a carrier on HTTP, played by its description: faults on request or by chance. */
export class SimulatedCarrier {
  readonly accepted: CarrierMessage[] = []
  /** Faults of the next requests, in this order. */
  readonly next: CarrierFault[] = []
  /** Where texts go, and reports whose text names no address; null keeps them for who asks. */
  webhook: string | null = null
  /** Requests that were to send a text. */
  requests = 0
  /** Ed25519 key by which clients prove its webhooks, in base64; only some carriers sign so. */
  readonly publicKey: string
  readonly #options: CarrierOptions
  readonly #key: SigningKey
  readonly #basePath: string
  /** The last one of each text, by its id. */
  readonly #reports = new Map<string, ReportNotice>()
  readonly #texts: TextNotice[] = []
  readonly #ended = new AbortController()
  readonly #server = createServer((request, response) => {
    inBackground(
      () => this.#take(request, response),
      () => response.destroy(),
    )
  })
  #behaviour: CarrierBehaviour
  #ids = 0

  constructor(options: CarrierOptions) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    this.#options = options
    this.#behaviour = { ...calmCarrier, ...options.behaviour }
    this.#key = { secret: options.account.signingSecret, ed25519: privateKey }
    this.publicKey = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64')
    this.#basePath = /^https?:\/\/[^/]+(.*?)\/?$/.exec(options.api.base)?.[1] ?? ''
  }

  /** What a client has as `base`. */
  get base(): string {
    const { address, port } = this.#server.address() as AddressInfo
    return `http://${address.includes(':') ? `[${address}]` : address}:${port}${this.#basePath}`
  }

  change(behaviour: Partial<CarrierBehaviour>): void {
    this.#behaviour = { ...this.#behaviour, ...behaviour }
  }

  /** Fails with `port_failed`. Port 0 is any free one. */
  listen(host = '127.0.0.1', port = 0): Promise<this> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', ({ message }) => reject(new Fault('port_failed', `${host}:${port}: ${message}`)))
      this.#server.listen(port, host, () => resolve(this))
    })
  }

  async close(): Promise<void> {
    this.#ended.abort()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** A text for the client. */
  text(from: string, text: string): void {
    const { api, note, clock } = this.#options
    const notice = { id: this.#nextId(), from, text, time: new Date(clock.wall()).toISOString() }
    keep(this.#texts, notice)
    note?.('text', { from, text })
    this.#call(this.webhook, textHook(api, notice))
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://carrier')
    const asked: CarrierRequest = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      body: await bodyOf(request),
    }
    const places = this.#placesIn(asked)
    const polls = this.#options.api.poll.filter((poll) => placesIn(poll.request, this.#basePath, asked) !== null)
    if (places === null && polls.length === 0) return answer(response, 404)
    const isKnown = this.#isAccount(request.headers, places ?? {})
    if (places !== null) return this.#send(places, isKnown, response)
    answer(response, isKnown ? 200 : 401, isKnown ? this.#listOf(polls) : '')
  }

  #placesIn(asked: CarrierRequest): Places | null {
    try {
      return placesIn(this.#options.api.send, this.#basePath, asked)
    } catch {
      // It is no text that could be sent.
      return {}
    }
  }

  #isAccount(headers: IncomingMessage['headers'], places: Places): boolean {
    const { api, account } = this.#options
    const { user = account.user, secret = account.secret } = places
    const isInHeaders = Object.entries(authorization(api.auth, account)).every(([name, one]) => headers[name] === one)
    return isInHeaders && user === account.user && secret === account.secret
  }

  async #send(places: Places, isKnown: boolean, response: ServerResponse): Promise<void> {
    const { clock, api, note } = this.#options
    this.requests++
    const { answerMs, lateMs, faults } = this.#behaviour
    const { to, text } = places
    const fault = isKnown ? (this.next.shift() ?? byChance(faults, clock)) : 'unpaid'
    const ms = within(answerMs, clock)
    if (ms > 0) await sleep(clock, ms)
    if (to === undefined || text === undefined || isRefusal(fault)) {
      const refusal = isRefusal(fault) ? fault : 'refused'
      note?.('refused', { to, reason: isKnown ? refusal : 'unknown account' })
      const outcome = refusal === 'unavailable' ? null : outcomeOf[refusal]
      const example = isKnown ? api.examples?.answers.find((one) => one.outcome === outcome) : undefined
      const status = example?.status ?? (isKnown ? faultStatus[refusal] : 401)
      return answer(response, status, example?.body ?? '')
    }
    const id = this.#nextId()
    this.#accept({ id, to: `+${to.replace(/^\+/, '')}`, from: places.sender ?? '', text }, places)
    if (fault === 'silence') return
    if (fault === 'cut') {
      response.destroy()
      return
    }
    if (fault === 'failed') return answer(response, faultStatus.failed)
    if (fault === 'late') await sleep(clock, lateMs)
    const { status, body } = acceptance(api, id)
    answer(response, status, body)
  }

  #accept(message: CarrierMessage, { ref, report_url: address }: Places): void {
    const { api, clock, note, carry = (_, ended) => ended('delivered') } = this.#options
    keep(this.accepted, message)
    note?.('accepted', { ...message })
    const report = (state: ReportState) => {
      if (happens(this.#behaviour.reportLoss, clock)) return
      const notice = { id: message.id, to: message.to, ref: ref ?? null, state }
      this.#reports.set(message.id, notice)
      const [oldest] = this.#reports.keys()
      if (this.#reports.size > maxKept && oldest !== undefined) this.#reports.delete(oldest)
      note?.('report', { id: message.id, state })
      this.#call(address ?? this.webhook, reportHook(api, notice))
    }
    clock.after(within(this.#behaviour.reportMs, clock), () => {
      if (hasState(api, 'trying')) report('trying')
      carry(message, report)
    })
  }

  #listOf(polls: readonly PollForm[]): string {
    const [first = {}] = polls
    return listOf(first, [...this.#reports.values()].slice(-maxListed), this.#texts.slice(-maxListed))
  }

  #nextId(): string {
    return idLike(this.#options.api, this.#ids++)
  }

  #call(address: string | null, example: HookExample | null): void {
    if (address === null || example === null) return
    const { clock, api, account } = this.#options
    const hook = hookTo(address, example)
    const { webhookTimes, webhookMs, forged } = this.#behaviour
    const wrong = { secret: `not ${account.signingSecret}`, ed25519: generateKeyPairSync('ed25519').privateKey }
    if (happens(forged, clock)) this.#deliver(hook, signedHook(hook, api.signature, wrong, clock.wall()), maxTries)
    for (let i = 0; i < webhookTimes; i++) {
      const deliver = () => this.#deliver(hook, null, 1)
      const ms = within(webhookMs, clock)
      if (ms > 0) clock.after(ms, deliver)
      else deliver()
    }
  }

  /** Sends a webhook until it is acknowledged; one that is signed already is sent as it is. */
  #deliver(hook: Hook, signed: Hook | null, tries: number): void {
    const { clock, api, note } = this.#options
    if (this.#ended.signal.aborted) return
    const { method, url, headers, body } = signed ?? signedHook(hook, api.signature, this.#key, clock.wall())
    const signal = AbortSignal.any([this.#ended.signal, AbortSignal.timeout(hookTimeoutMs)])
    const sent = { ...(method !== 'GET' && { body: new Uint8Array(body) }), redirect: 'manual', signal } as const
    const again = (reason: string) => {
      note?.('unacknowledged', { url, reason, tries })
      if (tries < maxTries) clock.after(firstRetryMs * 2 ** (tries - 1), () => this.#deliver(hook, signed, tries + 1))
    }
    fetch(url, { method, headers: headers as Record<string, string>, ...sent }).then(
      (response) => (response.ok ? undefined : again(`it answered ${response.status}`)),
      (error: Error) => again(error.message),
    )
  }
}

const isRefusal = (fault: CarrierFault | null): fault is 'unavailable' | keyof typeof outcomeOf =>
  fault === 'unavailable' || (fault !== null && Object.hasOwn(outcomeOf, fault))

function byChance(faults: CarrierBehaviour['faults'], clock: Clock): CarrierFault | null {
  const found = Object.entries(faults).find(([, chance]) => happens(chance, clock))
  return (found?.[0] as CarrierFault | undefined) ?? null
}

function hookTo(address: string, { method, query, type, body }: HookExample): Hook {
  const url = new URL(address)
  for (const [name, value] of new URLSearchParams(query)) url.searchParams.append(name, value)
  return { method, url: url.href, headers: body === '' ? {} : { 'content-type': type }, body: Buffer.from(body) }
}

function keep<Kept>(all: Kept[], one: Kept): void {
  all.push(one)
  if (all.length > maxKept) all.splice(0, all.length - maxKept)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  let octets = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    octets += piece.length
    if (octets > maxRequestOctets) throw new Error('the request is too long')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

function answer(response: ServerResponse, status: number, body = ''): void {
  const type = /^\s*[[{]/.test(body) ? 'application/json' : 'text/plain'
  response.writeHead(status, { 'content-type': type }).end(body)
}
