import type { ErrorReport } from '../../message/fault.ts'
import { type Quota, room, use } from '../quota.ts'
import type { Tx } from '../tx.ts'
import type { NewSubmission, Refusal } from './new-submission.ts'

/** Refusals stored per hour: of one client, and of all, so that mistakes do not fill the disk. */
const keptRefusals = { client: 60, all: 600 } as const

export function mayKeepRefusal(tx: Tx, client: string, now: number): boolean {
  const quotas: Quota[] = [
    { key: 'refused', window: 'hour', limit: keptRefusals.all },
    { key: `refused:${client}`, window: 'hour', limit: keptRefusals.client },
  ]
  if (quotas.some((quota) => room(tx, quota, 2, now).left < 1)) return false
  for (const quota of quotas) use(tx, quota, 1, now)
  return true
}

/** A refusal for the log, with untrusted text truncated. */
export function inWords(
  { device, verb, command, property, recipient }: NewSubmission | Refusal,
  error: ErrorReport,
): string {
  const named = verb === 'command' ? [command ?? verb] : [verb, property ?? '']
  const what = [device ?? recipient ?? '', ...named].filter((part) => part !== '').join(' ')
  return `${what.slice(0, 120)}: rejected: ${error.message.slice(0, 300)} (${error.code})`
}
