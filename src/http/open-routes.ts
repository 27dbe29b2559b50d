import type { FastifyInstance } from 'fastify'
import type { Health } from '../message/health.ts'

/** Sources of `/healthz` and `/metrics`. */
export interface Observable {
  health(): Health
  /** Prometheus text format. */
  metrics(): Promise<{ readonly contentType: string; readonly body: string }>
}

/** Serves `/healthz` and `/metrics`, without authentication. */
export function observe(server: FastifyInstance, source: Observable): void {
  server.get('/healthz', async (_request, reply) => {
    const health = source.health()
    return reply.code(health.ok ? 200 : 503).send(health)
  })
  server.get('/metrics', async (_request, reply) => {
    const { contentType, body } = await source.metrics()
    return reply.header('content-type', contentType).send(body)
  })
}
