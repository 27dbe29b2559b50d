import type { Enqueued } from '../../ledger/outbox/enqueue.ts'
import type { Data } from './request.ts'

export function commandsOf({ repeated, commands }: Enqueued): Data {
  return { repeated, commands }
}
