import type { Enqueued } from '../../ledger/outbox/enqueue.ts'
import type { Publish } from '../../message/publish.ts'
import type { Data } from './request.ts'

/** The request as the publish that it stands for. */
export function as(publish: Publish, topic: string, payload: Readonly<Record<string, unknown>>): Publish {
  const { transaction: _, ...rest } = payload
  return { ...publish, topic, payload: new TextEncoder().encode(JSON.stringify(rest)), response: null }
}

export function commandsOf(enqueued: Enqueued | null): Data {
  return { repeated: enqueued?.repeated ?? false, commands: enqueued?.commands ?? [] }
}
