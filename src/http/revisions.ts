import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { refuse } from './refuse.ts'

const tagOf = (revision: string): string => `"${revision}"`

/** The revisions that a header names; null for any (`*`). */
const named = (header: string): readonly string[] | null =>
  header.trim() === '*' ? null : header.split(',').map((tag) => tag.trim())

/** Sets the ETag of an answer, which is 304 where the client has it already. */
export function showRevision(request: FastifyRequest, reply: FastifyReply, revision: string): boolean {
  reply.header('etag', tagOf(revision))
  const header = request.headers['if-none-match']
  if (header === undefined) return false
  const tags = named(header)
  // A weak comparison (RFC 9110, 13.1.2).
  return tags === null || tags.some((tag) => tag.replace(/^W\//, '') === tagOf(revision))
}

/**
 * Sends an answer with the ETag of its octets, or 304. A browser may keep what is large and seldom changes, and asks
 * whether it is still so.
 */
export function sendContent(request: FastifyRequest, reply: FastifyReply, shown: unknown): FastifyReply {
  const text = JSON.stringify(shown)
  reply.header('cache-control', 'private, no-cache')
  const revision = createHash('sha256').update(text).digest('base64url').slice(0, 22)
  if (showRevision(request, reply, revision)) return reply.code(304).send()
  return reply.type('application/json; charset=utf-8').send(text)
}

/** The only revision that is to be changed; null for any, undefined where the answer is that it is missing. */
export function wantedRevision(request: FastifyRequest, reply: FastifyReply): string | null | undefined {
  const header = request.headers['if-match']
  if (header === undefined) {
    refuse(request, reply, 'precondition_required', 'send If-Match with the ETag of what you have seen, or *')
    return undefined
  }
  const tags = named(header)
  // A weak one never matches; of several, the operation takes one.
  return tags === null ? null : (/^"([^"]*)"$/.exec(tags[0] ?? '')?.[1] ?? header)
}
