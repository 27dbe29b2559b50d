import { createServer } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import type { AnsweredRequest } from '../message/events.ts'
import { Fault } from '../message/fault.ts'
import { boundConnections, refuseAmbiguous, serverOptions, takeJson } from './bounds.ts'
import { allowOrigins } from './cors.ts'
import type { EventStreamsDeps } from './event-streams.ts'
import { isOurs, nameIn } from './host-check.ts'
import { observeAnswers } from './observe-answers.ts'
import { type Observable, observe } from './open-routes.ts'
import { refuse, refuseFault } from './refuse.ts'
import { type RestSource, serveRest } from './rest-api.ts'
import { allRoutes } from './routes/all-routes.ts'
import { schemaController } from './schema-compilers.ts'
import { setSecurityHeaders } from './security-headers.ts'
import { serveEvents } from './serve-events.ts'
import { type PageOptions, servePage } from './serve-page.ts'

/** Sources of the HTTP server. */
export interface HttpSource extends Observable, RestSource, EventStreamsDeps {
  /** Observes each answer. */
  answered(request: AnsweredRequest): void
}

export interface HttpOptions {
  readonly host: string
  readonly port: number
  /** Host names of this hub; null where it is not reached by name. */
  readonly hosts: readonly string[] | null
  /** Origins of web pages elsewhere that may use the interface. */
  readonly origins: readonly string[]
  readonly version: string
  readonly page?: PageOptions
  /** Adds what proves who makes a request: it sets `request.caller`, and serves how to sign in. */
  readonly access: (server: FastifyInstance) => void
}

/** `/healthz`, `/metrics` and the page without authentication, and the REST interface below `/v1`. */
export async function serveHttp(
  source: HttpSource,
  { host, port, hosts, origins, version, page, access }: HttpOptions,
): Promise<FastifyInstance> {
  const server = Fastify({
    ...serverOptions,
    schemaController,
    frameworkErrors: (error, request, reply) => {
      refuseFault(request, reply, error, source)
    },
  })
  observeAnswers(server, (request) => source.answered(request))
  boundConnections(server.server)
  takeJson(server)
  server.decorateRequest('caller', null)
  server.decorateRequest('proven', null)
  server.setErrorHandler((error, request, reply) => refuseFault(request, reply, error, source))
  setSecurityHeaders(server)
  refuseAmbiguous(server)
  server.addHook('onRequest', async (request, reply) => {
    const name = nameIn(request.headers.host)
    if (hosts === null || isOurs(name, hosts)) return undefined
    const way = 'use its address, or add the name to http.hosts in smshub.yaml'
    return refuse(request, reply, 'foreign_host', `this hub is not called "${name}": ${way}`)
  })
  allowOrigins(server, origins)
  access(server)
  server.setNotFoundHandler((request, reply) =>
    refuse(request, reply, 'unknown_route', `there is no ${request.method} ${request.url.split('?', 1)[0]}`),
  )
  observe(server, source)
  serveEvents(server, source)
  serveRest(server, allRoutes, source)
  serveDocument(server, version)
  servePage(server, page)
  try {
    await server.listen({ host, port })
    return server
  } catch (error) {
    throw notListening(host, port, error)
  }
}

/** `/openapi.json`: what makes it, with the schemas of events, is loaded when somebody asks for it. */
function serveDocument(server: FastifyInstance, version: string): void {
  let document: Promise<unknown> | null = null
  server.get('/openapi.json', () => {
    document ??= import('./openapi.ts').then(({ openApi }) => openApi(allRoutes, version))
    return document
  })
}

/** Fails where the address can't be listened on; checked first, so that clients do not see a hub that ends again. */
export async function assertFree({ host, port }: { host: string; port: number }): Promise<void> {
  const probe = createServer()
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject)
      probe.listen({ host, port }, resolve)
    })
  } catch (error) {
    throw notListening(host, port, error)
  } finally {
    probe.close()
  }
}

function notListening(host: string, port: number, error: unknown): Fault {
  const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
  const other = `choose another, like http: { listen: ${host}:${port + 1} }`
  const reason = taken ? `port ${port} on ${host} is in use by another program: ${other}` : (error as Error).message
  return new Fault('invalid_config', `http.listen: ${reason}`, { key: 'http.listen' }, error)
}
