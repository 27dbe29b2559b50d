import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { Fault } from '../message/fault.ts'
import { type HttpCode, httpProblem, type Problem, problemOf, retryAfterOf } from './problem-document.ts'

const mediaType = 'application/problem+json'

/** Codes of fastify for requests that never reach a route. */
const ofFramework: Readonly<Record<string, HttpCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  // Nothing has a name as long as that.
  FST_ERR_MAX_PARAM_LENGTH: 'unknown_route',
}

const words: Readonly<Partial<Record<HttpCode, string>>> = {
  unsupported_media_type: 'send the body as application/json',
}

function refusedOf({ id, url, routeOptions: { url: route = '' } }: FastifyRequest) {
  // Without the query, which may hold what is not to be logged, as the path of a dialect may.
  const path = route.includes('/:key') ? route : (url.split('?', 1)[0] ?? '/')
  return { path, requestId: id, route }
}

/** Answers with a problem that HTTP itself has. */
export function refuse(request: FastifyRequest, reply: FastifyReply, code: HttpCode, detail: string): FastifyReply {
  return send(reply, httpProblem(code, detail, refusedOf(request)))
}

/** Answers with a fault, whatever it was thrown as. */
export function refuseFault(
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
  { now, log }: { now(): number; log(line: string): void },
): FastifyReply {
  const { code = '', statusCode = 500, message } = error as Partial<FastifyError>
  if (!(error instanceof Fault) && statusCode < 500) {
    const known = ofFramework[code] ?? 'malformed_request'
    return refuse(request, reply, known, words[known] ?? message ?? '')
  }
  const fault = Fault.from(error)
  const problem = problemOf(fault, refusedOf(request))
  if (fault.code === 'internal') {
    log(`a defect of the hub in ${request.method} ${problem.instance} (${request.id}): ${fault.stack ?? message}`)
  }
  if (fault.detail.repeated === true) reply.header('idempotency-replayed', 'true')
  const after = retryAfterOf(problem, now())
  // Not before the time in the RateLimit of this answer.
  if (after !== null) reply.header('retry-after', Math.max(after, Number(reply.getHeader('retry-after') ?? 0)))
  return send(reply, problem)
}

const send = (reply: FastifyReply, problem: Problem): FastifyReply =>
  // As octets: to anything else fastify adds a charset, which RFC 9457 does not have.
  reply
    .code(problem.status)
    .header('content-type', mediaType)
    .send(Buffer.from(JSON.stringify(problem)))
