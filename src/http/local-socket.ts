import { existsSync, rmSync } from 'node:fs'
import Fastify, { type FastifyInstance } from 'fastify'
import { Fault } from '../message/fault.ts'
import { type Observable, observe } from './open-routes.ts'
import { schemaController } from './schema-compilers.ts'

/** What the local command line is served with. */
export interface LocalSource extends Observable {
  /** Writes a backup into a folder. */
  backup(folder: string): Promise<void>
  /** An operation of the hub by its path. */
  ask(path: string, body: Readonly<Record<string, unknown>>): Promise<unknown>
}

/** Limit of a table of devices. */
const maxTableOctets = 64 * 1024 * 1024

/** All operations, on a socket in the data folder: for the local command line. */
export async function serveControl(source: LocalSource, path: string): Promise<FastifyInstance> {
  if (existsSync(path)) rmSync(path)
  const server = Fastify({ logger: false, bodyLimit: maxTableOctets, schemaController })
  server.setErrorHandler((error, _request, reply) => {
    const fault = Fault.from(error)
    const status = (error as { statusCode?: number }).statusCode ?? 500
    return reply.code(status).send({ error: fault.message, code: fault.code })
  })
  observe(server, source)
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
