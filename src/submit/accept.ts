import type { EnqueueArgs } from '../ledger/outbox/enqueue.ts'
import type { Accepted } from '../message/accepted.ts'
import type { Fault } from '../message/fault.ts'
import type { CommandRequest } from '../message/request.ts'
import type { Printing } from './made-for.ts'

/** A valid request, or an invalid one with its `fault`. */
export interface Asked {
  readonly request: CommandRequest
  /** Its place among the intents of the request. */
  readonly place: number
  readonly fault: Fault | null
}

/** The requests of an accepted publish or operation, each with its own id. */
export function accept(accepted: Accepted, newId: (prefix: string) => string): Asked[] {
  const { origin, options, intents, fault } = accepted
  return intents.map((intent, place) => ({
    request: { commandId: newId('cmd'), origin, intent, options },
    place,
    fault,
  }))
}

/** For detecting repetitions. */
export function identityOf(accepted: Accepted, { print }: Printing): Pick<EnqueueArgs, 'key' | 'ref'> {
  const { delivery, idempotency, content } = accepted
  const hash = print(content.place, content.payload)
  return {
    key: delivery && { ...delivery, hash },
    ref: idempotency && { scope: idempotency.scope, ref: idempotency.id, hash, forMs: idempotency.forMs },
  }
}
