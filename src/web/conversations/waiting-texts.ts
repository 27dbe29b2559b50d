import type { Conversation, LiveEvent } from '../api/answer-types.ts'
import { keyOf } from './conversation-key.ts'

/** Of so many conversations, the latest ones: more than that nobody counts. */
export const maxWaiting = 50

/** Conversations with texts that nobody has read, by their keys, the latest first; only those that can be opened. */
export type Waiting = readonly string[]

export const waitingIn = (conversations: readonly Conversation[]): Waiting =>
  conversations
    .filter(({ unread }) => unread > 0)
    .map(keyOf)
    .filter((key) => key !== '')
    .slice(0, maxWaiting)

/** The number that a text is from or to, where it is of no device; null of other events. */
export function numberIn({ type, data }: LiveEvent): string | null {
  const { device, from, to } = data as Readonly<Record<string, unknown>>
  const number = type === 'message.received' ? from : type === 'message.queued' ? to : null
  return device === null && typeof number === 'string' ? number : null
}

/** What an event makes of them: the hub is not asked for each text that arrives. */
export function waitingAfter(waiting: Waiting, { type, data }: LiveEvent): Waiting {
  const { device, from, number, unread } = data as Readonly<Record<string, unknown>>
  if (type === 'conversation.read') return unread === 0 ? waiting.filter((key) => key !== (device ?? number)) : waiting
  if (type !== 'message.received') return waiting
  const key = device ?? from
  if (typeof key !== 'string' || key === '') return waiting
  return [key, ...waiting.filter((other) => other !== key)].slice(0, maxWaiting)
}
