import type { FastifyServerOptions } from 'fastify'
import { validatorCompiler } from './validate.ts'

/**
 * Requests are checked by their zod schemas, and answers are plain JSON. Without this, every server loads Fastify's own
 * compilers of JSON Schema: 150 modules.
 */
export const schemaController: NonNullable<FastifyServerOptions['schemaController']> = {
  compilersFactory: {
    buildValidator: () => validatorCompiler as never,
    buildSerializer: () => () => (data) => JSON.stringify(data),
  },
}
