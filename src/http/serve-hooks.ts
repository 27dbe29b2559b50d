import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { CarrierHook, HookAnswer } from '../message/carrier-hook.ts'
import { refuse } from './refuse.ts'

/** Who takes calls of carriers. */
export interface HookSource {
  /** Null where there is no such gateway, or `token` is not that of its address. */
  hook(gateway: string, token: string, call: CarrierHook): Promise<HookAnswer | null>
}

/** Carriers send up to some hundred reports at once. */
const maxHookOctets = 1024 * 1024

/** `/hooks/<gateway>/<token>`: what carriers call with reports and texts. Who calls is proven by the gateway. */
export function serveHooks(server: FastifyInstance, source: HookSource): void {
  server.register(async (part) => {
    part.removeAllContentTypeParsers()
    // Signatures are over the octets.
    part.addContentTypeParser('*', { parseAs: 'buffer' }, async (_: FastifyRequest, body: Buffer) => body)
    part.route<{ Params: { gateway: string; token: string } }>({
      method: ['GET', 'POST'],
      url: '/hooks/:gateway/:token',
      exposeHeadRoute: false,
      bodyLimit: maxHookOctets,
      handler: async (request, reply) => {
        const { gateway, token } = request.params
        const answer = await source.hook(gateway, token, callOf(request))
        if (answer === null) return refuse(request, reply, 'unknown_route', 'there is no such gateway')
        return reply.code(answer.status).type(answer.type).send(answer.body)
      },
    })
  })
}

function callOf({ method, url, headers, body }: FastifyRequest): CarrierHook {
  const single = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value])
  return { method, url, headers: Object.fromEntries(single), body: Buffer.isBuffer(body) ? body : Buffer.alloc(0) }
}
