import type { Conversation, LiveEvent } from '../api/answer-types.ts'
import { keyOf } from './read-marks.ts'

/** Of so many conversations, the latest ones: more than that nobody counts. */
export const maxWaiting = 50

/** Conversations whose last text was received, and when that was, by their keys. */
export type Waiting = Readonly<Record<string, string>>

export const waitingIn = (conversations: readonly Conversation[]): Waiting =>
  Object.fromEntries(
    conversations.filter(({ last }) => last.direction === 'in').map((one) => [keyOf(one), one.last.at]),
  )

/** The number that a text is from or to, where it is of no device; null of other events. */
export function numberIn({ type, data }: LiveEvent): string | null {
  const { device, from, to } = data as Readonly<Record<string, unknown>>
  const number = type === 'message.received' ? from : type === 'message.queued' ? to : null
  return device === null && typeof number === 'string' ? number : null
}

/** What an event makes of them: the hub is not asked for each text that arrives. */
export function waitingAfter(waiting: Waiting, { type, data }: LiveEvent): Waiting {
  const { device, from, to, at } = data as Readonly<Record<string, unknown>>
  const key = device ?? (type === 'message.received' ? from : to)
  if (typeof key !== 'string' || key === '') return waiting
  if (type === 'message.queued' && key in waiting) {
    const { [key]: _, ...others } = waiting
    return others
  }
  if (type !== 'message.received' || typeof at !== 'string') return waiting
  const { [key]: _, ...others } = waiting
  return Object.fromEntries([[key, at], ...Object.entries(others).slice(0, maxWaiting - 1)])
}
