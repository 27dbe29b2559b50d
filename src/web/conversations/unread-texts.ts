import { computed, signal } from '@preact/signals'
import type { Conversation } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { learnNames } from '../api/contact-names.ts'
import { calls } from '../api/hub-calls.ts'
import { onEvent } from '../api/live.ts'
import { Pace } from '../api/reread-pace.ts'
import { browserClock } from '../browser-clock.ts'
import { keyOf } from './conversation-key.ts'
import { maxWaiting, numberIn, type Waiting, waitingAfter, waitingIn } from './waiting-texts.ts'

const waiting = signal<Waiting>([])

/** How many conversations have texts that nobody has read. */
export const unread = computed(() => waiting.value.length)

/** Counts again by the latest conversations, whoever has asked for them: others read texts, too. */
export function noteConversations(latest: readonly Conversation[]): void {
  waiting.value = waitingIn(latest)
}

/** Keeps count until the function that it returns is called. */
export function followUnread(): () => void {
  const ended = new AbortController()
  let met: ReadonlySet<string> = new Set()
  let isReading = false
  const pace = new Pace(async () => {
    isReading = true
    try {
      const { data } = await ask(calls.conversations, { limit: maxWaiting }, ended.signal)
      met = new Set(data.map(keyOf))
      noteConversations(data)
      learnNames(data)
    } catch (error) {
      if (!ended.signal.aborted) console.error(error)
    } finally {
      isReading = false
    }
  }, browserClock)
  pace.now()
  const end = onEvent((event) => {
    if (event === 'reset') return pace.now()
    waiting.value = waitingAfter(waiting.value, event)
    // A conversation that begins may be with a contact, whose name is not known yet; what is read may be from before it.
    const number = numberIn(event)
    if (isReading || (number !== null && !met.has(number))) pace.changed()
  })
  return () => {
    end()
    pace.end()
    ended.abort()
  }
}
