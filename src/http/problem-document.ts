import * as z from 'zod'
import { type Fault, type FaultCode, faults, hintOf } from '../message/fault.ts'

interface Row {
  readonly status: number
  readonly title: string
}

/** A row of what is unknown: 404 where the path names it, 422 where the body or the query does. */
interface Unknown extends Row {
  /** Routes whose path names it. */
  readonly namedBy: RegExp
}
const unknown = (what: string, namedBy: RegExp): Unknown => ({ status: 404, title: `Unknown ${what}`, namedBy })
const invalid: Row = { status: 422, title: 'Invalid request' }
const notAllowed: Row = { status: 403, title: 'Not allowed' }
const noRoom: Row = { status: 503, title: 'Nothing can be stored' }
const noStore: Row = { status: 500, title: 'The store is not usable' }
const defect: Row = { status: 500, title: 'Defect of the hub' }
const outside: Row = { status: 502, title: 'The mobile network did not do it' }

/** Problems of HTTP itself, which no other interface has. */
const ofHttp = {
  malformed_request: { status: 400, title: 'Malformed request' },
  unauthenticated: { status: 401, title: 'Who makes the request is not known' },
  insufficient_scope: { status: 403, title: 'The key is not for this' },
  foreign_origin: { status: 403, title: 'From another web page' },
  foreign_host: { status: 403, title: 'Another name of the hub' },
  unknown_route: { status: 404, title: 'No such route' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  request_timeout: { status: 408, title: 'Request timed out' },
  precondition_failed: { status: 412, title: 'It was changed meanwhile' },
  payload_too_large: { status: 413, title: 'Request too large' },
  unsupported_media_type: { status: 415, title: 'Not JSON' },
  too_many_streams: { status: 503, title: 'Too many streams of events' },
  precondition_required: { status: 428, title: 'If-Match is missing' },
  headers_too_large: { status: 431, title: 'Headers too large' },
} as const satisfies Readonly<Record<string, Row>>

/** The status of every fault. */
const ofFaults: Readonly<Record<FaultCode, Row | Unknown>> = {
  invalid_payload: invalid,
  unknown_device: unknown('device', /\/(?:devices|conversations)\/:/),
  unknown_command: unknown('command', /\/(?:commands|messages)\/:/),
  unknown_property: unknown('property', /\/set\/:/),
  not_found: unknown('name', /\/:/),
  out_of_range: invalid,
  not_allowed: notAllowed,
  retained_command: invalid,
  duplicate: { status: 409, title: 'The same is under way' },
  conflict: { status: 409, title: 'Its state does not allow it' },
  rate_limited: { status: 429, title: 'Quota used up' },
  queue_full: { status: 429, title: 'Queue full' },
  ttl_expired: invalid,
  not_supported: { status: 422, title: 'Not supported' },
  no_gateway: unknown('gateway', /\/gateways\/:/),
  number_blocked: { status: 403, title: 'Number not allowed' },
  text_too_long: invalid,
  encoding_error: invalid,
  modem_error: outside,
  carrier_error: outside,
  network_rejected: outside,
  delivery_failed: outside,
  reply_timeout: { status: 504, title: 'No answer in time' },
  reply_mismatch: outside,
  device_error: outside,
  internal: defect,
  invalid_config: invalid,
  invalid_profile: invalid,
  data_locked: noStore,
  store_damaged: noStore,
  store_newer: noStore,
  storage_full: noRoom,
  storage_failed: noRoom,
  port_failed: outside,
  malformed_pdu: invalid,
}

export type HttpCode = keyof typeof ofHttp
const codes = [...Object.keys(ofHttp), ...Object.keys(faults)] as [HttpCode | FaultCode, ...(HttpCode | FaultCode)[]]

/** One place that is wrong: a JSON pointer into the body, or the name of a parameter. */
const wrong = z.object({
  pointer: z.string().optional(),
  parameter: z.string().optional(),
  detail: z.string(),
  code: z.enum(codes).optional(),
})
export type Wrong = z.output<typeof wrong>

/** An error as RFC 9457 has it. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    instance: z.string(),
    code: z.enum(codes),
    retryable: z.boolean(),
    hint: z.string().optional(),
    errors: z.array(wrong).optional(),
    details: z.record(z.string(), z.unknown()).optional(),
    request_id: z.string(),
    'violated-policies': z.array(z.string()).optional(),
  })
  .meta({ id: 'Problem' })
export type Problem = z.output<typeof Problem>

/** The request that has the problem. */
export interface Refused {
  readonly path: string
  readonly requestId: string
  /** The path of its route, like `/v1/devices/:id`. */
  readonly route: string
}

export function httpProblem(
  code: HttpCode,
  detail: string,
  { path, requestId }: Pick<Refused, 'path' | 'requestId'>,
): Problem {
  const row = ofHttp[code]
  return {
    type: typeOf(code),
    ...row,
    detail,
    instance: path,
    code,
    retryable: row.status === 408 || row.status === 503,
    request_id: requestId,
  }
}

export function problemOf(fault: Fault, refused: Refused): Problem {
  const { code, message, retryable, detail } = fault
  const { errors, repeated: _, ...details } = detail
  const { title, status } = rowOf(code, details, refused)
  const hint = hintOf(code)
  const policy = violatedBy(fault)
  return {
    type: policy === null ? typeOf(code) : quotaExceeded,
    title,
    // The reason of a defect is in the log only.
    detail: code === 'internal' ? 'a defect of the hub; the log has its reason' : message,
    status,
    instance: refused.path,
    code,
    retryable,
    ...(hint !== undefined && { hint }),
    ...(Array.isArray(errors) && { errors: errors as Wrong[] }),
    ...(code !== 'internal' && Object.keys(details).length > 0 && { details }),
    request_id: refused.requestId,
    ...(policy !== null && { 'violated-policies': [policy] }),
  }
}

function rowOf(code: FaultCode, details: Readonly<Record<string, unknown>>, { route }: Refused): Row {
  const row = ofFaults[code]
  // Nothing can be sent at all, until the owner has added one.
  if (code === 'no_gateway' && details.gateways === 0) return { status: 503, title: 'No gateway is configured' }
  if ('namedBy' in row && !row.namedBy.test(route)) return { ...row, status: invalid.status }
  // Another revision than that of If-Match.
  if (code === 'conflict' && details.revision !== undefined) return ofHttp.precondition_failed
  // An id for something else than before: the draft of Idempotency-Key has 422 for it.
  return code === 'duplicate' && details.reused_id !== undefined ? { ...row, status: invalid.status } : row
}

/** Registered by draft-ietf-httpapi-ratelimit-headers. */
const quotaExceeded = 'https://iana.org/assignments/http-problem-types#quota-exceeded'

/** The policy in RateLimit-Policy whose quota is used up; null where it is no quota. */
export function violatedBy({ code, detail: { quota } }: Fault): 'client-hour' | 'device-day' | null {
  if (code !== 'rate_limited' || typeof quota !== 'string') return null
  return quota.startsWith('device:') ? 'device-day' : 'client-hour'
}

const typeOf = (code: string): string => `urn:smshub:error:${code}`

/** Seconds for Retry-After; null where it makes no sense. */
export function retryAfterOf({ status, details }: Problem, now: number): number | null {
  if (status !== 429 && status !== 503) return null
  const frees = typeof details?.frees_at === 'string' ? Date.parse(details.frees_at) : Number.NaN
  return Number.isNaN(frees) ? 60 : Math.max(1, Math.ceil((frees - now) / 1000))
}
