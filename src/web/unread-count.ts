import { signal } from '@preact/signals'

/** Conversations with texts that nobody has looked at. */
export const unread = signal(0)
