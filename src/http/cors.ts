import type { FastifyInstance } from 'fastify'

const allowed = {
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers':
    'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID',
  'access-control-max-age': '600',
} as const
const exposed = 'ETag, Idempotency-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After'

/** Pages of these origins may use the interface, with a key: cookies are never sent along. */
export function allowOrigins(server: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return
  server.addHook('onRequest', async (request, reply) => {
    reply.header('vary', 'Origin')
    const { origin } = request.headers
    if (origin === undefined || !origins.includes(origin)) return undefined
    reply.headers({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': exposed,
      'cross-origin-resource-policy': 'cross-origin',
    })
    const isPreflight = request.method === 'OPTIONS' && 'access-control-request-method' in request.headers
    return isPreflight ? reply.headers(allowed).code(204).send() : undefined
  })
}
