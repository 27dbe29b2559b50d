import type { Conversation } from '../api/answer-types.ts'

/** A conversation is with a device, or with a number. */
export const keyOf = ({ device, number }: Pick<Conversation, 'device' | 'number'>): string => device ?? number ?? ''
