import { computed, signal } from '@preact/signals'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { onEvent } from '../api/live.ts'
import { seen } from './seen.ts'
import { maxWaiting, type Waiting, waitingAfter, waitingIn } from './waiting-texts.ts'

const waiting = signal<Waiting>({})

/** How many conversations have texts that were not read in this browser. */
export const unread = computed(
  () => Object.entries(waiting.value).filter(([key, at]) => at > (seen.value[key] ?? '')).length,
)

/** Keeps count until the function that it returns is called. */
export function followUnread(): () => void {
  const ended = new AbortController()
  const read = () => {
    ask(calls.conversations, { limit: maxWaiting }, ended.signal)
      .then(({ data }) => {
        waiting.value = waitingIn(data)
      })
      .catch((error: unknown) => {
        if (!ended.signal.aborted) console.error(error)
      })
  }
  read()
  const end = onEvent((event) => {
    if (event === 'reset') read()
    else waiting.value = waitingAfter(waiting.value, event)
  })
  return () => {
    end()
    ended.abort()
  }
}
