import type { FastifyReply, FastifyRequest } from 'fastify'
import type * as z from 'zod'
import { isWanted, streamFilters } from '../api/event-operations.ts'
import { type Caller, hasScope } from '../message/caller.ts'
import type { LiveEvents, LogPlace } from '../message/live-events.ts'
import type { Rights } from '../message/rights.ts'
import { inBackground } from '../util/background.ts'
import type { Clock } from '../util/clock.ts'
import { EventStream } from './event-stream.ts'
import { refuse } from './refuse.ts'
import { validatorCompiler } from './validate.ts'

/** Streams at the same time: of all, and of one caller. Fewer than there may be connections. */
const maxStreams = { all: 500, ofCaller: 250 }
/** ms from a loss until a client tries again: not all of them at once after a restart. */
const retryMs = { least: 2_000, spread: 2_000 }

export interface EventStreamsDeps {
  readonly liveEvents: LiveEvents
  readonly clock: Clock
  now(): number
  log(line: string): void
  /** Observes how many streams are open. */
  streaming(count: number): void
}

/** What a key needs for them. */
export const eventScope = 'events:read'

/** Between two lines in the log. */
const quietMs = 60_000

/** Who reads, for as long as that can be proven. */
export interface Reader {
  readonly caller: Caller
  /** The same caller as it is now; null where the key or session has ended. */
  proven(): Caller | null
}

const check = validatorCompiler({ schema: streamFilters, httpPart: 'querystring', method: 'GET', url: '' })

/** The filters of a query. Fails with `invalid_payload`. */
function filtersOf(query: unknown): z.output<typeof streamFilters> {
  const { value, error } = check(query) as { readonly value: z.output<typeof streamFilters>; readonly error?: Error }
  if (error !== undefined) throw error
  return value
}

/** A key whose scopes were changed reads no more, as one that was removed. */
const rightsOf = (caller: Caller | null): Rights | null =>
  caller !== null && hasScope(caller, eventScope) ? caller.rights : null

/** All streams of events. */
export class EventStreams {
  readonly #deps: EventStreamsDeps
  readonly #open = new Map<EventStream, string>()
  #loggedAt = Number.NEGATIVE_INFINITY

  constructor(deps: EventStreamsDeps) {
    this.#deps = deps
  }

  get size(): number {
    return this.#open.size
  }

  /** Answers a request with a stream, or refuses it. The query has the form of the route. */
  start(reader: Reader, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { liveEvents, clock, now, streaming } = this.#deps
    const { name } = reader.caller
    if (this.#isFull(name)) {
      reply.header('retry-after', '15')
      return refuse(request, reply, 'too_many_streams', `${this.#open.size} streams of events are open: close some`)
    }
    const { after = 'newest', ...filters } = filtersOf(request.query)
    reply.headers(streamHeaders)
    reply.hijack()
    reply.raw.writeHead(200, reply.getHeaders() as Record<string, string>)
    const stream = new EventStream({
      response: reply.raw,
      reader: liveEvents.open(placeOf(request) ?? after, filters.device),
      clock,
      now,
      rights: () => rightsOf(reader.proven()),
      wanted: (event, rights) => isWanted(event, filters, rights),
      retryMs: Math.round(retryMs.least + retryMs.spread * clock.random()),
    })
    this.#open.set(stream, name)
    streaming(this.size)
    const closed = () => {
      this.#open.delete(stream)
      streaming(this.size)
    }
    inBackground(
      () => stream.run().finally(closed),
      ({ message }) => this.#failed(`a stream of events to ${name} has ended: ${message}`),
    )
    return reply
  }

  /** Ends all at once: their clients come again. */
  close(): void {
    for (const stream of this.#open.keys()) stream.end()
  }

  /** What ends one of them ends all, and they come again within seconds. */
  #failed(line: string): void {
    const now = this.#deps.clock.monotonic()
    if (now - this.#loggedAt < quietMs) return
    this.#loggedAt = now
    this.#deps.log(line)
  }

  #isFull(name: string): boolean {
    const own = [...this.#open.values()].filter((one) => one === name).length
    return this.#open.size >= maxStreams.all || own >= maxStreams.ofCaller
  }
}

const streamHeaders = {
  'content-type': 'text/event-stream',
  // Whatever compresses or collects answers on the way would hold events up.
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}

/**
 * Where a browser resumes, which wins over the address that it opened first. One that is no number is no place: the
 * stream begins with `reset`, as an error would end the client for good.
 */
function placeOf(request: FastifyRequest): LogPlace | null {
  const id = request.headers['last-event-id']
  if (id === undefined || id === '') return null
  return typeof id === 'string' && /^\d{1,15}$/.test(id) ? Number(id) : -1
}
