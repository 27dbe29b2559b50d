import type { Asker } from '../message/accepted.ts'
import { Fault } from '../message/fault.ts'
import { didYouMean } from '../util/nearest.ts'
import { own } from '../util/own.ts'
import { operations, pathsOf } from './all-operations.ts'
import { assertMay } from './assert-may.ts'
import { inputProblems, pointerTo } from './input-problems.ts'
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
  if (one.action === undefined) assertMay(asker, { act: 'request', least: one.role }, `request ${path}`)
  const parsed = one.input.safeParse(data)
  if (!parsed.success) {
    const problems = inputProblems(parsed.error, data, one.input)
    const [first = { path: [], words: 'is wrong' }] = problems
    const at = first.words.startsWith('unknown key') ? first.path.slice(0, -1) : first.path
    const errors = problems.map((problem) => ({ pointer: pointerTo(problem.path), detail: problem.words }))
    throw new Fault('invalid_payload', `${[path, ...at].join('.')}: ${first.words}`, { errors })
  }
  if (one.action !== undefined) assertMay(asker, one.action(parsed.data, deps), `request ${path} for this`)
  return (await one.run(parsed.data, deps, asker)) as Data
}
