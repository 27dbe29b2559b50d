import type { FastifyReply } from 'fastify'
import type * as z from 'zod'
import type { quotaSchema } from '../api/quota-operations.ts'
import type { Fault } from '../message/fault.ts'
import { violatedBy } from './problem-document.ts'

export type ShownQuota = z.output<typeof quotaSchema>

/**
 * RateLimit-Policy and RateLimit, as the draft of the IETF has them (draft-ietf-httpapi-ratelimit-headers). With a
 * refusal the quota that is used up is among them, and Retry-After is no earlier than it has room again.
 */
export function showQuotas(reply: FastifyReply, listed: readonly ShownQuota[], fault: Fault | null, now: number): void {
  const violated = fault && violatedIn(fault, listed)
  const quotas = violated === null || listed.includes(violated) ? listed : [...listed, violated]
  if (quotas.length === 0) return
  reply.header('ratelimit-policy', quotas.map(policyOf).join(', '))
  reply.header('ratelimit', quotas.map((quota) => limitOf(quota, now)).join(', '))
  if (violated !== null) reply.header('retry-after', secondsTo(violated, now))
}

/** That of a device is listed with its refusals only: there may be thousands. */
function violatedIn(fault: Fault, listed: readonly ShownQuota[]): ShownQuota | null {
  const name = violatedBy(fault)
  if (name !== 'device-day') return listed.find((quota) => quota.name === name) ?? null
  const { limit, frees_at } = fault.detail as Pick<ShownQuota, 'limit' | 'frees_at'>
  return { name, unit: 'segments', limit, left: 0, window_s: 86_400, frees_at }
}

/** Only requests, octets and connections are registered units. */
const policyOf = ({ name, limit, window_s, unit }: ShownQuota): string =>
  `"${name}";q=${limit};w=${window_s}${unit === 'requests' ? '' : `;smshub-unit="${unit}"`}`

const limitOf = (quota: ShownQuota, now: number): string => `"${quota.name}";r=${quota.left};t=${secondsTo(quota, now)}`

const secondsTo = ({ frees_at }: ShownQuota, now: number): number =>
  Math.max(0, Math.ceil((Date.parse(frees_at) - now) / 1000))
