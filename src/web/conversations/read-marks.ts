import type { Conversation } from '../api/answer-types.ts'

/** Until when each conversation was read in this browser, by its key. */
export type ReadMarks = Readonly<Record<string, string>>

/** The oldest ones are forgotten. */
export const maxMarks = 500

/** A conversation is with a device, or with a number. */
export const keyOf = ({ device, number }: Pick<Conversation, 'device' | 'number'>): string => device ?? number ?? ''

/** Its last message was received, and was not read here. */
export function isUnread(conversation: Pick<Conversation, 'device' | 'number' | 'last'>, marks: ReadMarks): boolean {
  const { direction, at } = conversation.last
  return direction === 'in' && at > (marks[keyOf(conversation)] ?? '')
}

/** The same marks with this conversation read until then. */
export function withMark(marks: ReadMarks, key: string, at: string): ReadMarks {
  const { [key]: before = '', ...others } = marks
  const latest = Object.entries(others).sort(([, a], [, b]) => (a < b ? 1 : -1))
  return Object.fromEntries([[key, at > before ? at : before], ...latest.slice(0, maxMarks - 1)])
}

/** As remembered: anything else than a table of texts is no mark. */
export function marksIn(text: string | null): ReadMarks {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    if (typeof value !== 'object' || value === null) return {}
    return Object.fromEntries(Object.entries(value).filter(([, at]) => typeof at === 'string'))
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}
