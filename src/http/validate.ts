import type { FastifySchemaCompiler } from 'fastify'
import type * as z from 'zod'
import { inputProblems, pointerTo } from '../api/input-problems.ts'
import { Fault } from '../message/fault.ts'
import type { Wrong } from './problem-document.ts'

/** Checks a part of a request by its schema. Fails with `invalid_payload` and every place that is wrong. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data: unknown) => {
    // fastify has null for no body.
    const parsed = schema.safeParse(data ?? undefined)
    if (parsed.success) return { value: parsed.data }
    const errors = inputProblems(parsed.error, data, schema).map(({ path, words }): Wrong => {
      const place = httpPart === 'body' ? { pointer: pointerTo(path) } : { parameter: path.join('.') }
      return { ...place, detail: words }
    })
    const [first] = errors
    const where = first?.pointer ?? first?.parameter ?? ''
    const isUnknown = first?.detail.startsWith('unknown key')
    const words = isUnknown || where === '' ? (first?.detail ?? 'is wrong') : `${where}: ${first?.detail}`
    return { error: new Fault('invalid_payload', words, { errors }) }
  }
