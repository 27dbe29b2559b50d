import type * as z from 'zod'
import type { Route, tags } from './route.ts'

/** A route as the OpenAPI document has it. */
export interface DescribedRoute extends Pick<Route, 'method' | 'path' | 'params' | 'query' | 'body'> {
  /** `operationId`, and the function of generated clients. */
  readonly name: string
  readonly tag: keyof typeof tags
  readonly summary: string
  /** Who may. */
  readonly description: string
  /** Nobody has to prove who they are. */
  readonly isOpen?: boolean
  readonly headers?: z.ZodType
  /** The schema of each answer, null without a body; every other one is a problem. */
  readonly answers: Readonly<Partial<Record<200 | 201 | 202 | 204 | 304, z.ZodType | null>>>
}
