import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../message/caller.ts'
import type { DialectName } from '../../message/dialect-names.ts'
import { Fault } from '../../message/fault.ts'
import { idempotencyKeyOf } from '../idempotency-key.ts'
import { peerOf } from '../peer.ts'
import { httpProblem, type Problem, problemOf, retryAfterOf } from '../problem-document.ts'
import { type AccessSource, fail } from '../prove-caller.ts'
import { askerOf, type RestSource } from '../rest-api.ts'
import { dialects } from './all-dialects.ts'
import type { DialectRoute, ForeignAnswer, ForeignRequest, SentItem } from './http-dialect.ts'

export interface DialectSource extends AccessSource, RestSource {
  /** A line for the log, as an error. */
  log(line: string): void
}

const scope = 'messages:send'

/**
 * Answers as other programs' interfaces do, where that is switched on: each call is `message/send` with a key of the
 * hub. A session or the place of a client never counts here, so that a web page elsewhere can do nothing.
 */
export function serveDialects(server: FastifyInstance, names: readonly DialectName[], source: DialectSource): void {
  if (names.length === 0) return
  server.register(async (part) => {
    takeForms(part)
    for (const route of names.flatMap((name) => dialects[name]))
      part.route({
        method: route.method,
        url: route.path,
        // A HEAD must do nothing.
        exposeHeadRoute: false,
        handler: async (request, reply) => answer(route, request, reply, source),
      })
  })
}

function takeForms(part: FastifyInstance): void {
  part.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    async (_: FastifyRequest, body: Buffer) => {
      if (!isUtf8(body)) throw Object.assign(new Error('the body is not UTF-8'), { statusCode: 400 })
      return Object.fromEntries(new URLSearchParams(body.toString()))
    },
  )
}

async function answer(
  route: DialectRoute,
  request: FastifyRequest,
  reply: FastifyReply,
  source: DialectSource,
): Promise<unknown> {
  const asked = asForeign(request)
  const result = await carryOut(route, asked, request, source)
  if (!('problem' in result)) return send(reply, route.sent(result.items, asked))
  const { problem } = result
  const after = retryAfterOf(problem, source.now())
  if (after !== null) reply.header('retry-after', after)
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="smshub"')
  return send(reply, route.refused(problem, asked))
}

type Result = { readonly items: readonly SentItem[] } | { readonly problem: Problem }

async function carryOut(
  route: DialectRoute,
  asked: ForeignRequest,
  request: FastifyRequest,
  source: DialectSource,
): Promise<Result> {
  // The path as it is may have the key in it.
  const refused = { path: route.path, requestId: request.id, route: route.path }
  try {
    const caller = callerOf(route.key(asked), request, source)
    if ('code' in caller) return { problem: httpProblem(caller.code, caller.detail, refused) }
    const { once, ...wanted } = route.read(asked)
    if (wanted.to.length === 0)
      throw new Fault('invalid_payload', `there is no recipient: it belongs into ${route.recipient}`)
    const key = idempotencyKeyOf(request.headers['idempotency-key'])
    const asker = key === null ? askerOf(caller, once?.id ?? null, once?.forMs) : askerOf(caller, key)
    const { messages } = await source.request('message/send', wanted, asker)
    // One who is named twice is sent to once.
    return { items: (messages as readonly SentItem[]).filter(({ status }) => status !== 'duplicate') }
  } catch (error) {
    const fault = Fault.from(error)
    if (fault.code === 'internal') source.log(`a defect of the hub in ${route.path} (${request.id}): ${fault.stack}`)
    return { problem: problemOf(fault, refused) }
  }
}

interface Unproven {
  readonly code: 'unauthenticated' | 'insufficient_scope'
  readonly detail: string
}

function callerOf(key: string | undefined, request: FastifyRequest, source: DialectSource): Caller | Unproven {
  if (key === undefined || key === '') return { code: 'unauthenticated', detail: 'a key of the hub is missing' }
  const proof = source.access.prover.byKey(key, peerOf(request.raw, source.proxies))
  if ('refused' in proof) {
    if (proof.refused !== 'unauthenticated') return fail(proof, source.now())
    return { code: 'unauthenticated', detail: proof.detail }
  }
  const { caller } = proof
  if (caller.scopes === null || caller.scopes.includes(scope)) return caller
  return { code: 'insufficient_scope', detail: `${caller.name} lacks the scope ${scope}` }
}

function asForeign({ headers, params, query, body }: FastifyRequest): ForeignRequest {
  const fields = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {}
  return {
    headers,
    params: params as ForeignRequest['params'],
    query: query as ForeignRequest['query'],
    body: fields as ForeignRequest['body'],
  }
}

const send = (reply: FastifyReply, { status, body, type }: ForeignAnswer): FastifyReply =>
  typeof body === 'string'
    ? reply
        .code(status)
        .type(type ?? 'text/plain; charset=utf-8')
        .send(body)
    : reply.code(status).send(body)
