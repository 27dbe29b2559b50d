import { existsSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { hostname } from 'node:os'
import Fastify, { type FastifyInstance } from 'fastify'
import { Fault } from '../message/fault.ts'
import type { Health } from '../message/health.ts'

/** Sources of the HTTP server. */
export interface HttpSource {
  health(): Health
  /** Prometheus text format. */
  metrics(): Promise<{ readonly contentType: string; readonly body: string }>
  /** Writes a backup into a folder; over the hub's own socket only. */
  backup(folder: string): Promise<void>
  /** An operation of the hub by its path; over the hub's own socket only. */
  ask(path: string, body: Readonly<Record<string, unknown>>): Promise<unknown>
}

/** `/healthz` and `/metrics`, without authentication. */
export async function serveHttp(
  source: HttpSource,
  { host, port, hosts }: { host: string; port: number; hosts: readonly string[] },
): Promise<FastifyInstance> {
  const server = observing(source)
  server.addHook('onRequest', async (request, reply) => {
    const name = nameIn(request.headers.host)
    if (isOurs(name, hosts)) return
    const error = `this hub is not called "${name}": use its address, or add the name to http.hosts in smshub.yaml`
    return reply.code(403).send({ error })
  })
  try {
    await server.listen({ host, port })
    return server
  } catch (error) {
    throw notListening(host, port, error)
  }
}

/** Top-level domains that can't be registered; home networks and clusters use them. */
const localEnding = /\.(?:local|lan|home|internal|localhost|home\.arpa|svc|test)$/

/** The host of a Host header, without its port. */
const nameIn = (header = ''): string => header.toLowerCase().replace(/:\d+$/, '')

/**
 * Against DNS rebinding: a web page can point its own domain name at this address and read the answers. Addresses,
 * names without dots and names that can't be registered are safe.
 */
function isOurs(name: string, hosts: readonly string[]): boolean {
  const own = [...hosts, hostname()].map((host) => host.toLowerCase())
  const isAddress = /^[\d.]+$|^\[.*\]$/.test(name)
  return isAddress || !name.includes('.') || localEnding.test(name) || own.includes(name)
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

/** The same and all operations, on a socket in the data folder: for the local command line. */
export async function serveControl(source: HttpSource, path: string): Promise<FastifyInstance> {
  if (existsSync(path)) rmSync(path)
  const server = observing(source, maxTableOctets)
  server.post<{ Body: { folder?: unknown } }>('/backup', async (request, reply) => {
    const { folder } = request.body ?? {}
    if (typeof folder !== 'string') return reply.code(400).send({ error: 'folder must be a path' })
    await source.backup(folder)
    return { folder }
  })
  server.post<{ Params: { '*': string }; Body: Readonly<Record<string, unknown>> }>('/ask/*', async (request) => ({
    answer: (await source.ask(request.params['*'], request.body ?? {})) ?? null,
  }))
  await server.listen({ path })
  return server
}

/** Limit of a table of devices. */
const maxTableOctets = 64 * 1024 * 1024

function observing(source: HttpSource, bodyLimit = 64 * 1024): FastifyInstance {
  const server = Fastify({ logger: false, bodyLimit })
  server.get('/healthz', async (_request, reply) => {
    const health = source.health()
    return reply.code(health.ok ? 200 : 503).send(health)
  })
  server.get('/metrics', async (_request, reply) => {
    const { contentType, body } = await source.metrics()
    return reply.header('content-type', contentType).send(body)
  })
  server.setErrorHandler((error, _request, reply) => {
    const fault = Fault.from(error)
    const status = (error as { statusCode?: number }).statusCode ?? 500
    return reply.code(status).send({ error: fault.message, code: fault.code })
  })
  return server
}
