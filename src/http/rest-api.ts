import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import type { Data } from '../api/operation.ts'
import type { Asker } from '../message/accepted.ts'
import { type Caller, hasScope } from '../message/caller.ts'
import { Fault } from '../message/fault.ts'
import type { Scope } from '../message/scopes.ts'
import { idempotencyKeyOf } from './idempotency-key.ts'
import { ListsAtOnce } from './lists-at-once.ts'
import { type ShownQuota, showQuotas } from './rate-limit-headers.ts'
import { refuse } from './refuse.ts'
import { sendContent, showRevision, wantedRevision } from './revisions.ts'
import type { Parts, Route } from './route.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who makes the request; null while that is not proven. */
    caller: Caller | null
    /** The same as it is now, for answers that last: null where its key or session has ended. */
    proven: (() => Caller | null) | null
  }
}

/** What the REST interface needs of the hub. */
export interface RestSource {
  /** Carries out an operation. */
  request(path: string, data: unknown, asker: Asker): Promise<Data>
  /** ms since 1970. */
  now(): number
  /** A line for the log, as an error. */
  log(line: string): void
}

export const prefix = '/v1'
const nothing = z.strictObject({})

/** Serves a table of routes below `/v1`. */
export function serveRest(server: FastifyInstance, routes: readonly Route[], source: RestSource): void {
  const lists = new ListsAtOnce()
  for (const route of routes) {
    const { method, path, params, query = nothing, body, maxOctets } = route
    server.route({
      method,
      url: `${prefix}${path}`,
      ...(maxOctets !== undefined && { bodyLimit: maxOctets }),
      schema: {
        ...(params && { params }),
        querystring: query,
        ...(method !== 'GET' && { body: body ?? nothing.optional() }),
      },
      onRequest: async (request, reply) => admit(route.scope, request, reply),
      handler: async (request, reply) => {
        const answer = () => render(route, request, reply, source)
        return route.kind === 'list' ? lists.run((request.caller as Caller).name, answer) : answer()
      },
    })
  }
  refuseOtherMethods(server, routes)
}

/** Who is not known, or has a key that is not for this, gets no further: the body is not read. */
export function admit(scope: Scope, request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
  const { caller } = request
  if (caller === null) {
    reply.header('www-authenticate', 'Bearer realm="smshub"')
    return refuse(request, reply, 'unauthenticated', 'send a key as Authorization: Bearer smk_…, or sign in')
  }
  if (hasScope(caller, scope)) return undefined
  reply.header('www-authenticate', `Bearer error="insufficient_scope", scope="${scope}"`)
  return refuse(request, reply, 'insufficient_scope', `${caller.name} lacks the scope ${scope}`)
}

async function render(
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  source: RestSource,
): Promise<unknown> {
  const revision = route.revision === 'changes' ? wantedRevision(request, reply) : null
  if (revision === undefined) return reply
  const key = route.kind === 'queues' ? idempotencyKeyOf(request.headers['idempotency-key']) : null
  const asker = {
    ...askerOf(request.caller as Caller, key),
    ...(route.method === 'GET' && { wanted: wantedBy(reply) }),
  }
  const input = inputOf(route, request)
  if (key !== null) assertOneId(key, input.id)
  const quotas = (fault: Fault | null) =>
    route.kind === 'queues' ? showWhatIsLeft(reply, source, asker, fault) : undefined
  const wanted = { ...input, ...(revision !== null && { revision }) }
  const data = await source.request(route.operation, wanted, asker).catch(async (error: unknown) => {
    const fault = Fault.from(error)
    if (fault.code === 'rate_limited') await quotas(fault)
    throw error
  })
  await quotas(null)
  reply.code(route.unqueued?.when(data) ? 200 : (route.status ?? 200))
  const location = route.location?.(data) ?? null
  if (location !== null) reply.header('location', `${prefix}${location}`)
  if (data.repeated === true) reply.header('idempotency-replayed', 'true')
  if (route.status === 204) return reply.send()
  if (route.revision === 'shows' && showRevision(request, reply, data.revision as string)) return reply.code(304).send()
  const shown = route.shows === undefined ? data : route.shows(data)
  if (route.revision === 'content') return sendContent(request, reply, shown)
  return route.kind === 'list' ? page(request, reply, shown as Data) : shown
}

/** Aborted when the client has gone before its answer. */
function wantedBy({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort()
  })
  return controller.signal
}

/** What was queued is queued: a figure that can't be read does not change the answer. */
async function showWhatIsLeft(
  reply: FastifyReply,
  source: RestSource,
  asker: Asker,
  fault: Fault | null,
): Promise<void> {
  try {
    const { quotas } = await source.request('quota/list', {}, asker)
    showQuotas(reply, quotas as readonly ShownQuota[], fault, source.now())
  } catch (error) {
    source.log(`the quotas of ${asker.name} can't be read: ${Fault.from(error).message}`)
  }
}

function inputOf(route: Route, request: FastifyRequest): Readonly<Record<string, unknown>> {
  const parts = request as unknown as Parts
  return route.input?.(parts) ?? { ...parts.query, ...(parts.body as object | undefined), ...parts.params }
}

/** The header and the payload name the same request. */
function assertOneId(key: string, id: unknown): void {
  if (id === undefined || String(id) === key) return
  const detail = 'differs from the header Idempotency-Key: leave one of them out'
  throw new Fault('invalid_payload', `id ${detail}`, { errors: [{ pointer: '/id', detail }] })
}

/** A page of a list: `{ data, next_cursor }`, and the link to the next one (RFC 8288). */
function page(request: FastifyRequest, reply: FastifyReply, { next, ...shown }: Data): Data {
  if (typeof next !== 'string') return { ...shown, next_cursor: null }
  const [path = '', query = ''] = request.url.split('?', 2)
  const parameters = new URLSearchParams(query)
  parameters.set('cursor', next)
  reply.header('link', `<${path}?${parameters}>; rel="next"`)
  return { ...shown, next_cursor: next }
}

export const askerOf = ({ name, rights, perHour }: Caller, id: string | null, idForMs?: number): Asker => ({
  surface: 'http',
  name,
  isAnonymous: false,
  rights,
  replyTo: null,
  delivery: null,
  id,
  idForMs,
  perHour,
  expirySeconds: null,
  waited: false,
  mayBeClearing: false,
})

/** A path that exists with another method. */
function refuseOtherMethods(server: FastifyInstance, routes: readonly Route[]): void {
  const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
  for (const path of new Set(routes.map((route) => route.path))) {
    const taken = routes.filter((route) => route.path === path).map(({ method }) => method)
    const allowed = [...taken, ...(taken.includes('GET') ? ['HEAD'] : [])].join(', ')
    server.route({
      method: methods.filter((method) => !taken.includes(method)),
      url: `${prefix}${path}`,
      onRequest: async (request, reply) => {
        reply.header('allow', allowed)
        return refuse(request, reply, 'method_not_allowed', `${request.method} is not possible here; ${allowed} is`)
      },
      handler: async () => {},
    })
  }
}
