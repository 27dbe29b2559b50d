import type * as z from 'zod'
import type { Data } from '../api/operation.ts'
import type { Scope } from '../message/scopes.ts'

/** Groups of routes in the OpenAPI document. */
export const tags = {
  messages: 'Texts to people, sent and received',
  devices: 'Devices, their commands and properties',
  gateways: 'Ways to the mobile network',
  queue: 'What waits to be sent',
  events: 'What happens, live or a page at a time',
  webhooks: 'Signed calls to programs elsewhere',
  access: 'Keys, users and sessions',
  hub: 'The hub itself',
} as const

type Table = z.ZodObject<Readonly<Record<string, z.ZodType>>>

/** The parts of a request, each valid by its schema. */
export interface Parts {
  readonly params: Readonly<Record<string, unknown>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
}

/** A route of the REST interface, below `/v1`: the rendering of one operation. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Parameters are written `:name`. */
  readonly path: string
  /** Unique: `operationId` in the OpenAPI document, and the function of generated clients. */
  readonly name: string
  readonly tag: keyof typeof tags
  /** What a key must be limited to, or not be limited at all. */
  readonly scope: Scope
  /** Path in the table of operations, which has the summary and who is allowed to. */
  readonly operation: string
  readonly params?: Table
  /** Strict, so that an unknown parameter is an error. */
  readonly query?: Table
  readonly body?: z.ZodType
  /** The input of the operation; without it, all keys of query, body and path. */
  readonly input?: (parts: Parts) => Readonly<Record<string, unknown>>
  /** Of success; 200 without it. */
  readonly status?: 200 | 201 | 202 | 204
  /** The schema of the answer, whose `id` in its metadata names it in the OpenAPI document. */
  readonly answer: z.ZodType
  /** The answer where nothing was queued: 200, in a form of its own. */
  readonly unqueued?: { readonly when: (data: Data) => boolean; readonly answer: z.ZodType }
  /** The answer from what the operation returns; without it, just that. */
  readonly shows?: (data: Data) => unknown
  /** The path of what was made, below `/v1`. */
  readonly location?: (data: Data) => string | null
  /** Octets of a body, where more than 64 KiB are taken. */
  readonly maxOctets?: number
  /** `list`: pages with a cursor. `queues`: it queues texts, once for each Idempotency-Key. */
  readonly kind?: 'list' | 'queues'
  /**
   * `shows`: the answer has a revision, its ETag. `content`: its ETag is that of its octets. `changes`: only the revision
   * in If-Match is changed.
   */
  readonly revision?: 'shows' | 'content' | 'changes'
}
