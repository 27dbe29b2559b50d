import { didYouMean } from '../util/nearest.ts'
import type { Problem } from './problems.ts'
import type { Config } from './schema.ts'

/** Names in `smppserver` that mean nothing, and what has no effect. */
export function checkSmppServer({ smppserver, gateways, sms }: Config): {
  problems: Problem[]
  warnings: Problem[]
} {
  const problems: Problem[] = []
  const warnings: Problem[] = []
  const known = Object.keys(gateways)
  for (const [name, { senders = {}, receives, recipients }] of Object.entries(smppserver?.users ?? {})) {
    const at = (key: string, words: string): Problem => {
      const path = ['smppserver', 'users', name, key]
      return { path, message: `${path.join('.')}: ${words}` }
    }
    const gone = (key: string, id: string) =>
      problems.push(at(key, `there is no gateway "${id}"${didYouMean(id, known)}`))
    for (const id of Object.values(senders)) if (!Object.hasOwn(gateways, id)) gone('senders', id)
    for (const id of receives) if (id !== 'all' && !Object.hasOwn(gateways, id)) gone('receives', id)
    if (recipients === 'any' && sms.destinations === 'registered')
      warnings.push(at('recipients', 'has no effect while sms.destinations is registered: set that to any as well'))
  }
  return { problems, warnings }
}
