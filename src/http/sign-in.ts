import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type * as z from 'zod'
import type { Begun } from '../access/prover.ts'
import { originOf } from './origin-check.ts'
import { LogIn, NewPassword } from './own-routes.ts'
import { type AccessSource, fail, proveCallers, refuseForeign } from './prove-caller.ts'
import { refuse } from './refuse.ts'
import { askerOf, type RestSource } from './rest-api.ts'
import { sessionCookie, sessionIn } from './session-cookie.ts'
import { shownCaller } from './shown-caller.ts'

export type SignInSource = AccessSource & RestSource

/** Proves who makes requests, and lets people log in and out: `/v1/session`. */
export function serveAccess(server: FastifyInstance, source: SignInSource): void {
  const { prover } = source.access
  proveCallers(server, source)

  server.get('/v1/session', async (request) => {
    const { caller, peer } = request
    return {
      caller: caller && shownCaller(caller),
      password_needed: prover.isOpen,
      hint: hintOf(prover.isOpen, peer.isHere),
    }
  })

  server.post<{ Body: z.output<typeof LogIn> }>('/v1/session', { schema: { body: LogIn } }, async (request, reply) => {
    // Else a foreign page could log a browser in as somebody else.
    if (originOf(request.headers) === 'foreign') return refuseForeign(request, reply)
    const { peer, body } = request
    const guess = { ...body, address: peer.address, isGone: () => request.raw.socket.destroyed }
    const begun = await prover.logIn(guess, peer, request.headers['user-agent'] ?? '')
    if (!('refused' in begun)) return begin(begun, request, reply)
    if (begun.refused !== 'unauthenticated') return fail(begun, source.now())
    reply.header('www-authenticate', 'Bearer realm="smshub"')
    return refuse(request, reply, 'unauthenticated', begun.detail)
  })

  server.delete('/v1/session', async (request, reply) => {
    const session = sessionIn(request.headers.cookie, request.peer)
    if (request.caller?.via === 'session' && session !== undefined) await prover.logOut(session)
    return reply.header('set-cookie', sessionCookie(null, request.peer)).code(204).send()
  })

  server.post<{ Body: z.output<typeof NewPassword> }>(
    '/v1/session/password',
    { schema: { body: NewPassword } },
    async (request, reply) => {
      const { caller, peer, headers, body } = request
      if (caller?.via !== 'session') return refuse(request, reply, 'unauthenticated', 'log in first')
      const name = caller.name.slice('user:'.length)
      await source.request('user/password', { ...body, name }, askerOf(caller, null))
      const begun = await prover.logInAgain(caller, peer, headers['user-agent'] ?? '')
      if (begun === null) return refuse(request, reply, 'unauthenticated', 'the user was removed meanwhile')
      return begin(begun, request, reply)
    },
  )
}

const begin = ({ session, caller }: Begun, { peer }: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply.header('set-cookie', sessionCookie(session, peer)).send({ caller: shownCaller(caller) })

function hintOf(isOpen: boolean, isHere: boolean): string | null {
  if (!isOpen) return null
  return isHere
    ? 'no password is set: everybody on this machine may do everything, and nobody elsewhere anything. Set one: POST /v1/users'
    : 'no password is set yet: set it on the machine of the hub, with its page or smshub users add <name> --role admin'
}
