import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { isUnread } from './read-marks.ts'
import { seen } from './seen.ts'

/** Of so many conversations, the latest ones: more than that nobody counts. */
const limit = 50

/** How many conversations have texts that were not read in this browser. */
export function useUnread(): number {
  const { data } = useResource(
    calls.conversations,
    { limit },
    {
      on: ['message.received'],
    },
  )
  return data?.data.filter((conversation) => isUnread(conversation, seen.value)).length ?? 0
}
