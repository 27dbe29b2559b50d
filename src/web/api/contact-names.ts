import { signal } from '@preact/signals'
import type { Conversation } from './answer-types.ts'

/** The names of contacts by their numbers; there are no more of them than contacts. */
const names = signal<ReadonlyMap<string, string>>(new Map())

/** The name of a contact; null for a number that is none, or whose conversation was not read yet. */
export const contactName = (number: string): string | null => names.value.get(number) ?? null

/** Conversations have the names: what else is shown with a number takes them from there. */
export function learnNames(conversations: readonly Conversation[]): void {
  const found = conversations.flatMap(({ device, number, name }) =>
    device === null && number !== null && name !== null ? [[number, name] as const] : [],
  )
  if (found.some(([number, name]) => names.value.get(number) !== name))
    names.value = new Map([...names.value, ...found])
}
