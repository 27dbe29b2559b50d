import type { WaitingEvent } from '../../ledger/events/waiting.ts'
import type { Commit } from '../engine.ts'

/** What goes from one thread to the other with the answers of a commit: a burst, and no more than is copied at once. */
const most = { events: 256, characters: 256 * 1024 }

/** The events of a commit, or null where they are too many: then they are read, a page at a time. */
export function handedOver(emitted: Commit['emitted']): Commit['emitted'] {
  if (emitted === null || emitted.length > most.events) return null
  const characters = emitted.reduce((sum, event) => sum + lengthOf(event), 0)
  return characters > most.characters ? null : emitted
}

function lengthOf({ data, replaced, replyTo }: WaitingEvent): number {
  return [data, replaced, replyTo].reduce((sum, text) => sum + (text?.length ?? 0), 0)
}
