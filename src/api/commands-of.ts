import type { Enqueued } from '../ledger/outbox/enqueue.ts'
import type { Data } from './operation.ts'

export function commandsOf({ repeated, commands }: Enqueued): Data {
  return { repeated, commands }
}
