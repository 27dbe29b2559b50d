import { signal } from '@preact/signals'
import type { Conversation } from '../api/answers.ts'
import { remember, remembered } from '../remembered.ts'

/** Until when each conversation was read in this browser, by its key. */
export type Seen = Readonly<Record<string, string>>

const storageKey = 'seen'
/** The oldest ones are forgotten. */
const maxSeen = 500

export const keyOf = ({ device, number }: Pick<Conversation, 'device' | 'number'>): string => device ?? number ?? ''

/** Its last message was received, and was not read here. */
export function isUnread(conversation: Pick<Conversation, 'device' | 'number' | 'last'>, seen: Seen): boolean {
  const { direction, at } = conversation.last
  return direction === 'in' && at > (seen[keyOf(conversation)] ?? '')
}

/** The same with this one read until then. */
export function withSeen(seen: Seen, key: string, at: string): Seen {
  const { [key]: before = '', ...others } = seen
  const entries = Object.entries(others).sort(([, a], [, b]) => (a < b ? 1 : -1))
  return Object.fromEntries([[key, at > before ? at : before], ...entries.slice(0, maxSeen - 1)])
}

export const seen = signal<Seen>(parsed(remembered(storageKey)))

export function markSeen(key: string, at: string): void {
  if ((seen.value[key] ?? '') >= at) return
  seen.value = withSeen(seen.value, key, at)
  remember(storageKey, JSON.stringify(seen.value))
}

function parsed(text: string | null): Seen {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return typeof value === 'object' && value !== null ? (value as Seen) : {}
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}
