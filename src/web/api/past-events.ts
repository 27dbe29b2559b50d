import type { TypeFilter } from '../../message/public-event-types.ts'
import type { EventPage } from './answer-types.ts'
import { ask } from './ask.ts'
import { calls } from './hub-calls.ts'

export type PastEvent = EventPage['data'][number]

/** So many are shown at most. */
const limit = 500

/** The latest events of a device, as far back as the hub keeps them; the newest first. */
export async function pastEvents(
  device: string,
  types: readonly TypeFilter[],
  ended: AbortSignal,
): Promise<readonly PastEvent[]> {
  const { data } = await ask(calls.events, { types: types.join(), device, limit, before: 'newest' }, ended)
  return data
}
