import type { FastifyReply } from 'fastify'
import type * as z from 'zod'
import type { quotaSchema } from '../api/quota-operations.ts'

type Quota = z.output<typeof quotaSchema>

/** RateLimit-Policy and RateLimit, as the draft of the IETF has them (draft-ietf-httpapi-ratelimit-headers). */
export function showQuotas(reply: FastifyReply, quotas: readonly Quota[], now: number): void {
  if (quotas.length === 0) return
  reply.header('ratelimit-policy', quotas.map(policyOf).join(', '))
  reply.header('ratelimit', quotas.map((quota) => limitOf(quota, now)).join(', '))
}

/** Only requests, octets and connections are registered units. */
const policyOf = ({ name, limit, window_s, unit }: Quota): string =>
  `"${name}";q=${limit};w=${window_s}${unit === 'requests' ? '' : `;smshub-unit="${unit}"`}`

const limitOf = ({ name, left, frees_at }: Quota, now: number): string =>
  `"${name}";r=${left};t=${Math.max(0, Math.ceil((Date.parse(frees_at) - now) / 1000))}`
