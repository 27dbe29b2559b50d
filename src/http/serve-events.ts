import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Caller } from '../message/caller.ts'
import { EventStreams, type EventStreamsDeps, eventScope, type Reader } from './event-streams.ts'
import { EventTickets, ticketSeconds } from './event-tickets.ts'
import { refuse } from './refuse.ts'
import { admit, prefix } from './rest-api.ts'

const path = `${prefix}/events`

/**
 * Adds to the page of events: a stream for who asks for text/event-stream, and tickets for those who can't send a
 * header. After what proves callers, and before the routes.
 */
export function serveEvents(server: FastifyInstance, deps: EventStreamsDeps): EventStreams {
  const streams = new EventStreams(deps)
  const tickets = new EventTickets(deps.clock)

  server.addHook('onRequest', async (request, reply) => {
    const { ticket } = request.query as { readonly ticket?: unknown }
    if (ticket === undefined || request.routeOptions.url !== path) return undefined
    const reader = typeof ticket === 'string' ? tickets.take(ticket) : null
    const caller = reader?.proven() ?? null
    if (reader === null || caller === null) {
      const words = `the ticket was used, is older than ${ticketSeconds} s, or is of somebody who has no access any more`
      return refuse(request, reply, 'unauthenticated', words)
    }
    request.caller = caller
    request.proven = reader.proven
    return undefined
  })

  server.addHook('preHandler', async (request, reply) => {
    const { method, headers, routeOptions } = request
    const isStream =
      method === 'GET' && routeOptions.url === path && /\btext\/event-stream\b/i.test(headers.accept ?? '')
    return isStream ? streams.start(readerOf(request), request, reply) : undefined
  })

  server.post(
    `${path}/ticket`,
    { onRequest: async (request, reply) => admit(eventScope, request, reply) },
    async (request, reply) => {
      const ticket = tickets.make(readerOf(request))
      return reply.code(201).send({ ticket, expires_in: ticketSeconds })
    },
  )

  server.addHook('preClose', async () => streams.close())
  return streams
}

/** Admitted already. */
function readerOf({ caller, proven }: FastifyRequest): Reader {
  return { caller: caller as Caller, proven: proven ?? (() => caller) }
}
