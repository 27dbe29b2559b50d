import type { FastifyInstance } from 'fastify'
import type { AnsweredRequest } from '../message/events.ts'

/** Observes each answer of a server. A client that goes away before the end of its answer is not seen. */
export function observeAnswers(server: FastifyInstance, answered: (request: AnsweredRequest) => void): void {
  server.addHook('onResponse', async ({ method, routeOptions: { url } }, reply) => {
    const isStream = String(reply.getHeader('content-type')).startsWith('text/event-stream')
    answered({
      route: url ?? null,
      method,
      code: reply.statusCode,
      seconds: isStream ? null : reply.elapsedTime / 1000,
    })
  })
}
