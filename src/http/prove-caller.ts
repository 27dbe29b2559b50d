import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Access } from '../access/index.ts'
import type { Peer, Refused } from '../access/proof.ts'
import { Fault } from '../message/fault.ts'
import { isoTime } from '../message/result.ts'
import { isSafe, originOf } from './origin-check.ts'
import { peerOf } from './peer.ts'
import { refuse } from './refuse.ts'
import { sessionIn } from './session-cookie.ts'

export interface AccessSource {
  readonly access: Access
  /** Addresses of reverse proxies, whose word about the client is taken. */
  readonly proxies: readonly string[]
  now(): number
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Where it comes from. */
    peer: Peer
  }
}

/** What is answered to known callers only. */
export const guarded = /^\/v1(?:[/?]|$)/

/** Proves who makes each request below `/v1`: by a key, a session, or its place while no password is set. */
export function proveCallers(server: FastifyInstance, source: AccessSource): void {
  server.decorateRequest('peer')
  server.addHook('onRequest', async (request, reply) => {
    if (!guarded.test(request.url)) return undefined
    request.peer = peerOf(request.raw, source.proxies)
    const { authorization } = request.headers
    return authorization === undefined
      ? bySession(request, reply, source)
      : byKey(authorization, request, reply, source)
  })
}

/** `Bearer smk_…`, or Basic with the user `key`, for programs that know nothing else. */
function byKey(authorization: string, request: FastifyRequest, reply: FastifyReply, source: AccessSource) {
  const [scheme = '', credentials = ''] = authorization.split(' ', 2)
  const isBasic = scheme.toLowerCase() === 'basic'
  // A browser repeats what was once typed into its own dialog.
  if (isBasic && originOf(request.headers) === 'foreign') return refuseForeign(request, reply)
  const text = isBasic ? passwordIn(credentials) : scheme.toLowerCase() === 'bearer' ? credentials : null
  if (text === null) {
    const way = 'send a key as Authorization: Bearer smk_…, or as the password of the user "key" (Basic)'
    return challenge(request, reply, isBasic, way)
  }
  const proof = source.access.prover.byKey(text, request.peer)
  if ('caller' in proof) {
    request.caller = proof.caller
    request.proven = () => source.access.prover.byKeyStill(text, request.peer)
    return undefined
  }
  return proof.refused === 'unauthenticated'
    ? challenge(request, reply, isBasic, proof.detail)
    : fail(proof, source.now())
}

function bySession(request: FastifyRequest, reply: FastifyReply, { access }: AccessSource) {
  const { headers, method, peer } = request
  const { prover } = access
  const session = sessionIn(headers.cookie, peer)
  const origin = originOf(headers)
  const caller = session === undefined ? null : prover.bySession(session, peer)
  if (caller !== null) {
    // Reading has effects too: streams of events and large lists take what others need.
    if (origin === 'foreign' || (origin === 'unknown' && !isSafe(method))) return refuseForeign(request, reply)
    request.caller = caller
    request.proven = () => prover.bySessionStill(session ?? '', peer)
    return undefined
  }
  // A page of another origin could read answers where it is listed in http.origins.
  if (origin !== 'foreign' && isOwnReferer(request)) {
    request.proven = () => prover.byPlace(peer)
    request.caller = request.proven()
  }
  return undefined
}

/** A page behind a proxy that hides itself still has its own address. */
function isOwnReferer({ headers: { referer, host } }: FastifyRequest): boolean {
  return referer === undefined || (URL.canParse(referer) && new URL(referer).host === host?.toLowerCase())
}

function passwordIn(credentials: string): string | null {
  const [user, ...password] = Buffer.from(credentials, 'base64').toString().split(':')
  return user === 'key' ? password.join(':') : null
}

/** The dialog of a browser is for those who have used it: a page shows its own. */
function challenge(request: FastifyRequest, reply: FastifyReply, isBasic: boolean, detail: string): FastifyReply {
  const bearer = 'Bearer realm="smshub", error="invalid_token"'
  reply.header('www-authenticate', isBasic ? `Basic realm="smshub", charset="UTF-8", ${bearer}` : bearer)
  return refuse(request, reply, 'unauthenticated', detail)
}

export function refuseForeign(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { origin = 'of another page, or none' } = request.headers
  const words = `the request comes from the origin ${origin}, not from this hub's own page: programs use a key`
  return refuse(request, reply, 'foreign_origin', words)
}

/** As a fault, of what was refused. */
export function fail({ refused, detail, retryAfter }: Refused, now: number): never {
  if (refused === 'rate_limited')
    throw new Fault('rate_limited', detail, { frees_at: isoTime(now + (retryAfter ?? 0) * 1_000) })
  throw new Fault('not_allowed', detail)
}
