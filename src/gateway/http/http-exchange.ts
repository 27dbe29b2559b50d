import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import type { FilledRequest } from '../../carrier/fill.ts'
import { asError } from '../../util/background.ts'
import type { Clock } from '../../util/clock.ts'

/** What became of a request. */
export type Exchanged =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly retryAfter: string | null
      readonly headers?: IncomingHttpHeaders
      /** Null where it is too long, or ended too early. */
      readonly body: string | null
    }
  /** No octet of it has left. */
  | { readonly kind: 'unsent'; readonly reason: string; readonly code: string | null }
  /** It has left, at least in part, and there is no answer. */
  | { readonly kind: 'unanswered'; readonly reason: string }

const maxAnswerOctets = 256 * 1024

export interface ExchangeOptions {
  readonly timeoutMs: number
  /** PEM, of an authority beside those of the system. */
  readonly ca: string | null
  readonly clock: Clock
  /** Ends it. */
  readonly signal: AbortSignal
  /** Asked when the connection is there, before the first octet: false sends nothing. */
  permit(): Promise<boolean>
}

/**
 * One request on a connection of its own: an earlier one may have been closed by the other end, which looks like
 * an answer that is lost. Redirects are not followed. Never rejects.
 */
export async function exchange(filled: FilledRequest, options: ExchangeOptions): Promise<Exchanged> {
  const { timeoutMs, clock, signal, ca, permit } = options
  const ending = new AbortController()
  const stop = () => ending.abort(new Error('the hub is stopping'))
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  const timer = clock.after(timeoutMs, () => ending.abort(new Error(`no answer within ${timeoutMs / 1_000} s`)))
  let isWritten = false
  try {
    const url = new URL(filled.url)
    const isSecure = url.protocol === 'https:'
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const length = filled.body === null ? {} : { 'content-length': Buffer.byteLength(filled.body) }
      const common = { method: filled.method, headers: { ...filled.headers, ...length }, agent: false as const }
      const request = isSecure
        ? httpsRequest(url, { ...common, signal: ending.signal, ...(ca !== null && { ca }) })
        : httpRequest(url, { ...common, signal: ending.signal })
      const write = async () => {
        if (!(await permit())) return request.destroy(new Error('it may not be sent any more'))
        if (ending.signal.aborted) return undefined
        isWritten = true
        return request.end(filled.body ?? undefined)
      }
      request.on('error', reject)
      request.on('response', resolve)
      request.on('close', () => reject(new Error('the connection was closed without an answer')))
      request.on('socket', (socket: Socket) => {
        socket.once(isSecure ? 'secureConnect' : 'connect', () => {
          write().catch((error: unknown) => request.destroy(asError(error)))
        })
      })
    })
    const body = await textOf(response)
    const { headers } = response
    return {
      kind: 'answer',
      status: response.statusCode ?? 0,
      retryAfter: headers['retry-after'] ?? null,
      headers,
      body,
    }
  } catch (error) {
    const failure = asError(ending.signal.aborted ? ending.signal.reason : error) as NodeJS.ErrnoException
    const reason = failure.message === '' ? (failure.code ?? 'the connection failed') : failure.message
    return isWritten ? { kind: 'unanswered', reason } : { kind: 'unsent', reason, code: failure.code ?? null }
  } finally {
    timer.cancel()
    signal.removeEventListener('abort', stop)
  }
}

async function textOf(response: IncomingMessage): Promise<string | null> {
  const pieces: Buffer[] = []
  let octets = 0
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      octets += piece.length
      if (octets > maxAnswerOctets) {
        response.destroy()
        return null
      }
      pieces.push(piece)
    }
  } catch {
    // The carrier has decided: with its status, an answer that ends too early is one that can't be read.
    return null
  }
  return Buffer.concat(pieces).toString('utf8')
}
