import type { LookupAddress } from 'node:dns'
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { LookupFunction, Socket } from 'node:net'
import { rootCertificates } from 'node:tls'
import { Fault } from '../message/fault.ts'
import { asError, inBackground } from '../util/background.ts'
import type { Clock } from '../util/clock.ts'
import { escaped } from '../util/escape.ts'
import { type Guard, hostOf } from './guard.ts'

/** From the look-up of the host to the end of the answer. */
const timeoutMs = 15_000
const maxReadOctets = 64 * 1024
const maxKeptOctets = 1_024
const maxReasonLength = 500

/** Finds the addresses of a host. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>

export interface CallerDeps {
  readonly guard: Guard
  readonly clock: Clock
  readonly resolve: Resolve
  /** Certificates of the owner's own authorities, PEM; those of the system are trusted as well. */
  readonly ca: string | null
  readonly userAgent: string
}

export interface Call {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What became of a call. */
export interface Answer {
  /** Null when there was no answer. */
  readonly status: number | null
  readonly retryAfter: string | null
  /** The beginning of the body. */
  readonly text: string
  /** Why it is no success; null for a 2xx answer. */
  readonly error: string | null
  readonly tookMs: number
}

/** Calls endpoints: one connection for each call, no redirects, no proxy, to no address that the guard refuses. */
export class Caller {
  readonly #deps: CallerDeps
  // Agents of our own: the environment can make the global ones use a proxy.
  readonly #http = new HttpAgent({ keepAlive: false })
  readonly #https: HttpsAgent
  readonly #inFlight = new Set<AbortController>()
  #isStopped = false

  constructor(deps: CallerDeps) {
    this.#deps = deps
    const ca = deps.ca === null ? {} : { ca: [...rootCertificates, deps.ca] }
    this.#https = new HttpsAgent({ keepAlive: false, rejectUnauthorized: true, ...ca })
  }

  /** Cuts off what is in flight, and makes no call any more. */
  stop(): void {
    this.#isStopped = true
    for (const one of this.#inFlight) one.abort(stopping())
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Never rejects. */
  async post(call: Call): Promise<Answer> {
    const { clock } = this.#deps
    const startedAt = clock.monotonic()
    const ending = new AbortController()
    if (this.#isStopped) ending.abort(stopping())
    this.#inFlight.add(ending)
    const timer = clock.after(timeoutMs, () => ending.abort(new Error(`no answer within ${timeoutMs / 1_000} s`)))
    const nothing = { status: null, retryAfter: null, text: '' }
    const result = await this.#exchange(call, ending.signal).catch((error: unknown) => {
      const reason = ending.signal.aborted ? ending.signal.reason : error
      return { ...nothing, error: reasonOf(reason) }
    })
    timer.cancel()
    this.#inFlight.delete(ending)
    return { ...result, tookMs: Math.round(clock.monotonic() - startedAt) }
  }

  async #exchange(call: Call, signal: AbortSignal): Promise<Omit<Answer, 'tookMs'>> {
    const { guard } = this.#deps
    // Allowed networks may have changed since the endpoint was added.
    const problem = guard.problemOf(call.url)
    if (problem !== null) throw new Fault('not_allowed', `url ${problem}`)
    const response = await this.#request(call, signal)
    const { statusCode: status = 0, headers } = response
    // The receiver has decided: what becomes of the rest of its answer changes nothing.
    const text = await beginningOf(response, signal)
    return {
      status,
      retryAfter: headers['retry-after'] ?? null,
      text,
      error: errorOf(status, headers.location, call.url),
    }
  }

  #request({ url: text, headers, body }: Call, signal: AbortSignal): Promise<IncomingMessage> {
    const url = new URL(text)
    const isSecure = url.protocol === 'https:'
    return new Promise((resolve, reject) => {
      const options = {
        method: 'POST',
        lookup: this.#lookupFor(url),
        signal,
        headers: {
          ...headers,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': this.#deps.userAgent,
        },
      }
      const request: ClientRequest = isSecure
        ? httpsRequest(url, { ...options, agent: this.#https })
        : httpRequest(url, { ...options, agent: this.#http })
      request.on('error', reject)
      request.on('response', resolve)
      request.on('close', () => reject(new Error('the connection was closed without an answer')))
      request.on('socket', (socket) => this.#watch(socket, url))
      request.end(body)
    })
  }

  /** The only look-up of a call: the connection is made to the addresses that were checked here. */
  #lookupFor(url: URL): LookupFunction {
    return (host, { all = false }, done) => {
      const found = (addresses: LookupAddress[]) => {
        const [first] = addresses
        if (all) done(null, addresses)
        else done(null, first?.address ?? '', first?.family)
      }
      inBackground(
        async () => found(await this.#addressesOf(host, url)),
        (error) => done(error, ''),
      )
    }
  }

  async #addressesOf(host: string, url: URL): Promise<LookupAddress[]> {
    const addresses = await this.#deps.resolve(host)
    const refusals = addresses.map(({ address }) => this.#deps.guard.refusalOf(address, url))
    const allowed = addresses.filter((_, i) => refusals[i] === null)
    if (allowed.length > 0) return allowed
    throw new Fault('not_allowed', `${host} is not called: ${refusals[0] ?? 'it has no address'}`)
  }

  /** Wherever the connection has led in the end, nothing is sent to an address that is refused. */
  #watch(socket: Socket, url: URL): void {
    socket.once('connect', () => {
      const { remoteAddress = '' } = socket
      const refusal = this.#deps.guard.refusalOf(remoteAddress, url)
      if (refusal !== null) socket.destroy(new Fault('not_allowed', `${hostOf(url)} is not called: ${refusal}`))
    })
  }
}

const stopping = () => new Error('the hub is stopping')

/** Of where a redirect leads only the host is shown: paths and queries of endpoints hold their passwords. */
function errorOf(status: number, location: string | undefined, url: string): string | null {
  if (status >= 200 && status < 300) return null
  const where = location !== undefined && URL.canParse(location, url) ? ` to ${new URL(location, url).origin}` : ''
  if (status >= 300 && status < 400)
    return `answered ${status}, a redirect${where}: redirects are not followed, change the URL`
  return `answered ${status}`
}

/** The beginning of a body. More than is kept is read, so that an ordinary answer ends by itself; then it is cut off. */
async function beginningOf(response: IncomingMessage, signal: AbortSignal): Promise<string> {
  const kept: Buffer[] = []
  let octets = 0
  return new Promise((resolve) => {
    const end = () => {
      response.destroy()
      resolve(textOf(Buffer.concat(kept).subarray(0, maxKeptOctets)))
    }
    response.on('data', (chunk: Buffer) => {
      if (octets < maxKeptOctets) kept.push(chunk)
      octets += chunk.length
      if (octets >= maxReadOctets) end()
    })
    response.on('error', end)
    response.on('end', end)
    response.on('close', end)
    if (signal.aborted) end()
  })
}

/** What a stranger has sent, to be shown in a list: one line, without a character that was cut in two. */
const textOf = (octets: Buffer): string =>
  escaped(octets.toString('utf8').replace(/\uFFFD+$/, '')).slice(0, maxKeptOctets)

/** Of a host with several addresses there is an error for each of them. */
function reasonOf(error: unknown): string {
  const { message, errors = [] } = asError(error) as Error & { errors?: readonly unknown[] }
  const all = message !== '' ? [message] : errors.map((one) => asError(one).message)
  return escaped(all.join('; ') || 'the connection failed').slice(0, maxReasonLength)
}
