import * as z from 'zod'
import { wordsOf } from '../config/problems.ts'
import type { Asker } from '../message/accepted.ts'
import { Fault } from '../message/fault.ts'
import { may } from '../message/rights.ts'
import { didYouMean } from '../util/nearest.ts'
import { own } from '../util/own.ts'
import { operations, pathsOf } from './all-operations.ts'
import type { ApiDeps, Data } from './operation.ts'

/**
 * Carries an operation out. Fails with `unknown_command`, `not_allowed`, `invalid_payload` and the problem, or with the
 * operation's own fault.
 */
export async function carryOut(path: string, data: unknown, deps: ApiDeps, asker: Asker): Promise<Data> {
  const surface = asker.surface === 'hub' ? 'local' : asker.surface
  const one = own(operations, path)
  if (one === undefined || !one.surfaces.includes(surface)) {
    const known = pathsOf(surface)
    const meant = didYouMean(path, known) || `; there is ${known.join(', ')}`
    throw new Fault('unknown_command', `there is no request "${path}"${meant}`)
  }
  if (asker.rights !== null && !may(asker.rights, { act: 'request', least: one.role }))
    throw new Fault('not_allowed', `${asker.name} is not allowed to request ${path}`)
  const parsed = one.input.safeParse(data)
  if (parsed.success) return (await one.run(parsed.data, deps, asker)) as Data
  const [issue] = parsed.error.issues
  if (issue === undefined) throw new Fault('invalid_payload', `${path}: is wrong`)
  if (issue.code === 'unrecognized_keys') throw new Fault('invalid_payload', unknownKey(path, issue.keys, one.input))
  const { path: at, words } = wordsOf(issue, data)
  throw new Fault('invalid_payload', `${[path, ...at].join('.')}: ${words}`)
}

function unknownKey(path: string, [key = '']: readonly string[], input: z.ZodType): string {
  const { properties = {} } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' })
  const known = Object.keys(properties)
  return `${path}: unknown key "${key}"${didYouMean(key, known) || `; there is ${known.join(', ') || 'none'}`}`
}
