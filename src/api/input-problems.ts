import * as z from 'zod'
import { wordsOf } from '../config/problems.ts'
import { didYouMean } from '../util/nearest.ts'

/** A mistake in the input of an operation. */
export interface InputProblem {
  readonly path: readonly PropertyKey[]
  readonly words: string
}

/** All mistakes of an input, in words. */
export function inputProblems({ issues }: z.ZodError, data: unknown, input: z.ZodType): InputProblem[] {
  return issues.flatMap((issue): InputProblem[] => {
    if (issue.code !== 'unrecognized_keys') return [wordsOf(issue, data)]
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      words: issue.path.length === 0 ? `unknown key "${key}"${known(key, input)}` : `unknown key "${key}"`,
    }))
  })
}

function known(key: string, input: z.ZodType): string {
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' })
  // One with a name is a definition of its own.
  const { properties = {} } =
    schema.$ref === undefined ? schema : (schema.$defs?.[schema.$ref.split('/').at(-1) ?? ''] ?? {})
  const keys = Object.keys(properties)
  return didYouMean(key, keys) || `; there is ${keys.join(', ') || 'none'}`
}

/** A place in a document as RFC 6901 writes it. */
export const pointerTo = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
